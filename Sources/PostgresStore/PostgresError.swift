import CPostgres
public import Support

/// A failed call of PostgreSQL. Source: <https://www.postgresql.org/docs/15/errcodes-appendix.html>
public struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Five characters, such as `40P01`; empty when the server could not be asked.
    public let state: String
    /// The server's first line, without the values that it may quote further down.
    public let message: String
    /// The connection is gone: nothing more can be said through it.
    public let isLost: Bool
    /// Nobody knows whether the transaction is on the disk.
    public var isInDoubt = false

    /// Another bridge was in the way; the same again succeeds.
    var isConflict: Bool { ["40001", "40P01", "55P03"].contains(state) }
    var isFull: Bool { state == "53100" }

    public var description: String { "PostgreSQL \(state): \(message)" }

    /// The same for a person.
    public var forPerson: BlankettError {
        if isFull {
            return BlankettError(
                "storage-full", exit: .storage, "The disk of the database is full.",
                advice: "Free some space; nothing is lost.", isTransient: true, cause: self)
        }
        return BlankettError(
            "storage-failed", exit: .storage,
            isLost ? "The database server cannot be reached." : "The database failed.",
            advice: "Look whether the server runs and lets this user in; what was said to be stored is kept.",
            isTransient: isLost || isConflict, cause: self)
    }

    init(state: String, message: String, isLost: Bool) {
        self.state = state
        self.message = message
        self.isLost = isLost
    }

    /// The error of a connection, which has no code.
    init(connection: OpaquePointer?) {
        let text = connection.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? "out of memory"
        self.init(
            state: "", message: text.split(separator: "\n").first.map(String.init) ?? "it said nothing",
            isLost: connection.map { PQstatus($0) != CONNECTION_OK } ?? true)
    }

    init(result: OpaquePointer?, connection: OpaquePointer) {
        guard let result, let state = cpostgres_state(result) else {
            self.init(connection: connection)
            return
        }
        self.init(
            state: String(cString: state),
            message: cpostgres_message(result).map { String(cString: $0) } ?? "it said nothing",
            isLost: PQstatus(connection) != CONNECTION_OK)
    }
}
