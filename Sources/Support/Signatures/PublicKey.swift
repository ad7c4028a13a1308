import CSodium
import Foundation

/// An Ed25519 key to check signatures with, written as `ed25519:` and 44 characters.
public struct PublicKey: Sendable, Hashable, CustomStringConvertible {
    private static let prefix = "ed25519:"

    /// 32 of them.
    public let bytes: [UInt8]

    /// `nil` unless there are 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Int(crypto_sign_PUBLICKEYBYTES) else { return nil }
        self.bytes = bytes
    }

    /// Reads what ``description`` writes.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.count)))
        else { return nil }
        self.init(bytes: [UInt8](data))
    }

    public var description: String { Self.prefix + Data(bytes).base64EncodedString() }

    /// Whether `signature` was made of `message` by the owner of this key.
    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == Int(crypto_sign_BYTES) else { return false }
        return crypto_sign_verify_detached(signature, message, UInt64(message.count), bytes) == 0
    }
}
