/// How long contents are kept after every subscription has taken them.
///
/// The receipt and the audit log stay. A record that is pending, leased, rejected or nobody's is never erased by time.
public struct Retention: Sendable, Hashable {
    /// Days after the last `done`; `nil` keeps for good.
    public var days: Int?
    /// Form types that have their own rule.
    public var formTypes: [String: Int]

    public init(days: Int? = nil, formTypes: [String: Int] = [:]) {
        self.days = days
        self.formTypes = formTypes
    }

    public func days(for formType: String) -> Int? {
        formTypes[formType] ?? days
    }

    /// No content is erased before this many days; `nil` when none ever is.
    public var shortest: Int? {
        ([days].compactMap(\.self) + formTypes.values).min()
    }
}

/// What became of the wish to erase a record.
public enum Erasure: String, Sendable, Hashable, Codable {
    case erased
    case wasErased = "was-erased"
    case notFound = "not-found"
    /// A consumer still has to take it, and nobody said that this does not matter.
    case undelivered
}
