public import Foundation
import SQLiteStore
public import Support

/// The journal on disk: a SQLite database with full sync, and sealed page files beside it.
///
/// Whole rows are sealed too but for the columns that are searched: ids, states, numbers and times. So nothing on the
/// disk is readable without the key, and a row that was moved or changed does not open.
public actor SQLiteJournal: Journal {
    private let executor = BlockingExecutor(label: "journal")
    private let folder: URL
    private let pageFolder: URL
    private let sealer: any Sealer
    private let rows: SQLiteRows
    private let failure = DiskFailure()

    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the journal, and makes it where there is none.
    ///
    /// - Parameters:
    ///   - folder: The data folder; only this process may use it.
    ///   - sealer: Has the key.
    /// - Throws: ``BlankettError``, such as `storage-in-use`.
    public init(_ folder: URL, sealer: any Sealer) throws(BlankettError) {
        self.folder = folder
        self.sealer = sealer
        pageFolder = folder.appending(path: "pages")
        try DurableFile.makeFolder(folder)
        try DurableFile.makeFolder(pageFolder)
        rows = SQLiteRows(
            try Database(folder.appending(path: "journal.sqlite"), schema: JournalSchema.current), sealer: sealer)
    }

    public func transaction<Result: Sendable>(
        _ body: @Sendable (any JournalRows) throws -> Result
    ) async throws -> Result {
        // After a failed sync, a later commit could succeed and yet rest on what never reached the disk.
        if let error = failure.error { throw error.forPerson }
        do {
            return try rows.transaction(body)
        } catch let error as SQLiteError {
            failure.note(error)
            throw error.forPerson
        }
    }

    public func write(_ bytes: [UInt8], to file: JournalFile) throws {
        try DurableFile.write(sealer.seal(bytes, context: file.name), to: url(of: file))
    }

    public func read(_ file: JournalFile) throws -> [UInt8] {
        do {
            return try sealer.open([UInt8](Data(contentsOf: url(of: file))), context: file.name)
        } catch {
            throw BlankettError.damaged(file.name)
        }
    }

    public func remove(_ file: JournalFile) throws {
        do {
            try FileManager.default.removeItem(at: url(of: file))
        } catch CocoaError.fileNoSuchFile {
            return
        }
    }

    public func files() throws -> [JournalFile] {
        try FileManager.default.contentsOfDirectory(atPath: pageFolder.path()).compactMap { name in
            let file = JournalFile(name: name)
            // What a write left that was cut short.
            if file == nil { try? FileManager.default.removeItem(at: pageFolder.appending(path: name)) }
            return file
        }
    }

    public func freeSpace() throws -> Int {
        try DiskSpace(of: folder).free
    }

    public nonisolated func failed() async -> BlankettError? {
        await failure.happened()?.forPerson
    }

    public nonisolated func digest(_ bytes: [UInt8]) -> String {
        sealer.hash(bytes).hexadecimal
    }

    private func url(of file: JournalFile) -> URL {
        pageFolder.appending(path: file.name)
    }
}
