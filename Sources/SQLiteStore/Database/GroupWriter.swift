import Dispatch
import Foundation
import Synchronization

/// Shares the one writing connection: work that waits together goes to the disk in one commit.
///
/// A commit costs one sync of the disk, however much is in it. So each caller waits for one or two syncs, and many
/// callers share them.
public final class GroupWriter: Sendable {
    /// Longest queue that goes into one commit; more would only make the first wait for the last.
    private static let largestGroup = 256

    private struct Work: Sendable {
        /// Runs the work inside the transaction; gives what tells the caller once it is committed.
        var run: @Sendable (borrowing Database) throws -> () -> Void
        var fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Work] = []
        var isRunning = false
    }

    private let queue = DispatchQueue(label: "database-writer")
    // Used on `queue` only.
    private nonisolated(unsafe) var database: Database?
    private let state: Mutex<State> = Mutex(State())
    private let failure = DiskFailure()

    public init(_ database: consuming sending Database) {
        self.database = consume database
    }

    /// Runs `work` inside a transaction, maybe with that of others, and returns when it is on the disk.
    ///
    /// `work` may run twice: when another's work in the same group fails, all are rolled back and each runs alone.
    ///
    /// - Parameter work: What to read and write. It should decide before it writes.
    /// - Returns: What `work` returned.
    /// - Throws: What `work` throws; ``SQLiteError`` when the database does.
    public func write<Result: Sendable>(
        _ work: @escaping @Sendable (borrowing Database) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                Work(
                    run: { database in
                        let result = try work(database)
                        return { continuation.resume(returning: result) }
                    },
                    fail: { continuation.resume(throwing: $0) }))
        }
    }

    /// Returns when the disk has failed under the database, so that the program must end and recover.
    ///
    /// - Returns: Why; `nil` when the task was cancelled before.
    public func failed() async -> SQLiteError? {
        await failure.happened()
    }

    /// Moves what is in the write-ahead log into the database, between two groups.
    public func checkpoint() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                try? database?.checkpoint()
                continuation.resume()
            }
        }
    }

    /// Finishes what waits, checkpoints, and closes the database.
    public func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                drain()
                if let database = database.take() { try? database.checkpoint() }
                continuation.resume()
            }
        }
    }

    private func submit(_ work: Work) {
        let mustStart = state.withLock { state in
            state.waiting.append(work)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustStart { queue.async { [self] in drain() } }
    }

    private func drain() {
        while let group = nextGroup() { commit(group) }
    }

    private func nextGroup() -> [Work]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isRunning = false
                return nil
            }
            let group = Array(state.waiting.prefix(Self.largestGroup))
            state.waiting.removeFirst(group.count)
            return group
        }
    }

    private func commit(_ group: [Work]) {
        if let failure = failure.error { return group.forEach { $0.fail(failure) } }
        do {
            for tell in try run(group) { tell() }
        } catch {
            failure.note(error)
            if group.count == 1 { return group[0].fail(error) }
            for work in group { commit([work]) }
        }
    }

    private func run(_ group: [Work]) throws -> [() -> Void] {
        let told = try database?.transaction { database in
            var tell: [() -> Void] = []
            tell.reserveCapacity(group.count)
            for work in group { tell.append(try work.run(database)) }
            return tell
        }
        guard let told else { throw DatabaseClosed() }
        return told
    }
}

/// The writer was closed before the work came.
public struct DatabaseClosed: Error {
    public init() {}
}
