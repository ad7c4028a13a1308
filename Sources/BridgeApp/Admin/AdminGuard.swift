import Foundation
import HTTP
import Sealing
import Support
import Synchronization

/// Lets only who has typed a code into the admin page do anything there, and no other page of their browser.
///
/// The page is on the loopback. Names in `Host` are compared exactly, so no other name can be made to lead here; a change
/// wants the page's own origin and the session's own token in the form.
final class AdminGuard: Sendable {
    struct Session: Sendable {
        /// Who it is, for the audit log.
        var name: String
        /// Goes into each form.
        var formToken: String
        var ends: Date
    }

    private static let life = 8.0 * 3600
    private static let most = 32
    private let hosts: Set<String>
    private let cookieName: String
    private let registry: AccessRegistry
    private let sessions = Mutex<[(hash: [UInt8], session: Session)]>([])
    private let now: @Sendable () -> Date

    init(port: UInt16, registry: AccessRegistry, now: @escaping @Sendable () -> Date) {
        hosts = ["127.0.0.1:\(port)", "localhost:\(port)"]
        cookieName = "blankett-admin-\(port)"
        self.registry = registry
        self.now = now
    }

    /// What must be true of every request.
    func checkOrigin(_ request: Request) throws(Problem) {
        let named = request.headers.all("Host")
        guard named.count == 1, hosts.contains(named[0]) else {
            throw Problem("wrong-host", status: 421, title: "This address does not belong to the admin page")
        }
        let isChange = request.method != "GET" && request.method != "HEAD"
        if let site = request.headers["Sec-Fetch-Site"], site != "same-origin", isChange || site != "none" {
            throw Self.foreign
        }
        if let origin = request.headers["Origin"], origin != "http://\(named[0])" { throw Self.foreign }
        guard !isChange || request.headers["Origin"] != nil else { throw Self.foreign }
    }

    func session(of request: Request) -> Session? {
        let cookies = request.headers.all("Cookie").flatMap { $0.split(separator: ";") }.map {
            String($0).trimmingPrefix { $0 == " " }
        }
        guard let shown = cookies.first(where: { $0.hasPrefix("\(cookieName)=") })?.dropFirst(cookieName.utf8.count + 1)
        else { return nil }
        let hash = SHA256.hash(Array(shown.utf8))
        let time = now()
        return sessions.withLock { sessions in
            sessions.first { isEqualInConstantTime($0.hash, hash) && $0.session.ends > time }?.session
        }
    }

    /// Exchanges a code for a session; `nil` when the code is not good.
    ///
    /// - Returns: The value for `Set-Cookie`.
    func begin(_ code: String) throws -> String? {
        guard let name = try registry.useAdminCode(code) else { return nil }
        let token = SecureRandom.token()
        let session = Session(
            name: name, formToken: SecureRandom.token(), ends: now().addingTimeInterval(Self.life))
        sessions.withLock { sessions in
            sessions.append((SHA256.hash(Array(token.utf8)), session))
            if sessions.count > Self.most { sessions.removeFirst() }
        }
        return "\(cookieName)=\(token); HttpOnly; SameSite=Strict; Path=/"
    }

    func end(_ session: Session) {
        sessions.withLock { $0.removeAll { $0.session.formToken == session.formToken } }
    }

    private static let foreign = Problem(
        "foreign-page", status: 403, title: "Another page cannot use the admin page")
}
