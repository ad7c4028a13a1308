import Records
import Support

/// One connection for reading, with the thread that waits for it.
actor PostgresReader {
    private let executor = BlockingExecutor(label: "postgres-reader")
    private let information: String
    private var session: PostgresSession?
    private var isClosed = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    init(_ information: String) {
        self.information = information
    }

    /// Runs `work` in a transaction that sees one moment.
    func read<Result: Sendable>(_ work: @Sendable (any SQLSession) throws -> Result) throws -> Result {
        let isFresh = session == nil
        do {
            return try attempt(work)
        } catch let error as PostgresError where error.isLost {
            session = nil
            // The server was started again since the last time: nothing was read yet that anybody has seen.
            if isFresh { throw error }
            return try attempt(work)
        }
    }

    func close() {
        session = nil
        isClosed = true
    }

    private func attempt<Result: Sendable>(
        _ work: @Sendable (any SQLSession) throws -> Result
    ) throws -> Result {
        guard !isClosed else { throw StoreClosed() }
        let session = try self.session ?? PostgresSession(information)
        self.session = session
        return try session.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") { try work(session) }
    }
}
