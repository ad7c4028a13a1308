import Forms
import Foundation
import SQLiteStore
import Support

/// The journal's rows in SQLite; stays inside ``SQLiteJournal``.
final class SQLiteRows: JournalRows {
    private let database: Database
    private let sealer: any Sealer

    init(_ database: consuming Database, sealer: any Sealer) {
        self.database = database
        self.sealer = sealer
    }

    func transaction<Result>(_ body: (any JournalRows) throws -> Result) throws -> Result {
        try database.transaction { _ in try body(self) }
    }

    func batch(_ id: UUIDv7) throws -> Batch? {
        try all("SELECT id, row FROM batch WHERE id = ?1", [.text(id.description)], "batch", as: Batch.self).first
    }

    func batches(in states: Set<Batch.State>, limit: Int) throws -> [Batch] {
        try all(
            "SELECT id, row FROM batch WHERE state IN (SELECT value FROM json_each(?1)) ORDER BY id DESC LIMIT ?2",
            [list(states), .number(limit)], "batch")
    }

    func save(_ batch: Batch) throws {
        try run(
            """
            INSERT INTO batch (id, state, row) VALUES (?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, row = excluded.row
            """,
            [.text(batch.id.description), .text(batch.state.rawValue), try row(batch, "batch:\(batch.id)")])
    }

    func page(_ id: UUIDv7) throws -> Page? {
        try all("SELECT id, row FROM page WHERE id = ?1", [.text(id.description)], "page", as: Page.self).first
    }

    func pages(in batch: UUIDv7) throws -> [Page] {
        try all(
            "SELECT id, row FROM page WHERE batch = ?1 AND state <> 'superseded' ORDER BY number",
            [.text(batch.description)], "page")
    }

    func pages(in state: Page.State, limit: Int) throws -> [Page] {
        try all(
            "SELECT id, row FROM page WHERE state = ?1 ORDER BY id LIMIT ?2",
            [.text(state.rawValue), .number(limit)], "page")
    }

    func save(_ page: Page) throws {
        try run(
            """
            INSERT INTO page (id, batch, number, state, row) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, row = excluded.row
            """,
            [
                .text(page.id.description), .text(page.batch.description), .number(page.number),
                .text(page.state.rawValue), try row(page, "page:\(page.id)"),
            ])
    }

    func document(_ id: UUIDv7) throws -> Document? {
        try all("SELECT id, row FROM document WHERE id = ?1", [.text(id.description)], "document", as: Document.self)
            .first
    }

    func documents(in batch: UUIDv7) throws -> [Document] {
        try all(
            "SELECT id, row FROM document WHERE batch = ?1 ORDER BY number", [.text(batch.description)], "document")
    }

    func documents(in states: Set<Document.State>, limit: Int) throws -> [Document] {
        try all(
            "SELECT id, row FROM document WHERE state IN (SELECT value FROM json_each(?1)) ORDER BY id DESC LIMIT ?2",
            [list(states), .number(limit)], "document")
    }

    func documents(in states: Set<Document.State>, changedBefore time: Date, limit: Int) throws -> [Document] {
        try all(
            """
            SELECT id, row FROM document WHERE state IN (SELECT value FROM json_each(?1)) AND changed < ?2
            AND EXISTS (SELECT 1 FROM contents WHERE kind = 'document' AND contents.id = document.id)
            ORDER BY id LIMIT ?3
            """,
            [list(states), .time(time), .number(limit)], "document")
    }

    func documentCounts() throws -> [Document.State: Int] {
        try database.withStatement("SELECT state, count(*) FROM document GROUP BY state") { statement in
            var counts: [Document.State: Int] = [:]
            while try statement.step() {
                if let state = statement.text(at: 0).flatMap(Document.State.init) {
                    counts[state] = statement.integer(at: 1)
                }
            }
            return counts
        }
    }

    func save(_ document: Document) throws {
        try run(
            """
            INSERT INTO document (id, batch, number, state, changed, row) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, changed = excluded.changed, row = excluded.row
            """,
            [
                .text(document.id.description), .text(document.batch.description), .number(document.number),
                .text(document.state.rawValue), .time(document.changedAt),
                try row(document, "document:\(document.id)"),
            ])
    }

