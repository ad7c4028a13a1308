public import Forms

/// Which list of known values a field has: one for each form and field, whatever the version.
///
/// A list holds marks and counts, never a value; who has no key of the journal learns nothing from a mark.
public struct ValueList: Sendable, Hashable {
    /// Such as `ansokan/skola`.
    public let id: String

    /// What stands for a value in a list: the first eight bytes of a keyed hash of list and value.
    public typealias Mark = Int

    /// So many documents with a value must have been sent before it is proposed.
    public static let proposedAfter = 3
    /// So many values in a row must have been known before a new one is asked about.
    public static let closedAfter = 100
    /// For so many days a value is kept that too few documents had, and any other one, after it was last sent.
    public static let keptDays = (rare: 90, known: 730)

    /// - Returns: `nil` for a field whose values do not come again, or are a person's own: names, numbers, several lines,
    ///   and codes, which have a list of their own.
    public init?(_ field: Field, of form: FormKey) {
        switch field.type {
        case .text, .place: break
        case .code: guard field.options.isEmpty, field.list == nil else { return nil }
        default: return nil
        }
        guard field.kind == .text || field.kind == .comb, field.lines == 1 else { return nil }
        id = "\(form.id)/\(field.name)"
    }
}
