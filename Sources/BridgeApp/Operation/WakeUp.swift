import Foundation
import HTTP
import Sealing
import Support

/// Where a subscription's consumer wants to be told that records wait; a call names no record and no person.
struct WakeUp: Sendable, Hashable {
    /// Such as `https://case-system.example:8443`.
    var origin: String
    var path: String
    /// A file of one line that only its owner can read: `whsec_…`.
    var secret: URL

    /// `nil` unless the address is one of HTTPS, or of this host.
    init?(address: String, secret: URL) {
        guard let url = URL(string: address), let scheme = url.scheme, let host = url.host(), url.user() == nil,
            url.fragment == nil, scheme == "https" || (scheme == "http" && ["127.0.0.1", "localhost"].contains(host))
        else { return nil }
        origin = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host)\(url.port.map { ":\($0)" } ?? "")"
        let path = url.path(percentEncoded: true)
        self.path = (path.isEmpty ? "/" : path) + (url.query(percentEncoded: true).map { "?\($0)" } ?? "")
        self.secret = secret
    }

    /// - Throws: ``BlankettError`` when the file cannot be used.
    func signature() throws(BlankettError) -> MessageSignature {
        let name = secret.lastPathComponent
        var facts = stat()
        guard unsafe stat(secret.path(percentEncoded: false), &facts) == 0,
            let text = try? String(contentsOf: secret, encoding: .utf8)
        else {
            throw BlankettError(
                "secret-missing", exit: .badInput, "The secret file \(name) cannot be read.",
                advice: "Write whsec_ and from 24 to 64 random bytes in base64 into it.")
        }
        guard facts.st_mode & 0o077 == 0 else {
            throw BlankettError(
                "secret-exposed", exit: .notAllowed, "Other users can read \(name).", advice: "Run chmod 600 on it.")
        }
        return try MessageSignature(secret: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

/// When a consumer is called: at once when records come to wait, then ever more seldom for as long as they do.
///
/// A plain value, without a clock.
package struct WakeUpRhythm: Sendable, Hashable {
    static let first = 10.0
    static let longest = 300.0

    private var next: Double?
    private var pause = first

    package init() {}

    /// - Parameters:
    ///   - waiting: How many records wait.
    ///   - time: In seconds, of a clock that is never set.
    /// - Returns: Whether to call now.
    package mutating func isDue(waiting: Int, at time: Double) -> Bool {
        guard waiting > 0 else {
            // Who takes all is called at once for the next one, but not more often than each ten seconds.
            pause = Self.first
            if let next, time >= next { self.next = nil }
            return false
        }
        if let next, time < next { return false }
        next = time + pause
        pause = min(2 * pause, Self.longest)
        return true
    }
}