    func contents(of id: UUIDv7, _ kind: ContentsKind) throws -> [UInt8]? {
        let sealed: [UInt8]? = try database.withStatement("SELECT bytes FROM contents WHERE kind = ?1 AND id = ?2") {
            statement in
            try statement.bind(kind.rawValue, at: 1)
            try statement.bind(id.description, at: 2)
            return try statement.step() ? statement.blob(at: 0) : nil
        }
        return try sealed.map { try sealer.open($0, context: "contents:\(kind.rawValue):\(id)") }
    }

    func setContents(of id: UUIDv7, _ kind: ContentsKind, _ bytes: [UInt8]?) throws {
        guard let bytes else {
            return try run(
                "DELETE FROM contents WHERE kind = ?1 AND id = ?2", [.text(kind.rawValue), .text(id.description)])
        }
        try run(
            """
            INSERT INTO contents (kind, id, bytes) VALUES (?1, ?2, ?3)
            ON CONFLICT (kind, id) DO UPDATE SET bytes = excluded.bytes
            """,
            [
                .text(kind.rawValue), .text(id.description),
                .blob(sealer.seal(bytes, context: "contents:\(kind.rawValue):\(id)")),
            ])
    }

    func outbox(due time: Date, limit: Int) throws -> [OutboxEntry] {
        try all(
            "SELECT document, row FROM outbox WHERE next <= ?1 ORDER BY next LIMIT ?2", [.time(time), .number(limit)],
            "outbox")
    }

    func outboxEntry(_ document: UUIDv7) throws -> OutboxEntry? {
        try all(
            "SELECT document, row FROM outbox WHERE document = ?1", [.text(document.description)], "outbox",
            as: OutboxEntry.self
        ).first
    }

    func nextAttempt() throws -> Date? {
        try database.withStatement("SELECT min(next) FROM outbox") { statement in
            guard try statement.step(), !statement.isNull(at: 0) else { return nil }
            return Date(timeIntervalSince1970: statement.double(at: 0))
        }
    }

    func save(_ entry: OutboxEntry) throws {
        try run(
            """
            INSERT INTO outbox (document, next, row) VALUES (?1, ?2, ?3)
            ON CONFLICT (document) DO UPDATE SET next = excluded.next, row = excluded.row
            """,
            [
                .text(entry.document.description), .time(entry.nextAttempt),
                try row(entry, "outbox:\(entry.document)"),
            ])
    }

    func removeOutboxEntry(_ document: UUIDv7) throws {
        try run("DELETE FROM outbox WHERE document = ?1", [.text(document.description)])
    }

    func append(_ event: AuditEvent) throws {
        try run(
            "INSERT INTO event (time, actor, action, object, outcome) VALUES (?1, ?2, ?3, ?4, ?5)",
            [
                .time(event.time), .text(event.actor), .text(event.action), .text(event.object),
                event.outcome.map(Value.text) ?? .null,
            ])
    }

    func tally(of form: FormKey, field: String) throws -> Tally {
        let id = "\(form)/\(field)"
        return try all("SELECT id, row FROM tally WHERE id = ?1", [.text(id)], "tally", as: Tally.self).first
            ?? Tally(form: form, field: field)
    }

    func formTally(of form: FormKey) throws -> FormTally {
        try all("SELECT id, row FROM tally WHERE id = ?1", [.text("\(form)")], "tally", as: FormTally.self).first
            ?? FormTally(form: form)
    }

    func tallies() throws -> [Tally] {
        try all("SELECT id, row FROM tally WHERE kind = 'field' ORDER BY id", [], "tally")
    }

    func formTallies() throws -> [FormTally] {
        try all("SELECT id, row FROM tally WHERE kind = 'form' ORDER BY id", [], "tally")
    }

    func save(_ tally: Tally) throws { try save(tally, "\(tally.form)/\(tally.field)", kind: "field") }

    func save(_ tally: FormTally) throws { try save(tally, "\(tally.form)", kind: "form") }

    private func save(_ tally: some Encodable, _ id: String, kind: String) throws {
        try run(
            """
            INSERT INTO tally (id, kind, row) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET row = excluded.row
            """,
            [.text(id), .text(kind), try row(tally, "tally:\(id)")])
    }

