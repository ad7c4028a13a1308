import CSodium
import Foundation
import Support

/// Secret bytes in memory, wiped when the last copy goes.
final class SecretBytes: Sendable {
    // Written only in `deinit`, when nobody else holds it.
    nonisolated(unsafe) private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    deinit {
        sodium_memzero(&bytes, bytes.count)
    }
}

/// A file with a secret key, which only its owner can read.
enum SecretFile {
    /// - Parameters:
    ///   - file: `count` bytes.
    ///   - count: How many there must be.
    ///   - advice: What to do when the file is missing or holds something else.
    /// - Returns: The bytes.
    /// - Throws: ``BlankettError`` `key-missing`, `key-exposed` or `key-broken`.
    static func read(_ file: URL, count: Int, advice: String) throws(BlankettError) -> SecretBytes {
        var facts = stat()
        guard stat(file.path(percentEncoded: false), &facts) == 0, let bytes = try? Data(contentsOf: file) else {
            throw BlankettError(
                "key-missing", exit: .storage, "The key file \(file.lastPathComponent) cannot be read.",
                advice: advice)
        }
        guard facts.st_mode & 0o077 == 0 else {
            throw BlankettError(
                "key-exposed", exit: .notAllowed, "Other users can read the key file \(file.lastPathComponent).",
                advice: "Run chmod 600 on it.")
        }
        guard bytes.count == count else {
            throw BlankettError(
                "key-broken", exit: .storage, "The file \(file.lastPathComponent) holds no key of \(count) bytes.",
                advice: advice)
        }
        return SecretBytes([UInt8](bytes))
    }
}
