import CSQLite
import Records

/// A connection as the bridge's tables see it.
final class SQLiteSession: SQLSession {
    let dialect = SQLDialect.alone
    var closing = ClosingEntries()
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    func query<Result>(_ sql: String, _ values: [SQLValue], _ read: (any SQLRow) throws -> Result) throws -> [Result] {
        try connection.withStatement(sql) { statement throws(any Error) in
            try Self.bind(values, to: statement)
            let row = statement.row
            var results: [Result] = []
            while try statement.step() { results.append(try read(row)) }
            return results
        }
    }

    @discardableResult func run(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try connection.withStatement(sql) { statement throws(SQLiteError) in
            try Self.bind(values, to: statement)
            try statement.run()
        }
        return Int(sqlite3_changes64(connection.handle))
    }

    /// The number is the row's own, which SQLite knows; for `RETURNING` it would make a table of its own each time.
    func insert(_ sql: String, _ values: [SQLValue], numbering column: String) throws -> Int? {
        try run(sql, values) == 1 ? Int(sqlite3_last_insert_rowid(connection.handle)) : nil
    }

    func script(_ sql: String) throws {
        try connection.execute(sql)
    }

    private static func bind(_ values: [SQLValue], to statement: borrowing Statement) throws(SQLiteError) {
        for (index, value) in values.enumerated() {
            switch value {
            case .null: try statement.bindNull(at: index + 1)
            case .integer(let number): try statement.bind(number, at: index + 1)
            case .text(let text): try statement.bind(text, at: index + 1)
            case .bytes(let bytes): try statement.bind(bytes, at: index + 1)
            }
        }
    }
}

/// The current row of a statement that is being stepped.
struct SQLiteRow: SQLRow {
    let statement: OpaquePointer

    func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
    }

    func integer(_ column: Int) -> Int {
        Int(sqlite3_column_int64(statement, Int32(column)))
    }

    func text(_ column: Int) -> String? {
        guard let start = sqlite3_column_text(statement, Int32(column)) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int) -> [UInt8]? {
        guard !isNull(column) else { return nil }
        let start = sqlite3_column_blob(statement, Int32(column))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }
}
