import CSQLite
public import Foundation
public import Support

/// The one connection that writes and checkpoints a database.
///
/// Debian's SQLite 3.40.1 can lose committed transactions when two connections write or checkpoint at once (fixed in
/// 3.51.3), so a second opener is refused, in this process and in any other. Readers are ``ReadOnlyDatabase``; they
/// open after this and never checkpoint. Each commit is synced to the disk before it returns.
///
/// Put it inside an actor, or a ``GroupWriter``, to share it.
public struct Database: ~Copyable {
    /// What a database is, and how it came to be so.
    public struct Schema: Sendable {
        /// Stands in the file's header, so that no other program's file is taken for ours.
        public var applicationID: Int32
        /// SQL scripts, of which the n-th brings version n - 1 to n.
        ///
        /// Add to the end; never change one that was released.
        public var migrations: [String]

        public init(applicationID: Int32, migrations: [String]) {
            self.applicationID = applicationID
            self.migrations = migrations
        }
    }

    // Declared first, so that it is released last: after the connection has closed.
    private let lock: LockFile
    private let connection: Connection
    /// The connection as the bridge's tables see it.
    let session: SQLiteSession

    /// Opens the database and brings it up to date, or makes it.
    ///
    /// - Parameters:
    ///   - url: The database file. Its folder must exist, on a local disk; `url` with `.lock` is the lock file.
    ///   - schema: What it must become.
    /// - Throws: ``BlankettError`` with exit `.storage`; codes `storage-in-use`, `storage-on-network`,
    ///   `schema-newer`, `storage-full`, `storage-failed`.
    public init(_ url: URL, schema: Schema) throws(BlankettError) {
        precondition(sqlite3_threadsafe() != 0)
        try requireLocalFileSystem(url.deletingLastPathComponent())
        let lock = try LockFile(url.appendingPathExtension("lock"))
        do {
            connection = try Self.open(url, schema)
        } catch let error as BlankettError {
            throw error
        } catch {
            throw (error as? SQLiteError)?.forPerson
                ?? BlankettError("storage-failed", exit: .storage, "The database cannot be opened.", cause: error)
        }
        self.lock = lock
        session = SQLiteSession(connection)
    }

    /// Prepares `sql`, or takes it prepared from before, and lends the statement to `body`.
    public borrowing func withStatement<Result, Failure: Error>(
        _ sql: String, _ body: (borrowing Statement) throws(Failure) -> Result
    ) throws -> Result {
        try connection.withStatement(sql, body)
    }

    /// Runs one or more statements without parameters or rows.
    public borrowing func execute(_ sql: String) throws(SQLiteError) {
        try connection.execute(sql)
    }

    /// Runs `body` between `BEGIN IMMEDIATE` and `COMMIT`; what it throws rolls all of it back.
    ///
    /// When this returns, the transaction is on the disk.
    public borrowing func transaction<Result>(_ body: (borrowing Database) throws -> Result) throws -> Result {
        try connection.transaction { try body(self) }
    }

    /// How many rows the last INSERT, UPDATE or DELETE changed.
    public var changedRows: Int { Int(sqlite3_changes64(connection.handle)) }

    public var lastInsertedRow: Int { Int(sqlite3_last_insert_rowid(connection.handle)) }

    /// Moves what is in the write-ahead log into the database, for a clean end.
    public borrowing func checkpoint() throws(SQLiteError) {
        try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// Lets the write-ahead log grow to so many pages before a commit moves it into the database; 1000 without this.
    ///
    /// Who sets it calls ``checkpointIfLong()`` when there is time.
    borrowing func setLongestLog(_ pages: Int) {
        connection.log.pointee.limit = Int32(pages)
    }

    /// Moves what is in the write-ahead log into the database, as far as readers allow, if it is long enough to be worth it.
    borrowing func checkpointIfLong() throws(SQLiteError) {
        guard connection.log.pointee.pages >= 500 else { return }
        // Where a reader is in the way, it is tried again after the next commit.
        connection.log.pointee.pages = 0
        try connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    }

    /// Looks for damage; what it finds, in SQLite's words.
    public borrowing func damage() throws -> [String] {
        try withStatement("PRAGMA integrity_check") { statement throws(SQLiteError) in
            var lines: [String] = []
            while try statement.step() { lines.append(statement.text(at: 0) ?? "") }
            return lines == ["ok"] ? [] : lines
        }
    }

    private static func open(_ url: URL, _ schema: Schema) throws -> Connection {
        if access(url.path(), F_OK) != 0 {
            // SQLite gives its other files the mode of this one.
            let descriptor = Foundation.open(url.path(), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw BlankettError.storage(errno, "The database cannot be made") }
            close(descriptor)
        }
        let connection = try Connection(path: url.path(), flags: SQLITE_OPEN_READWRITE)
        try connection.execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
            PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;
            """)
        try migrate(connection, schema)
        csqlite_watch_log(connection.handle, connection.log)
        return connection
    }

    private static func migrate(_ connection: Connection, _ schema: Schema) throws {
        let version = try number("PRAGMA user_version", connection)
        let application = try number("PRAGMA application_id", connection)
        guard application == Int(schema.applicationID) || (application == 0 && version == 0) else {
            throw BlankettError(
                "not-our-database", exit: .storage, "The database belongs to another program.",
                advice: "Choose an empty data folder.")
        }
        guard version <= schema.migrations.count else {
            throw BlankettError(
                "schema-newer", exit: .storage, "The data was written by a newer version of this program.",
                advice: "Install that version again, or restore a backup from before.")
        }
        for (offset, script) in schema.migrations.enumerated().dropFirst(version) {
            try connection.transaction {
                try connection.execute(script)
                try connection.execute("PRAGMA application_id = \(schema.applicationID)")
                try connection.execute("PRAGMA user_version = \(offset + 1)")
            }
        }
    }

    private static func number(_ sql: String, _ connection: Connection) throws -> Int {
        try connection.withStatement(sql) { statement throws(SQLiteError) in
            try statement.step() ? statement.integer(at: 0) : 0
        }
    }
}
