import Foundation
import Support

/// What stands, sealed, in a token of fifteen minutes: who has it, and until when.
///
/// A token is not stored. It is opened with the bridge's key, on whichever bridge it is shown, and counts only while its
/// client is still there.
struct ShortToken: Codable, Hashable {
    /// In seconds.
    static let life = 15 * 60
    static let prefix = "bbt_s."
    private static let context = "access-token/1"

    /// The caller's name.
    var name: String
    /// The client whose secret was shown.
    var client: String?
    /// The fingerprint of the certificate that was shown; it must be shown with the token, too.
    var certificate: String?
    /// In seconds since 1970.
    var expires: Int

    func text(_ sealer: any Sealer) throws -> String {
        let sealed = sealer.seal(try JSONCoding.encode(self), context: Self.context)
        return Self.prefix
            + Data(sealed).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=", with: "")
    }

    /// Opens a token; `nil` when it is none of ours, or its time is over.
    init?(_ text: String, _ sealer: any Sealer, now: Date) {
        guard text.hasPrefix(Self.prefix), text.utf8.count < 1000 else { return nil }
        var base64 = text.dropFirst(Self.prefix.count).replacing("-", with: "+").replacing("_", with: "/")
        while base64.count % 4 != 0 { base64 += "=" }
        guard let sealed = Data(base64Encoded: String(base64)),
            let opened = try? sealer.open([UInt8](sealed), context: Self.context),
            let token: ShortToken = try? JSONCoding.decode(from: opened),
            now.timeIntervalSince1970 < Double(token.expires)
        else { return nil }
        self = token
    }

    init(name: String, client: String? = nil, certificate: String? = nil, expires: Int) {
        self.name = name
        self.client = client
        self.certificate = certificate
        self.expires = expires
    }
}
