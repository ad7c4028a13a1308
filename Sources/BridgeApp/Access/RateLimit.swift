import Foundation
import HTTP
import Synchronization

/// How many requests one caller may make; `nil` for any number.
struct RateLimits: Sendable, Hashable {
    /// Each a number in a minute.
    var agent: Int?
    var consumer: Int? = 6000
    var `operator`: Int? = 600
    /// Requests of one address that showed nothing to be known by, or asked for a token or a certificate.
    var stranger: Int? = 120

    func limit(of caller: Caller) -> Int? {
        switch caller.scope {
        case .agent: agent
        case .consumer: consumer
        case .operator: `operator`
        }
    }
}

/// A bucket of requests that fills again by itself: a plain value, without a clock.
struct RequestBucket: Sendable, Hashable {
    /// In a minute; the bucket holds as many.
    let limit: Int
    private(set) var left: Double
    /// In seconds.
    private var filledAt: Double

    init(limit: Int, at time: Double) {
        self.limit = limit
        left = Double(limit)
        filledAt = time
    }

    /// Takes one out.
    ///
    /// - Parameter time: In seconds; where the clock was set back, it counts from there.
    /// - Returns: Whether there was one.
    mutating func take(at time: Double) -> Bool {
        left = min(Double(limit), left + max(0, time - filledAt) * Double(limit) / 60)
        filledAt = time
        guard left >= 1 else { return false }
        left -= 1
        return true
    }

    /// Seconds until there is one again.
    var wait: Int { left >= 1 ? 0 : max(1, Int(((1 - left) * 60 / Double(limit)).rounded(.up))) }

    /// Whether it is as good as new.
    func isFull(at time: Double) -> Bool {
        left + max(0, time - filledAt) * Double(limit) / 60 >= Double(limit)
    }

    /// The header fields of the draft of the IETF for HTTP APIs.
    var headers: [(String, String)] {
        [("RateLimit-Policy", "\"default\";q=\(limit);w=60"), ("RateLimit", "\"default\";r=\(Int(left));t=\(wait)")]
    }
}

/// Counts the requests of each caller, and of each address that nobody is known behind.
final class RateLimiter: Sendable {
    private static let most = 10_000
    private let buckets = Mutex<[String: RequestBucket]>([:])
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date) {
        self.now = now
    }

    /// Counts one request.
    ///
    /// - Parameters:
    ///   - key: Whose.
    ///   - limit: In a minute; `nil` counts nothing.
    /// - Returns: Whether it may go on, and how the caller stands; `nil` where nothing is counted.
    func take(_ key: String, limit: Int?) -> (isAllowed: Bool, bucket: RequestBucket)? {
        guard let limit else { return nil }
        let time = now().timeIntervalSince1970
        return buckets.withLock { buckets in
            if buckets[key] == nil, buckets.count >= Self.most {
                buckets = buckets.filter { !$0.value.isFull(at: time) }
            }
            var bucket = buckets[key].flatMap { $0.limit == limit ? $0 : nil } ?? RequestBucket(limit: limit, at: time)
            let isAllowed = bucket.take(at: time)
            // Where the table is full of addresses that ask too much, new ones wait like them.
            guard buckets[key] != nil || buckets.count < Self.most else { return (false, bucket) }
            buckets[key] = bucket
            return (isAllowed, bucket)
        }
    }

    func standing(_ key: String) -> RequestBucket? {
        buckets.withLock { $0[key] }
    }
}

extension Problem {
    static func rateLimited(_ bucket: RequestBucket) -> Problem {
        Problem(
            "rate-limited", status: 429, title: "You ask too often",
            detail: "Wait, and use waitSeconds in claims instead of asking again and again.",
            retryAfter: max(1, bucket.wait))
    }
}
