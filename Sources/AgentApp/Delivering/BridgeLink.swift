public import Foundation

/// What is known of the way to the bridge, and when to try it again.
public struct BridgeLink: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable {
        case notConfigured = "not-configured"
        case unknown
        case reachable
        case unreachable
    }

    public private(set) var state: State
    /// Why it is unreachable: a stable code.
    public private(set) var code: String?
    public private(set) var lastContact: Date?
    public private(set) var failures = 0
    public private(set) var nextAttempt: Date?

    public init(isConfigured: Bool) {
        state = isConfigured ? .unknown : .notConfigured
    }

    public mutating func succeeded(now: Date) {
        (state, code, lastContact, failures, nextAttempt) = (.reachable, nil, now, 0, nil)
    }

    /// `jitter` is 0.8...1.2, so that many stations do not come back at once.
    public mutating func failed(_ code: String, retryAfter: Int?, now: Date, jitter: Double = 1) {
        failures += 1
        state = .unreachable
        self.code = code
        nextAttempt = now.addingTimeInterval(BackOff.seconds(failures: failures, retryAfter: retryAfter) * jitter)
    }
}

/// How long to wait after so many failures in a row: 1 s, doubled each time, at most five minutes.
public enum BackOff {
    /// `retryAfter` is what the other side asked for; at most an hour of it is granted.
    public static func seconds(failures: Int, retryAfter: Int? = nil) -> Double {
        max(min(300, Double(1 << min(max(failures, 1) - 1, 9))), Double(min(retryAfter ?? 0, 3600)))
    }
}
