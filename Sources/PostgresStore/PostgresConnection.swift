import CPostgres
import Records

/// One connection to a PostgreSQL server; it blocks, so it has a thread of its own.
struct PostgresConnection: ~Copyable {
    private let handle: OpaquePointer

    /// Connects; `information` is as libpq wants it, such as `host=/run/postgresql dbname=bridge`.
    init(_ information: String) throws(PostgresError) {
        let opened = PQconnectdb(information)
        guard let opened, PQstatus(opened) == CONNECTION_OK else {
            let error = PostgresError(connection: opened)
            PQfinish(opened)
            throw error
        }
        handle = opened
        // What the server only remarks would go to standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit {
        PQfinish(handle)
    }

    /// Runs one or more statements without parameters.
    ///
    /// - Returns: What the server did last, such as `COMMIT`.
    @discardableResult func execute(_ sql: String) throws(PostgresError) -> String {
        let result = try PostgresResult(PQexec(handle, sql), of: handle)
        return result.command
    }

    func prepare(_ sql: String, as name: String) throws(PostgresError) {
        _ = try PostgresResult(PQprepare(handle, name, sql, 0, nil), of: handle)
    }

    /// Runs a prepared statement; columns come in binary form.
    func run(prepared name: String, _ values: [SQLValue]) throws(PostgresError) -> PostgresResult {
        // One piece of memory holds all parameters, each text ended by a zero.
        var bytes: [UInt8] = [0]
        var starts: [Int?] = []
        var lengths: [Int32] = []
        var formats: [Int32] = []
        for value in values {
            var start: Int? = bytes.count
            var (length, isBinary) = (0, false)
            switch value {
            case .null: start = nil
            case .integer(let number): bytes += "\(number)".utf8
            case .text(let text): bytes += text.utf8
            case .bytes(let blob):
                bytes += blob
                (length, isBinary) = (blob.count, true)
            }
            bytes.append(0)
            starts.append(start)
            lengths.append(Int32(length))
            formats.append(isBinary ? 1 : 0)
        }
        let result = bytes.withUnsafeBufferPointer { buffer in
            let pointers = starts.map { start in
                start.flatMap { at in
                    buffer.baseAddress.map { UnsafeRawPointer($0 + at).assumingMemoryBound(to: CChar.self) }
                }
            }
            return PQexecPrepared(handle, name, Int32(values.count), pointers, lengths, formats, 1)
        }
        return try PostgresResult(result, of: handle)
    }
}

/// What the server answered to one statement.
struct PostgresResult: ~Copyable {
    private let handle: OpaquePointer

    init(_ result: OpaquePointer?, of connection: OpaquePointer) throws(PostgresError) {
        let status = PQresultStatus(result)
        guard let result, status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else {
            let error = PostgresError(result: result, connection: connection)
            PQclear(result)
            throw error
        }
        handle = result
    }

    deinit {
        PQclear(handle)
    }

    var count: Int { Int(PQntuples(handle)) }

    /// How many rows a statement changed.
    var changed: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    var command: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    /// A row, counted from 0, which is lent for as long as the result lives.
    func row(_ number: Int) -> PostgresRow {
        PostgresRow(result: handle, row: Int32(number))
    }
}

struct PostgresRow: SQLRow {
    fileprivate let result: OpaquePointer
    fileprivate let row: Int32

    func isNull(_ column: Int) -> Bool {
        PQgetisnull(result, row, Int32(column)) != 0
    }

    /// BIGINT, or the INTEGER of a constant: big-endian.
    func integer(_ column: Int) -> Int {
        let bytes = bytes(column) ?? []
        let number = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return bytes.count == 4 ? Int(Int32(truncatingIfNeeded: number)) : Int(truncatingIfNeeded: number)
    }

    func text(_ column: Int) -> String? {
        bytes(column).map { String(decoding: $0, as: UTF8.self) }
    }

    func bytes(_ column: Int) -> [UInt8]? {
        guard !isNull(column), let start = PQgetvalue(result, row, Int32(column)) else { return nil }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, Int32(column)))))
    }
}
