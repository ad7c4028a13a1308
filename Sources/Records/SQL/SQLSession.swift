public import Support

/// A value for a statement's parameter.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int)
    case text(String)
    case bytes([UInt8])

    static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
    static func optional(_ bytes: [UInt8]?) -> SQLValue { bytes.map { .bytes($0) } ?? .null }
    static func optional(_ number: Int?) -> SQLValue { number.map { .integer($0) } ?? .null }
}

/// The current row of a query; its columns are counted from 0.
public protocol SQLRow {
    func isNull(_ column: Int) -> Bool
    /// 0 when it is NULL.
    func integer(_ column: Int) -> Int
    func text(_ column: Int) -> String?
    func bytes(_ column: Int) -> [UInt8]?
}

/// How one database differs from another, as far as the tables of the bridge are concerned.
public struct SQLDialect: Sendable, Hashable {
    /// Added to a query for rows that will be changed; rows that another bridge is changing are left out.
    public var lockFreeRows: String
    /// Added to a query for one row that will be changed; waits for another bridge that is changing it.
    public var lockRow: String
    /// Keeps other bridges from adding to the audit log until the transaction ends; empty where there are none.
    public var lockAudit: String
    /// Added to `delivery` where the first of those that are not yet done is looked for: without statistics SQLite walks through
    /// all that are done.
    public var openDeliveries: String
    /// Run after rows were put in with their numbers, so that the next numbers come after them.
    public var afterRestoring: [String]

    public init(
        lockFreeRows: String, lockRow: String, lockAudit: String, openDeliveries: String = "", afterRestoring: [String]
    ) {
        self.lockFreeRows = lockFreeRows
        self.lockRow = lockRow
        self.lockAudit = lockAudit
        self.openDeliveries = openDeliveries
        self.afterRestoring = afterRestoring
    }

    /// One writer, so that nothing has to be locked.
    public static let alone = SQLDialect(
        lockFreeRows: "", lockRow: "", lockAudit: "",
        openDeliveries: " INDEXED BY delivery_open", afterRestoring: [])
    /// Several bridges on one database.
    public static let shared = SQLDialect(
        lockFreeRows: " FOR UPDATE OF delivery SKIP LOCKED", lockRow: " FOR UPDATE OF delivery",
        lockAudit: "LOCK TABLE audit IN EXCLUSIVE MODE",
        afterRestoring: [
            "SELECT setval(pg_get_serial_sequence('record', 'seq'), (SELECT max(seq) FROM record))",
            "SELECT setval(pg_get_serial_sequence('subscription', 'number'), (SELECT max(number) FROM subscription))",
        ])
}

/// A connection in the middle of a transaction, lent to the work that is done in it.
///
/// Statements have `$1`, `$2`, … as parameters, and are kept prepared under their text. A session belongs to the engine
/// and to one thread at a time; it is not `Sendable`, so that no work can keep it.
public protocol SQLSession: AnyObject {
    var dialect: SQLDialect { get }
    /// What the works of this transaction want written at its end; empty at its beginning.
    var closing: ClosingEntries { get set }

    /// Runs a query and gives what `read` makes of each row.
    ///
    /// - Precondition: `read` asks the session nothing.
    func query<Result>(_ sql: String, _ values: [SQLValue], _ read: (any SQLRow) throws -> Result) throws -> [Result]

    /// Runs a statement that gives no rows.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult func run(_ sql: String, _ values: [SQLValue]) throws -> Int

    /// Puts one row into a table that numbers its rows.
    ///
    /// - Parameters:
    ///   - sql: An INSERT of one row, such as with `ON CONFLICT DO NOTHING`.
    ///   - values: Of its parameters.
    ///   - column: Holds the numbers: `INTEGER PRIMARY KEY` in SQLite.
    /// - Returns: The row's number; `nil` when none was put in.
    /// - Throws: What the database throws.
    func insert(_ sql: String, _ values: [SQLValue], numbering column: String) throws -> Int?

    /// Runs several statements without parameters.
    func script(_ sql: String) throws
}

extension SQLSession {
    public func insert(_ sql: String, _ values: [SQLValue], numbering column: String) throws -> Int? {
        try first("\(sql) RETURNING \(column)", values) { $0.integer(0) }
    }

    func first<Result>(
        _ sql: String, _ values: [SQLValue], _ read: (any SQLRow) throws -> Result
    ) throws -> Result? {
        try query(sql, values, read).first
    }

    /// Whether a query gives a row.
    func exists(_ sql: String, _ values: [SQLValue]) throws -> Bool {
        try !query(sql, values) { _ in }.isEmpty
    }
}

/// A database that runs work in transactions.
///
/// Its failures are ``BlankettError``s with exit `.storage`: `storage-full`, `storage-closed`, `storage-failed`; what a
/// work throws comes through as it is, after all of the work was rolled back.
public protocol SQLEngine: Sendable {
    /// Runs `work` in a transaction, maybe with that of others, and tells when it is on the disk.
    ///
    /// `work` may run more than once; it should decide before it writes. The engine calls
    /// ``SQLSession/writeClosing(_:)`` before it commits.
    ///
    /// - Parameters:
    ///   - work: What to read and write.
    ///   - tell: Called once, on the thread that writes: it should only pass on what came of it.
    func submit<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result,
        then tell: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void)

    /// Runs `work` in a transaction that only reads and sees one moment.
    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result

    /// As ``read(_:)``, for work that takes long and must not stand in the way of others.
    func survey<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result

    /// After how long a waiting consumer should look again, since another bridge may have taken in a record.
    var longestWait: Duration { get }

    /// Tells other bridges on the same database that this one lives, and what it has to say.
    ///
    /// - Parameter message: The same until something changes.
    /// - Returns: What the others say that live; a bridge lives for half a minute after it said so.
    /// - Throws: ``BlankettError`` of the database.
    func meet(_ message: String) async throws -> [String]

    /// Whether nobody else has the database open; then nobody can open it until this engine is closed.
    func isAlone() async throws -> Bool

    /// Overwrites what was deleted, as far as the database can.
    func forgetDeleted() async throws

    /// Looks for damage in the database; what it finds, in the database's words.
    func damage() async throws -> [String]

    /// Returns when the disk failed under the database, so that the program must end and recover.
    func failed() async -> BlankettError?

    func close() async
}

extension SQLEngine {
    public func meet(_ message: String) async throws -> [String] { [] }

    public func isAlone() async throws -> Bool { true }

    /// Runs `work` in a transaction, maybe with that of others, and returns when it is on the disk.
    ///
    /// `work` may run more than once; it should decide before it writes.
    public func write<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            submit(work) { continuation.resume(with: $0) }
        }
    }
}