    func mark(of value: String, in list: ValueList) -> ValueList.Mark {
        let hash = sealer.mark(Array(value.utf8), context: "known-value:\(list.id)")
        return Int(truncatingIfNeeded: hash.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
    }

    func count(of mark: ValueList.Mark, in list: ValueList) throws -> Int {
        try database.withStatement("SELECT count FROM known_value WHERE list = ?1 AND mark = ?2") { statement in
            try bind([.text(list.id), .number(mark)], to: statement)
            return try statement.step() ? statement.integer(at: 0) : 0
        }
    }

    func marks(in list: ValueList, atLeast count: Int) throws -> Set<ValueList.Mark> {
        try database.withStatement("SELECT mark FROM known_value WHERE list = ?1 AND count >= ?2") { statement in
            try bind([.text(list.id), .number(count)], to: statement)
            var marks: Set<ValueList.Mark> = []
            while try statement.step() { marks.insert(statement.integer(at: 0)) }
            return marks
        }
    }

    func add(_ mark: ValueList.Mark, to list: ValueList, at time: Date) throws {
        try run(
            """
            INSERT INTO known_value (list, mark, count, day) VALUES (?1, ?2, 1, ?3)
            ON CONFLICT (list, mark) DO UPDATE SET count = count + 1, day = max(day, excluded.day)
            """,
            [.text(list.id), .number(mark), .day(time)])
    }

    func knownValues(atLeast count: Int) throws -> [String: Int] {
        try database.withStatement("SELECT list, count(*) FROM known_value WHERE count >= ?1 GROUP BY list") {
            statement in
            try bind([.number(count)], to: statement)
            var lists: [String: Int] = [:]
            while try statement.step() { lists[statement.text(at: 0) ?? ""] = statement.integer(at: 1) }
            return lists
        }
    }

    func forgetValues(sentBefore time: Date, atMost count: Int?) throws {
        try run(
            "DELETE FROM known_value WHERE day < ?1 AND count <= ?2", [.day(time), .number(count ?? .max)])
    }

    func forgetValues(ofForm id: String) throws {
        try run("DELETE FROM known_value WHERE list >= ?1 || '/' AND list < ?1 || '0'", [.text(id)])
    }

    private enum Value {
        case null
        case text(String)
        case number(Int)
        case blob([UInt8])
        case time(Date)

        /// Days since 1970.
        static func day(_ time: Date) -> Value { .number(Int(time.timeIntervalSince1970 / 86_400)) }
    }

    private func run(_ sql: String, _ values: [Value]) throws {
        try database.withStatement(sql) { statement in
            try bind(values, to: statement)
            try statement.run()
        }
    }

    /// Rows of two columns: the id, and the sealed value, which opens only under that id.
    private func all<Row: Decodable>(
        _ sql: String, _ values: [Value], _ kind: String, as type: Row.Type = Row.self
    ) throws -> [Row] {
        try database.withStatement(sql) { statement in
            try bind(values, to: statement)
            var rows: [Row] = []
            while try statement.step() {
                let id = statement.text(at: 0) ?? ""
                let bytes = try sealer.open(statement.blob(at: 1) ?? [], context: "\(kind):\(id)")
                rows.append(try JSONDecoder().decode(Row.self, from: Data(bytes)))
            }
            return rows
        }
    }

    /// Not by `JSONCoding`, which rounds times to the second.
    private func row(_ value: some Encodable, _ context: String) throws -> Value {
        .blob(sealer.seal([UInt8](try JSONEncoder().encode(value)), context: context))
    }

    private func bind(_ values: [Value], to statement: borrowing Statement) throws {
        for (index, value) in values.enumerated() {
            switch value {
            case .null: try statement.bindNull(at: index + 1)
            case .text(let text): try statement.bind(text, at: index + 1)
            case .number(let number): try statement.bind(number, at: index + 1)
            case .blob(let bytes): try statement.bind(bytes, at: index + 1)
            case .time(let time): try statement.bind(time.timeIntervalSince1970, at: index + 1)
            }
        }
    }

    private func list(_ states: Set<some RawRepresentable<String>>) -> Value {
        .text("[" + states.map { "\"\($0.rawValue)\"" }.joined(separator: ",") + "]")
    }
}
