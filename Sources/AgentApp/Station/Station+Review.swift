import Forms
import Foundation
import Reading
public import Support

/// What a clerk says of one field.
public enum FieldDecision: Sendable, Hashable {
    /// The proposal is right; an empty field is rightly empty.
    case confirm
    /// This stands there, as typed.
    case correct(String)
    /// Boxes: the values that are marked; none is an answer too.
    case choose([String])
    /// A tick box.
    case tick(Bool)
    /// A table: of each row the texts of its cells by column, `true` and `false` for boxes; a row without text is left out.
    case fill([[String: String]])
    /// Nothing usable stands there.
    case clear
}

extension Station {
    /// Takes a clerk's word for one field.
    ///
    /// - Parameters:
    ///   - decision: What the clerk says.
    ///   - name: The field's.
    ///   - id: The document's.
    ///   - revision: What the clerk has seen of the document; `nil` takes the word whatever was seen.
    /// - Throws: ``BlankettError`` `invalid-value` when what was typed cannot be a value of the field's type;
    ///   `changed-elsewhere` when the document is another by now.
    public func decide(
        _ decision: FieldDecision, field name: String, of id: UUIDv7, revision: Int? = nil
    ) async throws {
        let rules = rules
        let person = Acting.person
        try await review(id, revision, action: "field-decided") { contents, template in
            guard let index = contents.reading.fields.firstIndex(where: { $0.name == name }) else {
                throw BlankettError("not-found", exit: .badInput, "The form has no such field.")
            }
            var field = contents.reading.fields[index]
            let known = template?.fields.first { $0.name == name }
            let old = field.value
            if contents.before[name] == nil { contents.before[name] = field }
            switch decision {
            case .confirm:
                guard field.canBeConfirmed else { throw BlankettError.notNow }
                if field.status != .corrected { field.status = .confirmed }
            case .clear:
                field.value = nil
                field.status = .corrected
                field.checks = []
            case .tick(let isTicked):
                guard known?.kind == .checkbox || known?.kind == .signature else {
                    throw BlankettError.invalidValue(checks: [])
                }
                field.value = .bool(isTicked)
                field.status = .corrected
            case .choose(let values):
                field.value = try Self.chosen(values, of: known)
                field.status = .corrected
            case .fill(let rows):
                try Self.fill(&field, rows, known, contents.reading.form?.key, rules)
            case .correct(let text):
                try Self.correct(&field, text, known, contents.reading.form?.key, rules)
            }
            if decision != .confirm { field.confidence = 1 }
            field.reason = nil
            field.candidates = nil
            contents.reading.fields[index] = field
            contents.note(person, agreesWith: name, anew: field.value != old)
        }
    }

    /// Agrees with every doubtful field that has a proposal.
    ///
    /// What two people are to look at is not agreed with in passing.
    public func confirmAll(of id: UUIDv7) async throws {
        try await review(id, nil, action: "fields-confirmed") { contents, template in
            let asksTwo = Set((template?.fields ?? []).filter { $0.review == .twoPeople }.map(\.name))
            for index in contents.reading.fields.indices {
                let field = contents.reading.fields[index]
                guard field.isDoubtful, field.canBeConfirmed, !asksTwo.contains(field.name) else { continue }
                if contents.before[field.name] == nil { contents.before[field.name] = field }
                contents.reading.fields[index].status = .confirmed
                contents.reading.fields[index].reason = nil
                contents.reading.fields[index].candidates = nil
            }
        }
    }

