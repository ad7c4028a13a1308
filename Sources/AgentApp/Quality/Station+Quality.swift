import Forms
import Support

/// How well a form is read at this station.
public struct FormQuality: Sendable, Hashable {
    public var form: FormTally
    /// In the order of the form, as far as it is known.
    public var fields: [Tally]
}

extension Station {
    /// What was counted so far: no values, no persons.
    public func quality() async throws -> [FormQuality] {
        let (forms, fields) = try await journal.transaction { rows in (try rows.formTallies(), try rows.tallies()) }
        let rules = rules
        return forms.map { form in
            let order = rules.templates[form.form]?.fields.map(\.name) ?? []
            let places = Dictionary(order.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
            return FormQuality(
                form: form,
                fields: fields.filter { $0.form == form.form }.sorted {
                    (places[$0.field] ?? .max, $0.field) < (places[$1.field] ?? .max, $1.field)
                })
        }
        .sorted { ($0.form.form.id, $1.form.form.version) < ($1.form.form.id, $0.form.form.version) }
    }
}
