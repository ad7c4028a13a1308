import Records
import Support

/// Shares one writing connection: work that waits together goes to the disk in one commit.
///
/// Other bridges write through connections of their own.
final class PostgresWriter: Sendable {
    private let committer: Committer
    private let queue: CommitQueue<PostgresSession>

    init(_ information: String, committed: @escaping @Sendable (_ works: Int, _ time: Duration) -> Void = { _, _ in }) {
        let committer = Committer(information, committed)
        self.committer = committer
        queue = CommitQueue(label: "postgres-writer", largestGroup: 128, commit: { committer.commit($0) })
    }

    func write<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result {
        try await queue.write { session in try work(copy session) }
    }

    func submit<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result,
        then tell: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void
    ) {
        queue.submit({ session in try work(copy session) }, then: tell)
    }

    /// Runs statements outside of a transaction, between two groups.
    func alone(_ sql: [String]) async throws {
        try await queue.pause { [committer] in
            for statement in sql { try committer.connected().script(statement) }
        }
    }

    /// Whether no other bridge has this database open; from then on none can.
    func isAlone() async throws -> Bool {
        try await queue.pause { [committer] in try committer.connected().lock(.alone) }
    }

    /// Finishes what waits, and closes the connection.
    func close() async {
        await queue.close { [committer] in committer.close() }
    }
}

/// Commits groups of work, again where a server or another bridge made that necessary.
private final class Committer: Sendable {
    /// How often work that another bridge was in the way of is tried.
    private static let attempts = 5

    private let information: String
    private let committed: @Sendable (Int, Duration) -> Void
    // Used by the queue only, one at a time.
    private nonisolated(unsafe) var session: PostgresSession?

    init(_ information: String, _ committed: @escaping @Sendable (Int, Duration) -> Void) {
        self.information = information
        self.committed = committed
    }

    func commit(_ group: CommitQueue<PostgresSession>.Group, attempt: Int = 1) {
        let isFresh = session == nil
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let tell = try run(group)
            committed(group.count, clock.now - start)
            tell()
        } catch let error as PostgresError where error.isLost {
            session = nil
            // An answer that is lost at the commit is not guessed: who asked asks again.
            if isFresh || error.isInDoubt { return group.fail(error) }
            commit(group, attempt: attempt)
        } catch {
            if group.count > 1 {
                for group in group.alone { commit(group) }
            } else if (error as? PostgresError)?.isConflict == true, attempt < Self.attempts {
                commit(group, attempt: attempt + 1)
            } else {
                group.fail(error)
            }
        }
    }

    func connected() throws -> PostgresSession {
        if let session { return session }
        let made = try PostgresSession(information)
        guard try made.lock(.shared) else {
            throw BlankettError(
                "database-reserved", exit: .storage, "The database is reserved for a change of the store's key.",
                advice: "Wait until blankett-bridge rekey is done; then start the bridges with the new key.",
                isTransient: true)
        }
        session = made
        return made
    }

    func close() {
        session = nil
    }

    private func run(_ group: CommitQueue<PostgresSession>.Group) throws -> () -> Void {
        let session = try connected()
        return try session.transaction("BEGIN ISOLATION LEVEL READ COMMITTED") {
            let tell = try group.run(in: session)
            try session.writeClosing()
            return tell
        }
    }
}
