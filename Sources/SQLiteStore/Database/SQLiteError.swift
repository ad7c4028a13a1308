import CSQLite
public import Support

/// A failed SQLite call. Source: <https://www.sqlite.org/rescode.html>
public struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The extended result code, such as 2067 for a broken UNIQUE constraint.
    public let code: Int32
    public let message: String
    /// The statement text, never its bound values.
    public let sql: String?

    /// The primary result code: the lowest 8 bits of ``code``.
    public var primaryCode: Int32 { code & 0xFF }

    public var isFull: Bool { primaryCode == SQLITE_FULL }
    public var isConstraint: Bool { primaryCode == SQLITE_CONSTRAINT }

    /// Whether the connection can no longer be trusted: the disk failed under it, or the file is damaged.
    ///
    /// After a failed fsync nobody knows what is on the disk. The program must end, and recover at its next start.
    public var isFatal: Bool { [SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB].contains(primaryCode) }

    public var description: String { "SQLite \(code): \(message)" + (sql.map { " in \($0)" } ?? "") }

    /// The same for a person.
    public var forPerson: BlankettError {
        if isFull {
            return BlankettError(
                "storage-full", exit: .storage, "The disk is full.", advice: "Free some space; nothing is lost.",
                isTransient: true, cause: self)
        }
        return BlankettError(
            "storage-failed", exit: .storage,
            isFatal ? "The disk failed under the database, or the database is damaged." : "The database failed.",
            advice: "Check the disk, then start the program again: what it said is stored is kept.", cause: self)
    }

    init(_ code: Int32, database: OpaquePointer?, sql: String? = nil) {
        self.code = code
        message = String(cString: database.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
        self.sql = sql
    }
}
