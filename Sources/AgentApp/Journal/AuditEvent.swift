public import Foundation

/// One line of what was done, without contents: an action, and the id of what it was done to.
public struct AuditEvent: Sendable, Hashable, Codable {
    public var time: Date
    /// `agent`, an operator's id such as `op:7f3a91`, or `clerk` where no operators are named.
    public var actor: String
    /// Such as `page-journalled`, `document-sent`.
    public var action: String
    /// The id of a batch, page or document.
    public var object: String
    /// A stable code.
    public var outcome: String?

    public init(time: Date, actor: String, action: String, object: String, outcome: String? = nil) {
        self.time = time
        self.actor = actor
        self.action = action
        self.object = object
        self.outcome = outcome
    }
}
