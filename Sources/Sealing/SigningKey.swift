import CSodium
public import Foundation
public import Support

/// A secret Ed25519 key that signs files.
public struct SigningKey: Sendable {
    private static let advice = "Give the file that blankett profiles key has made."

    private let secret: SecretBytes
    public let publicKey: PublicKey

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
        let seed = SecureRandom.bytes(Int(crypto_sign_SEEDBYTES))
        try DurableFile.write(seed, to: file)
        try self.init(seed: SecretBytes(seed))
    }

    /// - Parameter file: As made by ``init(creating:)``.
    /// - Throws: ``BlankettError`` `key-missing`, `key-exposed` or `key-broken`.
    public init(file: URL) throws(BlankettError) {
        Sodium.require()
        try self.init(seed: try SecretFile.read(file, count: Int(crypto_sign_SEEDBYTES), advice: Self.advice))
    }

    private init(seed: SecretBytes) throws(BlankettError) {
        var open = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        var secret = [UInt8](repeating: 0, count: Int(crypto_sign_SECRETKEYBYTES))
        defer { sodium_memzero(&secret, secret.count) }
        guard crypto_sign_seed_keypair(&open, &secret, seed.bytes) == 0, let publicKey = PublicKey(bytes: open) else {
            throw BlankettError("key-broken", exit: .fault, "No key can be made of the file.", advice: Self.advice)
        }
        self.secret = SecretBytes(secret)
        self.publicKey = publicKey
    }

    /// Signs a file's contents.
    ///
    /// - Parameters:
    ///   - contents: The file's bytes.
    ///   - purpose: The file's format, such as `blankett-device/1`.
    /// - Returns: The signature, for the file beside it.
    public func sign(_ contents: [UInt8], for purpose: String) -> FileSignature {
        let message = FileSignature.message(of: contents, for: purpose)
        var signature = [UInt8](repeating: 0, count: Int(crypto_sign_BYTES))
        crypto_sign_detached(&signature, nil, message, UInt64(message.count), secret.bytes)
        return FileSignature(key: publicKey, signature: signature)
    }
}
