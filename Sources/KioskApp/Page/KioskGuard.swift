public import Foundation
public import HTTP
import Sealing

/// Lets only the page that the agent itself has served do anything: the threat points of a page on loopback.
///
/// Names in `Host` are compared exactly, so no other name can be made to lead here. Who knows the secret of this launch
/// gets a cookie that no other site can send. A change wants the page's own origin and a header that no form can set.
public struct KioskGuard: Sendable {
    /// The one that is listened on.
    let port: UInt16
    private let hosts: Set<String>
    private let secret: String
    let sessions: KioskSessions

    /// Of the cookie; the port is part of it, because browsers do not keep ports apart.
    private let cookieName: String

    /// - Parameters:
    ///   - port: The one that is listened on.
    ///   - secret: Of this launch; whoever knows it may open the page of this station.
    ///   - now: The time, for how long somebody stays signed in.
    public init(port: UInt16, secret: String, now: @escaping @Sendable () -> Date = { Date() }) {
        self.port = port
        sessions = KioskSessions(now: now)
        hosts = ["127.0.0.1:\(port)", "localhost:\(port)"]
        self.secret = secret
        cookieName = "blankett-\(port)"
    }

    /// What must be true of every request.
    ///
    /// - Parameter request: As it came.
    /// - Throws: ``Problem`` when it is not from this station's page.
    public func checkOrigin(_ request: Request) throws {
        let named = request.headers.all("Host")
        guard named.count == 1, hosts.contains(named[0]) else {
            throw Problem("wrong-host", status: 421, title: "This address does not belong to the station")
        }
        if let site = request.headers["Sec-Fetch-Site"], site != "same-origin" {
            // Typing the address, or the start link, is "none".
            guard site == "none", request.method == "GET", !request.path.hasPrefix("/api/") else { throw Self.foreign }
        }
        // The origin is that of the very address that was asked: one name of ours does not vouch for the other.
        if let origin = request.headers["Origin"], origin != "http://\(named[0])" { throw Self.foreign }
        guard request.method != "GET", request.method != "HEAD" else { return }
        guard request.headers["Origin"] != nil, request.headers["X-Blankett"] == "1" else { throw Self.foreign }
        let type = request.headers["Content-Type"]?.split(separator: ";").first.map(String.init)
        guard type?.lowercased() == "application/json" else {
            throw Problem("not-json", status: 415, title: "Only JSON is taken here")
        }
    }

    /// The session that the request belongs to.
    ///
    /// - Returns: Its token.
    /// - Throws: ``Problem`` 401 when the request carries no session of this launch.
    func session(of request: Request) throws -> String {
        let cookies = request.headers.all("Cookie").flatMap { $0.split(separator: ";") }.map {
            String($0).trimmingPrefix { $0 == " " }
        }
        let prefix = "\(cookieName)="
        guard let shown = cookies.first(where: { $0.hasPrefix(prefix) }).map({ String($0.dropFirst(prefix.count)) }),
            sessions.contains(shown)
        else {
            throw Problem("unauthenticated", status: 401, title: "Open the page with the station's start link")
        }
        return shown
    }

    /// Exchanges the secret for a session.
    ///
    /// Tries are not counted: 256 random bits are not guessed, and who could use up the tries could keep the clerk out.
    ///
    /// - Parameters:
    ///   - shown: What the page took from its address.
    ///   - person: Who is known to be there without signing in.
    /// - Returns: The value for `Set-Cookie`.
    /// - Throws: ``Problem`` 403 when it is not the secret of this launch.
    func beginSession(_ shown: String, as person: String?) throws -> String {
        guard isEqualInConstantTime(Array(shown.utf8), Array(secret.utf8)) else {
            throw Problem("wrong-secret", status: 403, title: "The start link is not of this launch")
        }
        return "\(cookieName)=\(sessions.begin(as: person)); HttpOnly; SameSite=Strict; Path=/"
    }

    private static let foreign = Problem("foreign-page", status: 403, title: "Another page cannot use the station")
}
