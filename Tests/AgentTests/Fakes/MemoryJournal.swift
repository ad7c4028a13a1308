import AgentApp
import Forms
import Foundation
import Support

/// A journal in dictionaries, which fails on cue: what a transaction did before it failed is gone.
actor MemoryJournal: Journal {
    final class Rows: JournalRows {
        var batches: [UUIDv7: Batch] = [:]
        var pages: [UUIDv7: Page] = [:]
        var documents: [UUIDv7: Document] = [:]
        var contents: [String: [UInt8]] = [:]
        var outbox: [UUIDv7: OutboxEntry] = [:]
        var events: [AuditEvent] = []
        var fieldTallies: [String: Tally] = [:]
        var allFormTallies: [FormKey: FormTally] = [:]
        /// By list and mark.
        var values: [String: [Int: (count: Int, sent: Date)]] = [:]
        var hasChanged = false

        func copy() -> Rows {
            let copy = Rows()
            copy.batches = batches
            copy.pages = pages
            copy.documents = documents
            copy.contents = contents
            copy.outbox = outbox
            copy.events = events
            copy.fieldTallies = fieldTallies
            copy.allFormTallies = allFormTallies
            copy.values = values
            return copy
        }

        func batch(_ id: UUIDv7) -> Batch? { batches[id] }
        func batches(in states: Set<Batch.State>, limit: Int) -> [Batch] {
            Array(batches.values.filter { states.contains($0.state) }.sorted { $0.id > $1.id }.prefix(limit))
        }
        func save(_ batch: Batch) {
            batches[batch.id] = batch
            hasChanged = true
        }

        func page(_ id: UUIDv7) -> Page? { pages[id] }
        func pages(in batch: UUIDv7) -> [Page] {
            pages.values.filter { $0.batch == batch && $0.state != .superseded }.sorted { $0.number < $1.number }
        }
        func pages(in state: Page.State, limit: Int) -> [Page] {
            Array(
                pages.values.filter { $0.state == state }.sorted {
                    ($0.scannedAt, $0.number) < ($1.scannedAt, $1.number)
                }.prefix(limit))
        }
        func save(_ page: Page) {
            pages[page.id] = page
            hasChanged = true
        }

        func document(_ id: UUIDv7) -> Document? { documents[id] }
        func documents(in batch: UUIDv7) -> [Document] {
            documents.values.filter { $0.batch == batch }.sorted { $0.number < $1.number }
        }
        func documents(in states: Set<Document.State>, limit: Int) -> [Document] {
            Array(documents.values.filter { states.contains($0.state) }.sorted { $0.id > $1.id }.prefix(limit))
        }
        func documents(in states: Set<Document.State>, changedBefore time: Date, limit: Int) -> [Document] {
            documents(in: states, limit: .max).filter { $0.changedAt < time && contents["document \($0.id)"] != nil }
        }
        func documentCounts() -> [Document.State: Int] {
            documents.values.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
        }
        func save(_ document: Document) {
            documents[document.id] = document
            hasChanged = true
        }

        func contents(of id: UUIDv7, _ kind: ContentsKind) -> [UInt8]? { contents["\(kind.rawValue) \(id)"] }
        func setContents(of id: UUIDv7, _ kind: ContentsKind, _ bytes: [UInt8]?) {
            contents["\(kind.rawValue) \(id)"] = bytes
            hasChanged = true
        }

        func outbox(due time: Date, limit: Int) -> [OutboxEntry] {
            Array(
                outbox.values.filter { $0.nextAttempt <= time }.sorted { $0.nextAttempt < $1.nextAttempt }.prefix(limit)
            )
        }
        func outboxEntry(_ document: UUIDv7) -> OutboxEntry? { outbox[document] }
        func nextAttempt() -> Date? { outbox.values.map(\.nextAttempt).min() }
        func save(_ entry: OutboxEntry) {
            outbox[entry.document] = entry
            hasChanged = true
        }
        func removeOutboxEntry(_ document: UUIDv7) {
            outbox[document] = nil
            hasChanged = true
        }

        func append(_ event: AuditEvent) {
            events.append(event)
            hasChanged = true
        }

        func tally(of form: FormKey, field: String) -> Tally {
            fieldTallies["\(form) \(field)"] ?? Tally(form: form, field: field)
        }
        func formTally(of form: FormKey) -> FormTally { allFormTallies[form] ?? FormTally(form: form) }
        func tallies() -> [Tally] { Array(fieldTallies.values) }
        func formTallies() -> [FormTally] { Array(allFormTallies.values) }
        func save(_ tally: Tally) {
            fieldTallies["\(tally.form) \(tally.field)"] = tally
            hasChanged = true
        }
        func save(_ tally: FormTally) {
            allFormTallies[tally.form] = tally
            hasChanged = true
        }

        func mark(of value: String, in list: ValueList) -> Int {
            let hash = SHA256.hash(Array("secret \(list.id) \(value)".utf8))
            return hash.prefix(7).reduce(0) { $0 << 8 | Int($1) }
        }
        func count(of mark: Int, in list: ValueList) -> Int { values[list.id]?[mark]?.count ?? 0 }
        func marks(in list: ValueList, atLeast count: Int) -> Set<Int> {
            Set((values[list.id] ?? [:]).filter { $0.value.count >= count }.keys)
        }
        func add(_ mark: Int, to list: ValueList, at time: Date) {
            values[list.id, default: [:]][mark] = (count(of: mark, in: list) + 1, time)
            hasChanged = true
        }
        func knownValues(atLeast count: Int) -> [String: Int] {
            values.mapValues { $0.values.count { $0.count >= count } }.filter { $0.value > 0 }
        }
        func forgetValues(sentBefore time: Date, atMost count: Int?) {
            let left = values.mapValues { $0.filter { $0.value.sent >= time || $0.value.count > count ?? .max } }
            if left.mapValues(\.count) != values.mapValues(\.count) { hasChanged = true }
            values = left
        }
        func forgetValues(ofForm id: String) {
            values = values.filter { !$0.key.hasPrefix("\(id)/") }
            hasChanged = true
        }
    }

    private var rows = Rows()
    private var stored: [JournalFile: [UInt8]] = [:]
    private var writes = 0
    /// Which write fails, counted from 1, rows and files together.
    private var failing: Set<Int>
    private var error: BlankettError
    private var free = 1 << 40

    init(failing: Set<Int> = [], with error: BlankettError = .storageFailed()) {
        self.failing = failing
        self.error = error
    }

    /// Rings when the journal is not to be trusted any more.
    nonisolated let broken = Bell()

    /// How many writes there were, also those that failed.
    var writeCount: Int { writes }
    var events: [AuditEvent] { rows.events }

    func setFreeSpace(_ bytes: Int) { free = bytes }
    func fail(nextWith error: BlankettError) {
        self.error = error
        failing = [writes + 1]
    }

    func transaction<Result: Sendable>(_ body: @Sendable (any JournalRows) throws -> Result) async throws -> Result {
        let copy = rows.copy()
        let result = try body(copy)
        if copy.hasChanged {
            try countWrite()
            rows = copy
        }
        return result
    }

    func write(_ bytes: [UInt8], to file: JournalFile) throws {
        try countWrite()
        stored[file] = bytes
    }

    func read(_ file: JournalFile) throws -> [UInt8] {
        guard let bytes = stored[file] else { throw BlankettError.damaged(file.name) }
        return bytes
    }

    func remove(_ file: JournalFile) { stored[file] = nil }
    func files() -> [JournalFile] { Array(stored.keys) }
    func freeSpace() -> Int { free }
    nonisolated func failed() async -> BlankettError? {
        await broken.wait(after: 0)
        return broken.count > 0 ? .storageFailed() : nil
    }
    nonisolated func digest(_ bytes: [UInt8]) -> String { SHA256.hexadecimal(of: bytes) }

    private func countWrite() throws {
        writes += 1
        if failing.contains(writes) { throw error }
    }
}
