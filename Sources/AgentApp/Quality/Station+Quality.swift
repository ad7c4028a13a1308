import Forms
import Support

/// How well a form is read at this station.
public struct FormQuality: Sendable, Hashable {
    public var form: FormTally
    /// In the order of the form, as far as it is known.
    public var fields: [Tally]
    /// How many values are known well enough to be proposed, by field; fields without a list are left out.
    public var knownValues: [String: Int]
}

extension Station {
    /// What was counted so far: no values, no persons.
    public func quality() async throws -> [FormQuality] {
        let (forms, fields, lists) = try await journal.transaction { rows in
            (try rows.formTallies(), try rows.tallies(), try rows.knownValues(atLeast: ValueList.proposedAfter))
        }
        let rules = rules
        return forms.map { form in
            let known = rules.templates[form.form]?.fields ?? []
            let order = known.map(\.name)
            let listed = known.compactMap { field in
                ValueList(field, of: form.form).map { (field.name, lists[$0.id] ?? 0) }
            }
            let places = Dictionary(order.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
            return FormQuality(
                form: form,
                fields: fields.filter { $0.form == form.form }.sorted {
                    (places[$0.field] ?? .max, $0.field) < (places[$1.field] ?? .max, $1.field)
                }, knownValues: Dictionary(listed) { first, _ in first })
        }
        .sorted { ($0.form.form.id, $1.form.form.version) < ($1.form.form.id, $0.form.form.version) }
    }

    /// Forgets which values of a form were sent, in all its versions; the counts of what was right stay.
    ///
    /// - Parameter form: Its id.
    /// - Throws: ``BlankettError`` when the journal cannot be written.
    public func forgetValues(ofForm form: String) async throws {
        try await journal.transaction { try $0.forgetValues(ofForm: form) }
        try await note("known-values-forgotten", of: form)
    }
}
