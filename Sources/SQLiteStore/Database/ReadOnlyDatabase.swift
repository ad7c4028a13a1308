import CSQLite
public import Foundation

/// A connection that reads while the one ``Database`` of the same file is open.
///
/// It can neither write nor checkpoint. Open it after the writer and let it go before. One owner at a time.
public struct ReadOnlyDatabase: ~Copyable {
    private let connection: Connection
    let session: SQLiteSession

    public init(_ url: URL) throws(SQLiteError) {
        let connection = try Connection(path: url.path(), flags: SQLITE_OPEN_READONLY)
        _ = csqlite_no_checkpoint_on_close(connection.handle)
        try connection.execute("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0")
        self.connection = connection
        session = SQLiteSession(connection)
    }

    /// Prepares `sql`, or takes it prepared from before, and lends the statement to `body`.
    public borrowing func withStatement<Result, Failure: Error>(
        _ sql: String, _ body: (borrowing Statement) throws(Failure) -> Result
    ) throws -> Result {
        try connection.withStatement(sql, body)
    }

    /// Runs `body` in one read transaction, so that all of it sees the same moment.
    public borrowing func snapshot<Result>(_ body: (borrowing ReadOnlyDatabase) throws -> Result) throws -> Result {
        try run("BEGIN")
        defer { try? run("COMMIT") }
        return try body(self)
    }

    private borrowing func run(_ sql: String) throws {
        try connection.withStatement(sql) { statement throws(SQLiteError) in try statement.run() }
    }
}
