import Forms

/// What was counted of the fields of one document, each read once however many ask.
struct FieldTallies {
    private let rows: any JournalRows
    private let form: FormKey
    private var known: [String: Tally] = [:]

    init(of form: FormKey, in rows: any JournalRows) {
        self.rows = rows
        self.form = form
    }

    /// - Throws: ``BlankettError`` when the journal cannot be read.
    mutating func tally(of field: String) throws -> Tally {
        if let tally = known[field] { return tally }
        let tally = try rows.tally(of: form, field: field)
        known[field] = tally
        return tally
    }
}
