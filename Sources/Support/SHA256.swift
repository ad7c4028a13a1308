import CNettle

/// SHA-256 by Nettle, in one go or piece by piece.
///
/// Nettle uses the processor's own instructions where it has them, which makes a page's hash five times cheaper than
/// libsodium's.
public struct SHA256: ~Copyable {
    private var state = sha256_ctx()

    public init() {
        nettle_sha256_init(&state)
    }

    public mutating func update(_ bytes: [UInt8]) {
        nettle_sha256_update(&state, bytes.count, bytes)
    }

    /// The 32 bytes.
    public consuming func finish() -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
        nettle_sha256_digest(&state, hash.count, &hash)
        return hash
    }

    /// 32 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// 64 hexadecimal digits in lower case.
    public static func hexadecimal(of bytes: [UInt8]) -> String {
        hash(bytes).hexadecimal
    }
}
