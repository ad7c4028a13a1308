import CSodium
import Foundation
public import Support

/// Signs messages for who has the same secret, as Standard Webhooks has it: `v1`, HMAC-SHA256.
///
/// Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
public struct MessageSignature: Sendable {
    private static let prefix = "whsec_"
    private let secret: SecretBytes

    /// - Parameter text: `whsec_` and from 24 to 64 bytes in base64.
    /// - Throws: ``BlankettError`` `secret-broken` when it is anything else.
    public init(secret text: String) throws(BlankettError) {
        guard text.hasPrefix(Self.prefix), let bytes = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
            24...64 ~= bytes.count
        else {
            throw BlankettError(
                "secret-broken", exit: .badInput, "This is no secret for signatures.",
                advice: "Write whsec_ and from 24 to 64 random bytes in base64.")
        }
        Sodium.require()
        secret = SecretBytes([UInt8](bytes))
    }

    /// What stands in `webhook-signature`.
    public func sign(_ body: [UInt8], id: String, timestamp: Int) -> String {
        let message = Array("\(id).\(timestamp).".utf8) + body
        var state = crypto_auth_hmacsha256_state()
        var code = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_BYTES))
        crypto_auth_hmacsha256_init(&state, secret.bytes, secret.bytes.count)
        crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
        crypto_auth_hmacsha256_final(&state, &code)
        return "v1,\(Data(code).base64EncodedString())"
    }
}
