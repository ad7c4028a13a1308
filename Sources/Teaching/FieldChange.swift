/// What became of a field between two versions of a form.
public struct FieldChange: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable {
        case same, moved
        /// It was not found again: its place is a guess.
        case vanished
        /// It is on the new blank only.
        case added
    }

    public var name: String
    public var change: Kind
    /// By how many millimetres, right and down, against the rest of its page.
    public var by: [Double]?

    public init(name: String, change: Kind, by: [Double]? = nil) {
        self.name = name
        self.change = change
        self.by = by
    }
}
