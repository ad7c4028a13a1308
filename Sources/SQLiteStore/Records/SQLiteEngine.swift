public import Foundation
public import Records
public import Support
import Synchronization

/// The bridge's tables in one SQLite file, written by one connection and read by others.
public final class SQLiteEngine: SQLEngine {
    private let writer: GroupWriter
    private let readers: Readers
    private let surveys = DispatchQueue(label: "database-surveys", attributes: .concurrent)

    /// Opens the file `bridge.db` in a data folder, or makes it.
    ///
    /// - Parameters:
    ///   - folder: Must exist, on a local disk.
    ///   - committed: Told of each commit: how much work was in it, and how long it took.
    /// - Throws: ``BlankettError`` with exit `.storage`; besides those of ``Database``, `storage-behind` when what was
    ///   on the disk before is there no longer.
    public init(
        _ folder: URL, committed: @escaping @Sendable (_ works: Int, _ time: Duration) -> Void = { _, _ in }
    ) throws {
        let file = folder.appending(path: "bridge.db")
        let database = try Database(
            file, schema: Database.Schema(applicationID: RecordSchema.applicationID, migrations: RecordSchema.sqlite))
        let anchor = try Anchor(folder.appending(path: "bridge.head"))
        do {
            try anchor.requireReached(by: database)
        } catch let error as SQLiteError {
            throw error.forPerson
        }
        writer = GroupWriter(
            database,
            committed: { head, works, time in
                if let head { anchor.move(to: head) }
                committed(works, time)
            })
        readers = Readers(file)
    }

    public func submit<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result,
        then tell: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void
    ) {
        writer.submit({ try work($0.session) }, then: { tell($0.mapError(Self.forPerson)) })
    }

    private static func forPerson(_ error: any Error) -> any Error {
        switch error {
        case let error as SQLiteError: error.forPerson
        case is StoreClosed:
            BlankettError("storage-closed", exit: .storage, "The store is closed.", isTransient: true)
        default: error
        }
    }

    public func read<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result {
        try readNow(work)
    }

    public func survey<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            surveys.async { [self] in continuation.resume(with: Swift.Result { try readNow(work) }) }
        }
    }

    private func readNow<Result>(_ work: (any SQLSession) throws -> Result) throws -> Result {
        do {
            return try readers.read { database in try database.snapshot { try work($0.session) } }
        } catch let error as SQLiteError {
            throw error.forPerson
        }
    }

    /// Long enough: no other bridge takes in records.
    public var longestWait: Duration { .seconds(60) }

    /// Debian's SQLite overwrites deleted rows in the file; this takes the older pages out of the log.
    public func forgetDeleted() async throws {
        await writer.checkpoint()
    }

    public func damage() async throws -> [String] {
        // Beside the writer: it takes long where much is stored.
        let lines = try await survey { try $0.query("PRAGMA integrity_check", []) { $0.text(0) ?? "" } }
        return lines == ["ok"] ? [] : lines
    }

    public func failed() async -> BlankettError? {
        await writer.failed()?.forPerson
    }

    public func close() async {
        readers.close()
        await writer.close()
    }
}

extension SQLRecordStore {
    /// Opens a store in a data folder.
    ///
    /// - Parameters:
    ///   - folder: Must exist, on a local disk.
    ///   - settings: What else is needed.
    /// - Throws: As ``SQLiteEngine/init(_:)`` and ``SQLRecordStore/init(_:_:)``.
    public convenience init(sqlite folder: URL, _ settings: Settings) async throws {
        try await self.init(try SQLiteEngine(folder, committed: settings.reportCommit), settings)
    }
}
