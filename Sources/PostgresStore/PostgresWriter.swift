import Dispatch
import Records
import Synchronization

/// Shares one writing connection: work that waits together goes to the disk in one commit.
///
/// Other bridges write through connections of their own.
final class PostgresWriter: Sendable {
    /// Longest queue that goes into one commit; more would only make the first wait for the last.
    private static let largestGroup = 128
    /// How often work that another bridge was in the way of is tried.
    private static let attempts = 5

    private struct Work: Sendable {
        /// Runs the work inside the transaction; gives what tells the caller once it is committed.
        var run: @Sendable (any SQLSession) throws -> () -> Void
        var fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Work] = []
        var isRunning = false
        var isClosed = false
    }

    private let information: String
    private let queue = DispatchQueue(label: "postgres-writer")
    // Used on `queue` only.
    private nonisolated(unsafe) var session: PostgresSession?
    private let state = Mutex(State())

    init(_ information: String) {
        self.information = information
    }

    func write<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                Work(
                    run: { session in
                        let result = try work(session)
                        return { continuation.resume(returning: result) }
                    },
                    fail: { continuation.resume(throwing: $0) }))
        }
    }

    /// Runs statements outside of a transaction, between two groups.
    func alone(_ sql: [String]) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { [self] in
                continuation.resume(
                    with: Result { for statement in sql { try connected().script(statement) } })
            }
        }
    }

    /// Finishes what waits, and closes the connection.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                drain()
                state.withLock { $0.isClosed = true }
                session = nil
                continuation.resume()
            }
        }
    }

    private func submit(_ work: Work) {
        let (mustStart, isClosed) = state.withLock { state in
            if state.isClosed { return (false, true) }
            state.waiting.append(work)
            defer { state.isRunning = true }
            return (!state.isRunning, false)
        }
        if isClosed { return work.fail(StoreClosed()) }
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

    private func commit(_ group: [Work], attempt: Int = 1) {
        let isFresh = session == nil
        do {
            for tell in try run(group) { tell() }
        } catch let error as PostgresError where error.isLost {
            session = nil
            // An answer that is lost at the commit is not guessed: who asked asks again.
            if isFresh || error.isInDoubt { return group.forEach { $0.fail(error) } }
            commit(group, attempt: attempt)
        } catch {
            if group.count > 1 {
                for work in group { commit([work]) }
            } else if (error as? PostgresError)?.isConflict == true, attempt < Self.attempts {
                commit(group, attempt: attempt + 1)
            } else {
                group[0].fail(error)
            }
        }
    }

    private func run(_ group: [Work]) throws -> [() -> Void] {
        let session = try connected()
        return try session.transaction("BEGIN ISOLATION LEVEL READ COMMITTED") {
            var tell: [() -> Void] = []
            tell.reserveCapacity(group.count)
            for work in group { tell.append(try work.run(session)) }
            try session.writeClosing()
            return tell
        }
    }

    private func connected() throws -> PostgresSession {
        if let session { return session }
        let made = try PostgresSession(information)
        session = made
        return made
    }
}
