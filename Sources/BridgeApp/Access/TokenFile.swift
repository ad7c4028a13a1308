import Foundation
import Sealing
import Support

/// The long-lived tokens that are accepted; of each only the hash is kept.
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

    private let file: SharedFile<Contents, [(hash: [UInt8], caller: Caller)]>

    init(_ url: URL) {
        file = SharedFile(url, empty: Contents(tokens: [])) { contents in
            contents.tokens.compactMap { entry in [UInt8](hexadecimal: entry.sha256).map { ($0, entry.caller) } }
        }
    }

    /// Who the token belongs to; all of them are compared, so that the time tells nothing.
    func caller(of token: String) -> Caller? {
        let hash = SHA256.hash(Array(token.utf8))
        var found: Caller?
        for entry in file.view where isEqualInConstantTime(entry.hash, hash) { found = entry.caller }
        return found
    }

    /// Makes a token and gives its text, which is kept nowhere.
    func add(name: String, subscription: String?, isOperator: Bool = false, now: Date = Date()) throws -> String {
        let token = "bbt_\(SecureRandom.token())"
        let hash = SHA256.hexadecimal(of: Array(token.utf8))
        let entry = Entry(
            name: name, subscription: subscription, isOperator: isOperator ? true : nil, sha256: hash, created: now)
        try file.change { $0.tokens.append(entry) }
        return token
    }

    /// Takes back all tokens of a name; `false` when there was none.
    func remove(name: String) throws -> Bool {
        try file.change { contents in
            let count = contents.tokens.count
            contents.tokens.removeAll { $0.name == name }
            return contents.tokens.count < count
        }
    }

    func entries() throws -> [Entry] {
        try file.read().tokens
    }
}