    /// Confirms the document and puts its record into the outbox.
    ///
    /// - Parameters:
    ///   - id: The document's.
    ///   - revision: What the clerk has seen of it; `nil` sends it whatever was seen.
    ///   - seconds: How long the clerk worked on it, where that is known.
    /// - Throws: ``BlankettError`` `not-ready` while a field is in doubt, or the form is unknown or incomplete;
    ///   `changed-elsewhere` when the document is another by now.
    public func send(_ id: UUIDv7, revision: Int? = nil, seconds: Int? = nil) async throws {
        let (time, person) = (now(), Acting.person)
        let (settings, rules) = (settings, rules)
        try await journal.transaction { rows in
            var document = try Self.require(rows.document(id))
            // Pressing twice sends once.
            if document.state == .queued || document.state == .sent { return }
            try document.check(revision)
            guard document.handle(.confirmed) == .queue else {
                throw BlankettError(
                    "not-ready", exit: .badInput, "The document cannot be sent yet.",
                    advice: "Confirm or correct the fields that are marked.")
            }
            var contents = try rows.documentContents(id)
            contents.reviewedAt = time
            contents.reviewedBy = person
            contents.steps = nil
            // What the bridge refused and a clerk sends again is counted once.
            if let template = rules.template(of: document), contents.isCounted != true {
                try rows.count(contents, as: template, seconds: seconds, listedAt: settings.knownValues ? time : nil)
                contents.isCounted = true
            }
            try rows.setDocumentContents(id, contents)
            try Record.queue(document, contents, rules: rules, settings: settings, in: rows, at: time)
            document.touch(at: time)
            try rows.save(document)
            try rows.note("document-confirmed", id, by: person, at: time)
        }
        toSend.ring()
        changes.ring()
    }

    public func discard(_ id: UUIDv7) async throws {
        try await handle(.discarded, of: id, action: "document-discarded")
    }

    /// Puts a document aside; it stays until somebody decides.
    public func keep(_ id: UUIDv7) async throws {
        try await handle(.kept, of: id, action: "document-kept")
    }

    /// Gives a document that the bridge refused back to the clerk.
    public func reopen(_ id: UUIDv7) async throws {
        try await handle(.reopened, of: id, action: "document-reopened")
    }

    /// Reads the pages of a document again, such as after its form was taught.
    ///
    /// - Parameters:
    ///   - id: The document's.
    ///   - form: They are read only as this form.
    ///   - version: And as exactly this version: a person says that it is one, whatever of its print is missing.
    /// - Throws: ``BlankettError`` `not-found` where no such version is in force.
    public func readAgain(_ id: UUIDv7, as form: String? = nil, version: Int? = nil) async throws {
        let assigned = form.flatMap { form in version.map { FormKey(id: form, version: $0) } }
        if let assigned, template(assigned) == nil {
            throw BlankettError("not-found", exit: .badInput, "\(assigned) is not in force.")
        }
        try await handle(
            .readAgain, of: id, action: assigned == nil ? "document-read-again" : "document-assigned",
            outcome: assigned?.description
        ) { rows in
            guard let document = try rows.document(id) else { return }
            for var page in try rows.pages(in: document.batch) where page.document == id {
                page.state = .journalled
                page.form = form
                page.version = assigned?.version
                try rows.save(page)
            }
        }
        toRead.ring()
    }

    private func handle(
        _ event: Document.Event, of id: UUIDv7, action: String, outcome: String? = nil,
        also: @escaping @Sendable (any JournalRows) throws -> Void = { _ in }
    ) async throws {
        let (time, person) = (now(), Acting.person)
        try await journal.transaction { rows in
            var document = try Self.require(rows.document(id))
            guard document.handle(event) != .refuse else { throw BlankettError.notNow }
            document.touch(at: time)
            try rows.save(document)
            try also(rows)
            try rows.note(action, id, by: person, outcome: outcome, at: time)
        }
        changes.ring()
    }

    /// Changes the contents of a waiting document, checks it anew and counts what is still in doubt.
    func review(
        _ id: UUIDv7, _ revision: Int?, action: String, canBeTakenBack: Bool = true,
        change: @escaping @Sendable (inout DocumentContents, FormTemplate?) throws -> Void
    ) async throws {
        let (time, person) = (now(), Acting.person)
        let rules = rules
        try await journal.transaction { rows in
            var document = try Self.require(rows.document(id))
            let same = Document.Event.reviewed(doubtful: document.doubtful, missing: document.missing ?? 0)
            guard document.handle(same) != .refuse else { throw BlankettError.notNow }
            try document.check(revision)
            var contents = try rows.documentContents(id)
            let template = rules.template(of: document)
            let before = contents
            try change(&contents, template)
            if canBeTakenBack {
                for (old, new) in zip(before.reading.fields, contents.reading.fields)
                where old != new || before.agreedBy?[old.name] != contents.agreedBy?[new.name] {
                    contents.decidedBy = (contents.decidedBy ?? [:]).merging([new.name: person]) { $1 }
                }
            }
            if let template { contents.reading = rules.reconsider(contents.reading, template) }
            if canBeTakenBack, let step = ReviewStep(from: before, to: contents) {
                contents.steps = ((contents.steps ?? []) + [step]).suffix(ReviewStep.most)
            }
            contents.reviewedAt = time
            contents.reviewedBy = person
            let open = rules.openFields(in: contents)
            _ = document.handle(.reviewed(doubtful: open.doubtful, missing: open.missing))
            document.touch(at: time)
            try rows.setDocumentContents(id, contents)
            try rows.save(document)
            try rows.note(action, id, by: person, at: time)
        }
        changes.ring()
    }

