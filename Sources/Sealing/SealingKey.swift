import CSodium
public import Foundation
public import Support

/// A secret key of 32 bytes that seals contents with XChaCha20-Poly1305.
public struct SealingKey: Sealer {
    private static let size = Int(crypto_aead_xchacha20poly1305_ietf_KEYBYTES)
    private static let nonceSize = Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    private static let tagSize = Int(crypto_aead_xchacha20poly1305_ietf_ABYTES)

    private let secret: SecretBytes

    public init() {
        secret = SecretBytes(SecureRandom.bytes(Self.size))
    }

    /// Reads the key from a file that only its owner can read; makes it when there is none.
    ///
    /// - Parameters:
    ///   - file: 32 bytes. Who loses it loses all that was sealed.
    ///   - create: Whether a missing key is made.
    /// - Throws: ``BlankettError`` when others can read the file, or it holds no key.
    public init(file: URL, create: Bool = true) throws {
        if create, access(file.path(), F_OK) != 0 {
            try DurableFile.write(SecureRandom.bytes(Self.size), to: file)
        }
        Sodium.require()
        secret = try SecretFile.read(
            file, count: Self.size,
            advice: "Restore it from its safe copy; without it nothing that was stored can be read.")
    }

    /// A key of which the 32 bytes are known.
    public init(secret: [UInt8]) {
        precondition(secret.count == Self.size)
        Sodium.require()
        self.secret = SecretBytes(secret)
    }

    private init(_ secret: SecretBytes) {
        self.secret = secret
    }

    /// A random nonce, then the ciphertext with its tag.
    public func seal(_ bytes: [UInt8], context: String) -> [UInt8] {
        let nonce = SecureRandom.bytes(Self.nonceSize)
        let associated = Array(context.utf8)
        let size = Self.nonceSize + bytes.count + Self.tagSize
        return [UInt8](unsafeUninitializedCapacity: size) { room, count in
            guard let start = room.baseAddress else { return }
            start.initialize(from: nonce, count: Self.nonceSize)
            crypto_aead_xchacha20poly1305_ietf_encrypt(
                start + Self.nonceSize, nil, bytes, UInt64(bytes.count), associated, UInt64(associated.count), nil,
                nonce, secret.bytes)
            count = size
        }
    }

    public func open(_ sealed: [UInt8], context: String) throws -> [UInt8] {
        let associated = Array(context.utf8)
        let length = sealed.count - Self.nonceSize - Self.tagSize
        guard length >= 0 else { throw Self.broken }
        return try [UInt8](unsafeUninitializedCapacity: length) { room, count in
            let result = sealed.withUnsafeBufferPointer { sealed in
                guard let start = sealed.baseAddress else { return Int32(-1) }
                return crypto_aead_xchacha20poly1305_ietf_decrypt(
                    room.baseAddress, nil, nil, start + Self.nonceSize, UInt64(sealed.count - Self.nonceSize),
                    associated, UInt64(associated.count), start, secret.bytes)
            }
            guard result == 0 else { throw Self.broken }
            count = length
        }
    }

    public func hash(_ bytes: [UInt8]) -> [UInt8] {
        SHA256.hash(bytes)
    }

    public func mark(_ bytes: [UInt8], context: String) -> [UInt8] {
        // Keyed BLAKE2b with a purpose of its own, as crypto_kdf makes keys: nothing that is sealed has to do with it.
        let message = Array(context.utf8) + [0] + bytes
        let size = Int(crypto_generichash_BYTES_MIN)
        var mark = [UInt8](repeating: 0, count: size)
        crypto_generichash_blake2b_salt_personal(
            &mark, size, message, UInt64(message.count), secret.bytes, Self.size, nil, Array("blankett-mark---".utf8))
        return mark
    }

    static let broken = BlankettError(
        "seal-broken", exit: .storage, "Something that was stored was changed, or was sealed with another key.",
        advice: "Check the key file, and restore the data from a backup.")
}

extension SealingKey: KeyWrapping {
    public func makeContentKey(context: String) -> (key: any KeyWrapping, sealed: [UInt8]) {
        let key = SealingKey()
        return (key, seal(key.secret.bytes, context: context))
    }

    public func contentKey(_ sealed: [UInt8], context: String) throws -> any KeyWrapping {
        let bytes = try open(sealed, context: context)
        guard bytes.count == Self.size else { throw Self.broken }
        return SealingKey(SecretBytes(bytes))
    }

    /// BLAKE2b with this key.
    public func mark(_ bytes: [UInt8]) -> [UInt8] {
        var mark = [UInt8](repeating: 0, count: 32)
        crypto_generichash(&mark, mark.count, bytes, UInt64(bytes.count), secret.bytes, secret.bytes.count)
        return mark
    }
}
