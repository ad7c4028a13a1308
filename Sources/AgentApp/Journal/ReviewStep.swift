import Reading

/// One decision of a clerk, as it can be taken back until the document is sent: what it changed, as that was before.
public struct ReviewStep: Sendable, Hashable, Codable {
    private var fields: [FieldReading]
    /// Those that nobody had touched before.
    private var untouched: [String]
    private var decidedBy: [String: String]
    private var agreedBy: [String: [String]]

    /// How many decisions of a document can be taken back.
    static let most = 30

    /// - Returns: `nil` when nothing was decided.
    init?(from old: DocumentContents, to new: DocumentContents) {
        let changed = zip(old.reading.fields, new.reading.fields).filter { before, after in
            before != after || old.agreedBy?[before.name] != new.agreedBy?[after.name]
        }
        guard !changed.isEmpty else { return nil }
        let names = Set(changed.map(\.0.name))
        fields = changed.map(\.0)
        untouched = new.before.keys.filter { old.before[$0] == nil }
        decidedBy = (old.decidedBy ?? [:]).filter { names.contains($0.key) }
        agreedBy = (old.agreedBy ?? [:]).filter { names.contains($0.key) }
    }

    /// Puts back what the decision changed.
    func takeBack(in contents: inout DocumentContents) {
        for field in fields {
            guard let index = contents.reading.fields.firstIndex(where: { $0.name == field.name }) else { continue }
            contents.reading.fields[index] = field
            contents.decidedBy?[field.name] = decidedBy[field.name]
            contents.agreedBy?[field.name] = agreedBy[field.name]
        }
        for name in untouched { contents.before[name] = nil }
    }
}
