public import Foundation

/// One line of the audit log.
public struct AuditLine: Sendable, Hashable, Codable {
    /// From 1, without gaps.
    public var number: Int
    public var time: Date
    public var actor: String
    public var action: String
    public var subscription: String
    public var outcome: String
    /// SHA-256 over the line and the one before, in hexadecimal digits.
    public var hash: String

    public init(
        number: Int, time: Date, actor: String, action: String, subscription: String, outcome: String, hash: String
    ) {
        self.number = number
        self.time = time
        self.actor = actor
        self.action = action
        self.subscription = subscription
        self.outcome = outcome
        self.hash = hash
    }
}
