import CSQLite

/// A prepared statement, lent to a closure, so that it cannot outlive its connection.
public struct Statement: ~Copyable {
    private let statement: OpaquePointer
    private let connection: OpaquePointer

    init(_ statement: OpaquePointer, connection: OpaquePointer) {
        self.statement = statement
        self.connection = connection
    }

    /// The current row, for as long as the statement is lent.
    var row: SQLiteRow { SQLiteRow(statement: statement) }

    /// Binds to the parameter at `index`, counted from 1; what is not bound is NULL.
    public func bind(_ text: String?, at index: Int) throws(SQLiteError) {
        guard let text else { return try bindNull(at: index) }
        try check(csqlite_bind_text(statement, Int32(index), text, Int32(text.utf8.count)))
    }

    public func bind(_ number: Int?, at index: Int) throws(SQLiteError) {
        guard let number else { return try bindNull(at: index) }
        try check(sqlite3_bind_int64(statement, Int32(index), Int64(number)))
    }

    public func bind(_ number: Double?, at index: Int) throws(SQLiteError) {
        guard let number else { return try bindNull(at: index) }
        try check(sqlite3_bind_double(statement, Int32(index), number))
    }

    public func bind(_ flag: Bool, at index: Int) throws(SQLiteError) {
        try bind(flag ? 1 : 0, at: index)
    }

    public func bind(_ blob: [UInt8]?, at index: Int) throws(SQLiteError) {
        guard let blob else { return try bindNull(at: index) }
        // A null pointer would bind NULL in place of an empty blob.
        try check(
            blob.isEmpty
                ? sqlite3_bind_zeroblob(statement, Int32(index), 0)
                : csqlite_bind_blob(statement, Int32(index), blob, Int32(blob.count)))
    }

    public func bindNull(at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_null(statement, Int32(index)))
    }

    /// Advances to the next row; `false` when there is none.
    public func step() throws(SQLiteError) -> Bool {
        let code = sqlite3_step(statement)
        if code == SQLITE_DONE { return false }
        if code == SQLITE_ROW { return true }
        throw SQLiteError(code, database: connection, sql: String(cString: sqlite3_sql(statement)))
    }

    /// Runs a statement that gives no rows.
    public func run() throws(SQLiteError) {
        while try step() {}
    }

    /// Makes it ready to be bound and run once more.
    public func reset() {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }

    public func isNull(at column: Int) -> Bool {
        sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
    }

    /// The column at `index`, counted from 0; `nil` when it is NULL.
    public func text(at column: Int) -> String? {
        guard let start = sqlite3_column_text(statement, Int32(column)) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The column as a number; 0 when it is NULL.
    public func integer(at column: Int) -> Int {
        Int(sqlite3_column_int64(statement, Int32(column)))
    }

    public func optionalInteger(at column: Int) -> Int? {
        isNull(at: column) ? nil : integer(at: column)
    }

    public func double(at column: Int) -> Double {
        sqlite3_column_double(statement, Int32(column))
    }

    public func flag(at column: Int) -> Bool {
        integer(at: column) != 0
    }

    public func blob(at column: Int) -> [UInt8]? {
        guard !isNull(at: column) else { return nil }
        let start = sqlite3_column_blob(statement, Int32(column))
        return [UInt8](
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw SQLiteError(code, database: connection) }
    }
}
