public import Forms
public import Foundation
public import Support

/// Where nothing is lost: sealed page files, and the rows that say how far each has come.
///
/// SQLite and files in the agent; dictionaries that fail on cue in tests.
public protocol Journal: Sendable {
    /// Runs `body` alone, and keeps all of its changes durably or none of them.
    ///
    /// - Parameter body: Decides on what it reads and saves the result; nothing else changes in between.
    /// - Returns: What `body` returns, once the changes are on disk.
    /// - Throws: What `body` throws; ``BlankettError`` `storage-full` or `storage-failed`.
    func transaction<Result: Sendable>(
        _ body: @Sendable (any JournalRows) throws -> Result
    ) async throws -> Result

    /// Seals bytes and writes them to a file; it is on disk when this returns.
    ///
    /// - Throws: ``BlankettError`` `storage-full` or `storage-failed`; then there is no file.
    func write(_ bytes: [UInt8], to file: JournalFile) async throws

    /// The bytes in clear.
    ///
    /// - Throws: ``BlankettError`` `journal-damaged` when the file is gone or was changed.
    func read(_ file: JournalFile) async throws -> [UInt8]

    /// Deletes a file; no error when there is none.
    func remove(_ file: JournalFile) async throws

    func files() async throws -> [JournalFile]

    /// In bytes.
    func freeSpace() async throws -> Int

    /// Returns when what is kept can no longer be trusted, so that the program must end and recover at its next start.
    ///
    /// - Returns: Why; `nil` when the task was cancelled before.
    func failed() async -> BlankettError?

    /// SHA-256 as 64 lower-case hexadecimal digits.
    nonisolated func digest(_ bytes: [UInt8]) -> String
}

/// A sealed file beside the database.
public enum JournalFile: Sendable, Hashable {
    /// The image as the scanner sent it.
    case page(UUIDv7)
    /// An upright picture for a person to look at; can be made again from the page.
    case preview(UUIDv7)

    /// What the file is called, and what it is sealed to: a file under another name does not open.
    public var name: String {
        switch self {
        case .page(let id): "\(id).page"
        case .preview(let id): "\(id).preview"
        }
    }

    public init?(name: String) {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count == 2, let id = UUIDv7(parts[0]) else { return nil }
        switch parts[1] {
        case "page": self = .page(id)
        case "preview": self = .preview(id)
        default: return nil
        }
    }
}

/// The rows, inside one transaction.
public protocol JournalRows: AnyObject {
    func batch(_ id: UUIDv7) throws -> Batch?
    /// Newest first.
    func batches(in states: Set<Batch.State>, limit: Int) throws -> [Batch]
    func save(_ batch: Batch) throws

    func page(_ id: UUIDv7) throws -> Page?
    /// In order of their numbers, superseded ones left out.
    func pages(in batch: UUIDv7) throws -> [Page]
    /// Oldest first.
    func pages(in state: Page.State, limit: Int) throws -> [Page]
    func save(_ page: Page) throws

    func document(_ id: UUIDv7) throws -> Document?
    /// In the order of their first pages.
    func documents(in batch: UUIDv7) throws -> [Document]
    /// Newest first.
    func documents(in states: Set<Document.State>, limit: Int) throws -> [Document]
    /// Those that were last changed before `time` and still have contents.
    func documents(in states: Set<Document.State>, changedBefore time: Date, limit: Int) throws -> [Document]
    func documentCounts() throws -> [Document.State: Int]
    func save(_ document: Document) throws

    /// What was read of a page or document, or a record to send: sealed in the database.
    func contents(of id: UUIDv7, _ kind: ContentsKind) throws -> [UInt8]?
    /// `nil` deletes.
    func setContents(of id: UUIDv7, _ kind: ContentsKind, _ bytes: [UInt8]?) throws

    /// Entries that are due, oldest first.
    func outbox(due time: Date, limit: Int) throws -> [OutboxEntry]
    func outboxEntry(_ document: UUIDv7) throws -> OutboxEntry?
    func nextAttempt() throws -> Date?
    func save(_ entry: OutboxEntry) throws
    func removeOutboxEntry(_ document: UUIDv7) throws

    func append(_ event: AuditEvent) throws

    /// What was counted of a field; zeros where nothing was.
    func tally(of form: FormKey, field: String) throws -> Tally
    func formTally(of form: FormKey) throws -> FormTally
    func tallies() throws -> [Tally]
    func formTallies() throws -> [FormTally]
    func save(_ tally: Tally) throws
    func save(_ tally: FormTally) throws

    /// What stands for a value in a list of known values.
    func mark(of value: String, in list: ValueList) -> ValueList.Mark
    /// In how many documents the value was sent; 0 where that is not known.
    func count(of mark: ValueList.Mark, in list: ValueList) throws -> Int
    /// All that were sent in so many documents.
    func marks(in list: ValueList, atLeast count: Int) throws -> Set<ValueList.Mark>
    /// Counts one document more.
    func add(_ mark: ValueList.Mark, to list: ValueList, at time: Date) throws
    /// How many values are kept that were sent in so many documents, by ``ValueList/id``.
    func knownValues(atLeast count: Int) throws -> [String: Int]
    /// Forgets values that were last sent before `time`; `count` is in how many documents at most, `nil` in any number.
    func forgetValues(sentBefore time: Date, atMost count: Int?) throws
    /// Forgets all values of a form, whatever the version.
    func forgetValues(ofForm id: String) throws
}

public enum ContentsKind: String, Sendable, Hashable, CaseIterable {
    /// A `PageResult`.
    case page
    /// A ``DocumentContents``.
    case document
    /// The record's bytes, as they are sent at every try.
    case record
}