    private static func chosen(_ values: [String], of field: Field?) throws -> JSONValue? {
        guard let field, field.kind == .choice,
            values.allSatisfy({ value in field.options.contains { $0.value == value } })
        else {
            throw BlankettError.invalidValue(checks: [])
        }
        if field.select == .any { return .array(values.map(JSONValue.string)) }
        guard values.count <= 1 else { throw BlankettError.invalidValue(checks: []) }
        return values.first.map(JSONValue.string)
    }

    private static func fill(
        _ field: inout FieldReading, _ rows: [[String: String]], _ known: Field?, _ form: FormKey?,
        _ rules: DocumentRules
    ) throws {
        guard let known, let form, known.kind == .table, rows.count <= known.rows else {
            throw BlankettError.invalidValue(checks: [])
        }
        let cells = known.cells(inRow: 0)
        var objects: [JSONValue] = []
        for (number, row) in rows.enumerated() {
            guard row.keys.allSatisfy({ name in cells.contains { $0.name == name } }) else {
                throw BlankettError.invalidValue(checks: [])
            }
            var object: [String: JSONValue] = [:]
            for cell in cells {
                let text = (row[cell.name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
                if text.isEmpty { continue }
                guard text.count <= 10_000 else { throw BlankettError.invalidCell(row: number, column: cell.name) }
                if cell.kind == .checkbox {
                    object[cell.name] = .bool(text == "true")
                    continue
                }
                let normalized = rules.normalize(text, cell, form)
                guard normalized.verdict != .invalid else {
                    throw BlankettError.invalidCell(row: number, column: cell.name)
                }
                object[cell.name] = normalized.value
            }
            // A box that is not ticked is no ink, as in reading.
            if object.values.contains(where: { $0 != false }) { objects.append(.object(object)) }
        }
        field.value = objects.isEmpty ? nil : .array(objects)
        field.checks = []
        field.status = .corrected
    }

    private static func correct(
        _ field: inout FieldReading, _ text: String, _ known: Field?, _ form: FormKey?, _ rules: DocumentRules
    ) throws {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        // A table has cells, a picture no words: one text would replace them with something of another shape.
        let isOneText = known.map { [.text, .comb, .barcode].contains($0.kind) } ?? true
        guard text.count <= 10_000, isOneText else { throw BlankettError.invalidValue(checks: []) }
        guard let known, let form, !text.isEmpty else {
            field.value = text.isEmpty ? nil : .string(text)
            field.status = .corrected
            return
        }
        let normalized = rules.normalize(text, known, form)
        guard normalized.verdict != .invalid else { throw BlankettError.invalidValue(checks: normalized.checks) }
        field.value = normalized.value
        field.checks = normalized.checks
        field.status = .corrected
    }
}

extension BlankettError {
    /// Code `invalid-cell`, and the place as its advice: a JSON pointer into the table, such as `/1/born`.
    static func invalidCell(row: Int, column: String) -> BlankettError {
        BlankettError(
            "invalid-cell", exit: .badInput, "This cannot stand in the cell.",
            advice: JSONPointer(tokens: [String(row), column]).description)
    }

    /// `checks` says which failed, such as `luhn:bad`; never the value.
    static func invalidValue(checks: [String]) -> BlankettError {
        BlankettError(
            "invalid-value", exit: .badInput, "This cannot stand in the field.",
            advice: checks.isEmpty ? nil : "Checks: \(checks.joined(separator: ", ")).")
    }
}
