import Foundation
import Sealing
import Support
import Synchronization

/// The tokens that are accepted, in a file that only its owner reads; of each token only the hash is kept.
///
/// A running bridge sees at the next request when the file was changed.
final class TokenFile: Sendable {
    struct Entry: Sendable, Hashable, Codable {
        /// Who has it.
        var name: String
        /// For a consumer; an agent has none.
        var subscription: String?
        /// Whether it is an operator's, who has no subscription.
        var isOperator: Bool?
        /// SHA-256 of the token, in hexadecimal digits.
        var sha256: String
        var created: Date

        var caller: Caller {
            Caller(
                name: name,
                scope: isOperator == true ? .operator : subscription.map { .consumer(subscription: $0) } ?? .agent)
        }
    }

    private struct Contents: Codable {
        var format = "blankett-tokens/1"
        var tokens: [Entry]
    }

    /// Tells one state of the file from another.
    private struct Stamp: Hashable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private struct Known {
        var stamp: Stamp?
        var tokens: [(hash: [UInt8], caller: Caller)] = []
    }

    private let url: URL
    private let known = Mutex(Known())

    init(_ url: URL) {
        self.url = url
    }

    /// Who the token belongs to; all of them are compared, so that the time tells nothing.
    func caller(of token: String) -> Caller? {
        let hash = SHA256.hash(Array(token.utf8))
        return known.withLock { known in
            refresh(&known)
            var found: Caller?
            for entry in known.tokens where isEqualInConstantTime(entry.hash, hash) { found = entry.caller }
            return found
        }
    }

    /// Makes a token and gives its text, which is kept nowhere.
    func add(name: String, subscription: String?, isOperator: Bool = false, now: Date = Date()) throws -> String {
        let token = "bbt_\(SecureRandom.token())"
        let hash = SHA256.hexadecimal(of: Array(token.utf8))
        let entry = Entry(
            name: name, subscription: subscription, isOperator: isOperator ? true : nil, sha256: hash, created: now)
        try write(try entries() + [entry])
        return token
    }

    /// Takes back all tokens of a name; `false` when there was none.
    func remove(name: String) throws -> Bool {
        let before = try entries()
        let after = before.filter { $0.name != name }
        guard after.count < before.count else { return false }
        try write(after)
        return true
    }

    func entries() throws -> [Entry] {
        guard let bytes = try? Data(contentsOf: url) else { return [] }
        let mode = try FileManager.default.attributesOfItem(atPath: url.path())[.posixPermissions] as? Int ?? 0
        guard mode & 0o077 == 0 else {
            throw BlankettError(
                "tokens-exposed", exit: .notAllowed, "Other users can read \(url.lastPathComponent).",
                advice: "Run chmod 600 on it.")
        }
        do {
            return try JSONCoding.decode(Contents.self, from: bytes).tokens
        } catch {
            throw BlankettError(
                "tokens-broken", exit: .storage, "The file \(url.lastPathComponent) cannot be read.",
                advice: "Remove it, and make new tokens with blankett-bridge token.")
        }
    }

    private func write(_ entries: [Entry]) throws {
        try DurableFile.write(try JSONCoding.encode(Contents(tokens: entries), pretty: true), to: url)
    }

    private func refresh(_ known: inout Known) {
        var facts = stat()
        guard unsafe stat(url.path(), &facts) == 0 else {
            known = Known()
            return
        }
        let stamp = Stamp(
            inode: UInt64(facts.st_ino), size: Int64(facts.st_size), seconds: facts.st_mtim.tv_sec,
            nanoseconds: facts.st_mtim.tv_nsec)
        guard stamp != known.stamp else { return }
        known.stamp = stamp
        // A file that cannot be trusted lets nobody in.
        known.tokens = ((try? entries()) ?? []).compactMap { entry in
            [UInt8](hexadecimal: entry.sha256).map { ($0, entry.caller) }
        }
    }
}
