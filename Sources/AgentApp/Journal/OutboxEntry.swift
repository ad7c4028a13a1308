public import Foundation
public import Support

/// A record that waits to be taken by the bridge: when to try next, and what the last try said.
public struct OutboxEntry: Sendable, Hashable, Codable {
    /// What one try came to.
    public enum Outcome: Sendable, Hashable {
        /// 200 or 201: stored for good.
        case stored
        /// The bridge can never take this content: a stable code.
        case refused(code: String)
        /// Nothing is known or nothing was stored; it is tried again for ever.
        case failed(code: String, retryAfter: Int?)
    }

    public enum Action: Sendable, Hashable {
        case delivered
        case setAside(code: String)
        case retry(at: Date)
    }

    public let document: UUIDv7
    public private(set) var attempts = 0
    public private(set) var nextAttempt: Date
    /// What the last try said: a stable code.
    public private(set) var lastCode: String?

    public init(document: UUIDv7, queuedAt: Date) {
        self.document = document
        nextAttempt = queuedAt
    }

    /// Says what to do next.
    ///
    /// `jitter` is 0.8...1.2, so that many stations do not come back at once.
    public mutating func handle(_ outcome: Outcome, now: Date, jitter: Double = 1) -> Action {
        switch outcome {
        case .stored:
            return .delivered
        case .refused(let code):
            return .setAside(code: code)
        case .failed(let code, let retryAfter):
            attempts += 1
            lastCode = code
            nextAttempt = now.addingTimeInterval(BackOff.seconds(failures: attempts, retryAfter: retryAfter) * jitter)
            return .retry(at: nextAttempt)
        }
    }
}
