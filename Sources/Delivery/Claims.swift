public import Foundation
import Support

/// What a consumer sends to `POST /v1/subscriptions/{name}/claims`.
public struct ClaimRequest: Sendable, Hashable, Codable {
    /// 1...100, default 20.
    public var limit: Int?
    /// 10...3600, default 300.
    public var leaseSeconds: Int?
    /// How long to wait for a first record, 0...25.
    public var waitSeconds: Int?

    public init(limit: Int? = nil, leaseSeconds: Int? = nil, waitSeconds: Int? = nil) {
        self.limit = limit
        self.leaseSeconds = leaseSeconds
        self.waitSeconds = waitSeconds
    }
}

public struct ClaimResponse: Sendable, Hashable, Codable {
    public struct Item: Sendable, Hashable, Codable {
        /// Random, 128 bits: the fencing token.
        public var leaseId: String
        /// From 1.
        public var attempt: Int
        public var leaseExpiresAt: Date
        public var record: Record

        public init(leaseId: String, attempt: Int, leaseExpiresAt: Date, record: Record) {
            self.leaseId = leaseId
            self.attempt = attempt
            self.leaseExpiresAt = leaseExpiresAt
            self.record = record
        }
    }

    public var items: [Item]
    /// How many more wait in this subscription.
    public var pending: Int

    public init(items: [Item], pending: Int) {
        self.items = items
        self.pending = pending
    }
}

/// What a consumer sends to `POST /v1/subscriptions/{name}/acknowledgements`.
public struct AcknowledgementRequest: Sendable, Hashable, Codable {
    public enum Outcome: String, Sendable, Hashable, Codable { case done, retry, reject, extend }

    public struct Item: Sendable, Hashable, Codable {
        public var leaseId: String
        public var outcome: Outcome
        public var caseId: String?
        public var system: String?
        public var reason: String?
        public var retryAfterSeconds: Int?
        public var leaseSeconds: Int?

        public init(
            leaseId: String, outcome: Outcome, caseId: String? = nil, system: String? = nil, reason: String? = nil,
            retryAfterSeconds: Int? = nil, leaseSeconds: Int? = nil
        ) {
            self.leaseId = leaseId
            self.outcome = outcome
            self.caseId = caseId
            self.system = system
            self.reason = reason
            self.retryAfterSeconds = retryAfterSeconds
            self.leaseSeconds = leaseSeconds
        }
    }

    public var items: [Item]

    public init(items: [Item]) {
        self.items = items
    }
}

public struct AcknowledgementResponse: Sendable, Hashable, Codable {
    public enum Result: String, Sendable, Hashable, Codable {
        case done, alreadyDone = "already-done", rescheduled, rejected, extended, leaseLost = "lease-lost"
        /// The same record was acknowledged before with another case id.
        case ackConflict = "ack-conflict"
    }

    public struct Item: Sendable, Hashable, Codable {
        public var leaseId: String
        public var result: Result

        public init(leaseId: String, result: Result) {
            self.leaseId = leaseId
            self.result = result
        }
    }

    public var items: [Item]

    public init(items: [Item]) {
        self.items = items
    }
}
