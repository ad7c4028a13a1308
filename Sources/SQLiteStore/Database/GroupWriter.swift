public import Records
import Support

/// Shares the one writing connection: work that waits together goes to the disk in one commit.
public final class GroupWriter: Sendable {
    private let committer: Committer
    private let queue: CommitQueue<Database>

    /// - Parameters:
    ///   - database: The connection.
    ///   - committed: Called after each commit, before who waits for it is told.
    public init(
        _ database: consuming sending Database,
        committed: @escaping @Sendable (_ head: AuditHead?, _ works: Int, _ time: Duration) -> Void = { _, _, _ in }
    ) {
        // Nobody is answered during a checkpoint, and it takes as long as the log is: rather while nobody waits, and else
        // little at a time.
        database.setLongestLog(700)
        let committer = Committer(database, committed)
        self.committer = committer
        queue = CommitQueue(
            label: "database-writer", largestGroup: 256, commit: { committer.commit($0) }, rest: { committer.rest() })
    }

    /// Runs `work` inside a transaction, maybe with that of others, and returns when it is on the disk.
    ///
    /// `work` may run twice: when another's work in the same group fails, all are rolled back and each runs alone.
    ///
    /// - Parameter work: What to read and write. It should decide before it writes.
    /// - Returns: What `work` returned.
    /// - Throws: What `work` throws; ``SQLiteError`` when the database does; ``StoreClosed``.
    public func write<Result: Sendable>(
        _ work: @escaping @Sendable (borrowing Database) throws -> Result
    ) async throws -> Result {
        try await queue.write(work)
    }

    /// As ``write(_:)``, for who does not wait on a task; `tell` is called on the writer's thread.
    func submit<Result: Sendable>(
        _ work: @escaping @Sendable (borrowing Database) throws -> Result,
        then tell: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void
    ) {
        queue.submit(work, then: tell)
    }

    /// Returns when the disk has failed under the database, so that the program must end and recover.
    ///
    /// - Returns: Why; `nil` when the task was cancelled before.
    public func failed() async -> SQLiteError? {
        await committer.failure.happened()
    }

    /// Moves what is in the write-ahead log into the database, between two groups.
    public func checkpoint() async {
        try? await queue.pause { [committer] in try committer.database?.checkpoint() }
    }

    /// Finishes what waits, checkpoints, and closes the database.
    public func close() async {
        await queue.close { [committer] in committer.close() }
    }
}

/// Commits groups of work through the one connection.
private final class Committer: Sendable {
    // Used by the queue only, one at a time.
    nonisolated(unsafe) private(set) var database: Database?
    private let committed: @Sendable (AuditHead?, Int, Duration) -> Void
    let failure = DiskFailure()

    init(
        _ database: consuming sending Database, _ committed: @escaping @Sendable (AuditHead?, Int, Duration) -> Void
    ) {
        self.database = consume database
        self.committed = committed
    }

    func commit(_ group: CommitQueue<Database>.Group) {
        if let failure = failure.error { return group.fail(failure) }
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let done = try database?.transaction { database in
                database.session.closing = ClosingEntries()
                let tell = try group.run(in: database)
                return (tell: tell, head: try database.session.writeClosing())
            }
            guard let done else { throw StoreClosed() }
            committed(done.head, group.count, clock.now - start)
            done.tell()
        } catch {
            failure.note(error)
            if group.count == 1 { return group.fail(error) }
            for group in group.alone { commit(group) }
        }
    }

    /// The log is moved into the database rather while nobody waits.
    func rest() {
        guard failure.error == nil else { return }
        do {
            try database?.checkpointIfLong()
        } catch {
            failure.note(error)
        }
    }

    func close() {
        if let database = database.take() { try? database.checkpoint() }
    }
}
