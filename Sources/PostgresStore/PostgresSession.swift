import Records

/// A connection with its prepared statements, as the bridge's tables see it.
final class PostgresSession: SQLSession {
    let dialect = SQLDialect.shared
    var closing = ClosingEntries()
    private let connection: PostgresConnection
    private var prepared: [String: String] = [:]

    init(_ information: String) throws(PostgresError) {
        connection = try PostgresConnection(information)
        // A bridge that hangs must not keep others waiting, and a commit is on the disk when it returns.
        try connection.execute(
            """
            SET synchronous_commit = on; SET application_name = 'blankett-bridge'; SET client_encoding = 'UTF8';
            SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';
            SET standard_conforming_strings = on
            """)
    }

    func query<Result>(_ sql: String, _ values: [SQLValue], _ read: (any SQLRow) throws -> Result) throws -> [Result] {
        let result = try connection.run(prepared: try name(of: sql), values)
        var rows: [Result] = []
        rows.reserveCapacity(result.count)
        for number in 0..<result.count { rows.append(try read(result.row(number))) }
        return rows
    }

    @discardableResult func run(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try connection.run(prepared: try name(of: sql), values).changed
    }

    func script(_ sql: String) throws {
        try connection.execute(sql)
    }

    /// Runs `work` between `begin` and `COMMIT`; what it throws rolls all of it back.
    ///
    /// - Throws: What `work` throws; ``PostgresError``, in doubt when the connection broke at the commit.
    func transaction<Result>(_ begin: String, _ work: () throws -> Result) throws -> Result {
        try connection.execute(begin)
        closing = ClosingEntries()
        let result: Result
        do {
            result = try work()
        } catch {
            _ = try? connection.execute("ROLLBACK")
            throw error
        }
        do throws(PostgresError) {
            guard try connection.execute("COMMIT") == "COMMIT" else {
                throw PostgresError(state: "25P02", message: "the transaction was rolled back", isLost: false)
            }
        } catch {
            var error = error
            error.isInDoubt = error.isLost
            throw error
        }
        return result
    }

    enum Lock: String {
        /// Of each bridge, for as long as it is connected.
        case shared = "_shared"
        case alone = ""
    }

    /// Takes a lock on the tables as a whole, which ends with the connection.
    ///
    /// - Returns: Whether nobody was in the way.
    func lock(_ lock: Lock) throws -> Bool {
        try query(
            """
            SELECT CASE WHEN pg_try_advisory_lock\(lock.rawValue)(
                \(RecordSchema.applicationID), hashtext(current_schema())) THEN 1::bigint ELSE 0::bigint END
            """, []
        ) { $0.integer(0) } == [1]
    }

    private func name(of sql: String) throws(PostgresError) -> String {
        if let name = prepared[sql] { return name }
        let name = "s\(prepared.count)"
        try connection.prepare(sql, as: name)
        prepared[sql] = name
        return name
    }
}
