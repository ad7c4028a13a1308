public import Foundation
public import Support

/// What one back-office system gets: every record of its form types, each until it is acknowledged.
public struct Subscription: Sendable, Hashable {
    public enum Start: String, Sendable, Hashable, CaseIterable {
        /// What comes after the subscription was made.
        case now
        /// What is stored already, too.
        case earliest
    }

    /// Lower case with hyphens.
    public var name: String
    /// `nil` takes all.
    public var formTypes: Set<String>?
    /// Whether records marked as test come too.
    public var includesTest: Bool
    public var start: Start
    /// Names of fields that are taken out of what it gets.
    public var hiddenFields: Set<String>

    public init(
        name: String, formTypes: Set<String>? = nil, includesTest: Bool = false, start: Start = .now,
        hiddenFields: Set<String> = []
    ) {
        self.name = name
        self.formTypes = formTypes
        self.includesTest = includesTest
        self.start = start
        self.hiddenFields = hiddenFields
    }

    public func takes(formType: String, isTest: Bool) -> Bool {
        (includesTest || !isTest) && formTypes?.contains(formType) != false
    }
}

/// How a subscription stands.
public struct SubscriptionCounters: Sendable, Hashable, Codable {
    public var pending: Int
    public var leased: Int
    public var done: Int
    public var rejected: Int
    /// Since the oldest record came that is neither done nor rejected.
    public var oldestPendingSeconds: Int?

    public init(pending: Int, leased: Int, done: Int, rejected: Int, oldestPendingSeconds: Int?) {
        self.pending = pending
        self.leased = leased
        self.done = done
        self.rejected = rejected
        self.oldestPendingSeconds = oldestPendingSeconds
    }
}

/// One line of the reconciliation list.
public struct DeliveryEntry: Sendable, Hashable, Codable {
    public var recordId: UUIDv7
    public var state: String
    public var attempt: Int
    public var storedAt: Date
    /// When it can be claimed, when the lease ends, or when it was decided.
    public var due: Date
    public var caseId: String?
    public var system: String?
    public var reason: String?

    public init(recordId: UUIDv7, state: DeliveryState, storedAt: Date) {
        self.recordId = recordId
        self.state = "\(state.phase)"
        attempt = state.attempt
        self.storedAt = storedAt
        due = state.due
        caseId = state.caseId
        system = state.system
        reason = state.reason
    }
}
