import CSodium

/// The library as a whole: it wants to be initialized once before anything else.
enum Sodium {
    private static let isReady: Bool = sodium_init() >= 0

    static func require() {
        precondition(isReady, "libsodium could not be initialized")
    }
}

/// Random bytes for keys, tokens and leases.
public enum SecureRandom {
    public static func bytes(_ count: Int) -> [UInt8] {
        Sodium.require()
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }

    /// Letters, digits, `-` and `_`; 6 bits each.
    public static func token(bytes count: Int = 32) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let length = (count * 8 + 5) / 6
        return String(decoding: bytes(length).map { alphabet[Int($0 & 63)] }, as: UTF8.self)
    }
}

/// Compares without telling by its time where the first difference is.
public func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && (left.isEmpty || sodium_memcmp(left, right, left.count) == 0)
}
