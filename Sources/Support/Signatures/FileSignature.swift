public import Foundation

/// A signature that stands beside the file it vouches for, as `FILE.sig`.
public struct FileSignature: Sendable, Hashable, Codable {
    public static let formatName = "blankett-signature/1"
    /// A signature has some two hundred bytes.
    public static let largestFile = 4096

    public var format: String
    /// The signer's key, as ``PublicKey`` writes it.
    public var key: String
    /// In base64.
    public var signature: String

    /// - Parameters:
    ///   - key: The signer's.
    ///   - signature: Of ``message(of:for:)``.
    public init(key: PublicKey, signature: [UInt8]) {
        format = Self.formatName
        self.key = key.description
        self.signature = Data(signature).base64EncodedString()
    }

    /// - Throws: ``BlankettError`` `signature-wrong` when `text` is none.
    public init(_ text: [UInt8]) throws(BlankettError) {
        guard let read: FileSignature = try? JSONCoding.decode(from: text), read.format == Self.formatName else {
            throw Self.wrong("The signature file is none.", "Make it anew with blankett profiles sign.")
        }
        self = read
    }

    /// Where the signature of a file stands.
    public static func url(beside file: URL) -> URL { file.appendingPathExtension("sig") }

    /// What is signed: the file's bytes, and what they are meant as, so that no signature serves another purpose.
    ///
    /// - Parameters:
    ///   - contents: The file's bytes.
    ///   - purpose: The file's format, such as `blankett-device/1`.
    /// - Returns: The bytes that the signature is of.
    public static func message(of contents: [UInt8], for purpose: String) -> [UInt8] {
        Array("\(formatName)\n\(purpose)\n".utf8) + contents
    }

    /// Finds out who vouches for a file.
    ///
    /// - Parameters:
    ///   - contents: The file's bytes.
    ///   - purpose: The file's format.
    ///   - trusted: Whose word counts here.
    /// - Returns: The signer's key.
    /// - Throws: ``BlankettError`` `signature-wrong` or `signer-not-trusted`.
    public func signer(of contents: [UInt8], for purpose: String, trusted: [PublicKey]) throws(BlankettError)
        -> PublicKey
    {
        guard let signer = PublicKey(key), let bytes = Data(base64Encoded: signature),
            signer.verifies([UInt8](bytes), of: Self.message(of: contents, for: purpose))
        else {
            throw Self.wrong(
                "The signature does not belong to this file: one of them was changed.", "Fetch both again.")
        }
        guard trusted.contains(signer) else {
            throw BlankettError(
                "signer-not-trusted", exit: .notAllowed, "It is signed with \(signer), which is not trusted here.",
                advice: "Have it signed with a trusted key, or add this key to the configuration's profileKeys.")
        }
        return signer
    }

    private static func wrong(_ message: String, _ advice: String) -> BlankettError {
        BlankettError("signature-wrong", exit: .notAllowed, message, advice: advice)
    }
}
