import CSQLite

/// One SQLite connection with its prepared statements; used by one owner at a time.
final class Connection {
    let handle: OpaquePointer
    /// As the last commit left the write-ahead log; watched of the connection that writes.
    let log: UnsafeMutablePointer<csqlite_log>
    /// A statement that stays prepared.
    private final class Prepared {
        let statement: OpaquePointer
        var isInUse = false

        init(_ statement: OpaquePointer) {
            self.statement = statement
        }
    }

    private var prepared: [String: Prepared] = [:]

    init(path: String, flags: Int32) throws(SQLiteError) {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened else {
            defer { sqlite3_close_v2(opened) }
            throw SQLiteError(code, database: opened)
        }
        handle = opened
        log = .allocate(capacity: 1)
        log.initialize(to: csqlite_log(pages: 0, limit: 1000))
        _ = csqlite_enable_defensive(handle)
        sqlite3_busy_timeout(handle, 5000)
    }

    deinit {
        for kept in prepared.values { sqlite3_finalize(kept.statement) }
        sqlite3_close_v2(handle)
        log.deallocate()
    }

    func withStatement<Result, Failure: Error>(
        _ sql: String, _ body: (borrowing Statement) throws(Failure) -> Result
    ) throws -> Result {
        guard let kept = prepared[sql] else {
            let made = Prepared(try prepare(sql))
            prepared[sql] = made
            return try use(made, body)
        }
        if !kept.isInUse { return try use(kept, body) }
        // The same statement is used inside its own `body`.
        let other = try prepare(sql)
        defer { sqlite3_finalize(other) }
        return try body(Statement(other, connection: handle))
    }

    private func use<Result, Failure: Error>(
        _ kept: Prepared, _ body: (borrowing Statement) throws(Failure) -> Result
    ) throws -> Result {
        kept.isInUse = true
        defer {
            sqlite3_reset(kept.statement)
            sqlite3_clear_bindings(kept.statement)
            kept.isInUse = false
        }
        return try body(Statement(kept.statement, connection: handle))
    }

    /// Runs one or more statements without parameters.
    func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, database: handle, sql: sql) }
    }

    /// Runs `body` between `BEGIN IMMEDIATE` and `COMMIT`; what it throws rolls all of it back.
    func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try run("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            // A full disk can have rolled back by itself already.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    private func run(_ sql: String) throws {
        try withStatement(sql) { statement throws(SQLiteError) in try statement.run() }
    }

    private func prepare(_ sql: String) throws(SQLiteError) -> OpaquePointer {
        var prepared: OpaquePointer?
        // `$1` is PostgreSQL's way to count parameters; SQLite takes that for a name.
        let counted = sql.contains("$") ? sql.replacing("$", with: "?") : sql
        let code = sqlite3_prepare_v3(handle, counted, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw SQLiteError(code, database: handle, sql: sql) }
        return prepared
    }
}
