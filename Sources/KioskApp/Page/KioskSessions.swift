import Foundation
import Sealing
import Synchronization

/// The browsers that were let in during this launch, and who works in each.
final class KioskSessions: Sendable {
    private struct Session {
        var token: String
        /// Who signed in, and until when that holds without a sign of life.
        var person: String?
        var lastTouch: Date
    }

    private let sessions = Mutex<[Session]>([])
    private let now: @Sendable () -> Date

    /// A page that is left alone signs itself out much sooner; this is for one that was closed or never could.
    static let longestRest: TimeInterval = 15 * 60
    private static let most = 16

    init(now: @escaping @Sendable () -> Date) {
        self.now = now
    }

    /// Lets a browser in; the oldest one has to go when there are too many.
    ///
    /// - Returns: What its cookie must hold.
    func begin(as person: String?) -> String {
        let token = SecureRandom.token()
        sessions.withLock { sessions in
            sessions.append(Session(token: token, person: person, lastTouch: now()))
            if sessions.count > Self.most { sessions.removeFirst() }
        }
        return token
    }

    func contains(_ token: String) -> Bool {
        sessions.withLock { sessions in
            // All are compared, so that the time tells nothing.
            var isKnown = false
            for session in sessions where isEqualInConstantTime(Array(session.token.utf8), Array(token.utf8)) {
                isKnown = true
            }
            return isKnown
        }
    }

    /// Who is signed in.
    ///
    /// - Parameters:
    ///   - token: The session's.
    ///   - isTouch: Whether a person did something, and not the page by itself.
    /// - Returns: An operator's id; `nil` when nobody is.
    func person(in token: String, isTouch: Bool) -> String? {
        change(token) { session in
            let time = now()
            if time.timeIntervalSince(session.lastTouch) > Self.longestRest { session.person = nil }
            if isTouch { session.lastTouch = time }
            return session.person
        } ?? nil
    }

    /// - Parameters:
    ///   - token: The session's.
    ///   - person: An operator's id; `nil` signs out.
    func sign(in token: String, as person: String?) {
        _ = change(token) { session in
            session.person = person
            session.lastTouch = now()
        }
    }

    private func change<Result: Sendable>(_ token: String, _ body: (inout Session) -> Result) -> Result? {
        sessions.withLock { sessions in
            guard let index = sessions.firstIndex(where: { $0.token == token }) else { return nil }
            return body(&sessions[index])
        }
    }
}
