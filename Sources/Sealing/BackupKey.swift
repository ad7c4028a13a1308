import CSodium
public import Foundation
public import Support

/// A secret key that lies where no bridge runs: what is sealed for its public key can only be opened with it.
public struct BackupKey: Sendable {
    private static let secretSize = Int(crypto_box_SECRETKEYBYTES)
    private static let publicSize = Int(crypto_box_PUBLICKEYBYTES)

    private let secret: SecretBytes
    private let open: [UInt8]

    /// In hexadecimal digits; this is what stands in a configuration.
    public var publicKey: String { open.hexadecimal }

    /// Makes a key and puts it into a file that only its owner can read.
    ///
    /// - Parameter file: Must not exist: a key that is overwritten is lost.
    /// - Throws: ``BlankettError``.
    public init(creating file: URL) throws(BlankettError) {
        guard access(file.path(percentEncoded: false), F_OK) != 0 else {
            throw BlankettError(
                "key-exists", exit: .badInput, "There is a file \(file.lastPathComponent) already.",
                advice: "Give another name; a key that is overwritten is lost.")
        }
        try DurableFile.write(SecureRandom.bytes(Self.secretSize), to: file)
        try self.init(file: file)
    }

    /// - Parameter file: As made by ``init(creating:)``.
    /// - Throws: ``BlankettError`` `key-missing`, `key-exposed` or `key-broken`.
    public init(file: URL) throws(BlankettError) {
        Sodium.require()
        secret = try SecretFile.read(
            file, count: Self.secretSize, advice: "Give the file that blankett-bridge backup-key has made.")
        var open = [UInt8](repeating: 0, count: Self.publicSize)
        crypto_scalarmult_base(&open, secret.bytes)
        self.open = open
    }

    /// Whether `text` can be a public key.
    public static func isPublicKey(_ text: String) -> Bool {
        [UInt8](hexadecimal: text)?.count == publicSize
    }

    /// Seals bytes for a public key.
    ///
    /// - Precondition: ``isPublicKey(_:)``.
    public static func seal(_ bytes: [UInt8], for publicKey: String) -> [UInt8] {
        Sodium.require()
        let open = [UInt8](hexadecimal: publicKey) ?? []
        precondition(open.count == publicSize)
        var sealed = [UInt8](repeating: 0, count: bytes.count + crypto_box_sealbytes())
        crypto_box_seal(&sealed, bytes, UInt64(bytes.count), open)
        return sealed
    }

    /// Opens what ``seal(_:for:)`` made for this key.
    ///
    /// - Parameter sealed: As it was made.
    /// - Returns: The bytes.
    /// - Throws: ``BlankettError`` `wrong-key`.
    public func unseal(_ sealed: [UInt8]) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, sealed.count - crypto_box_sealbytes()))
        guard crypto_box_seal_open(&bytes, sealed, UInt64(sealed.count), open, secret.bytes) == 0 else {
            throw BlankettError(
                "wrong-key", exit: .badInput, "The file was sealed for another key.",
                advice: "Give the secret key whose public key stood in the configuration.")
        }
        return bytes
    }
}
