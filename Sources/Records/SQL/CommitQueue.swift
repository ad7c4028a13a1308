import Dispatch
import Foundation
import Synchronization

/// Shares one writing connection: work that waits together is committed together.
///
/// A commit costs one sync of the disk, however much is in it. So each caller waits for one or two syncs, and many callers
/// share them. How a group is committed, and what is tried again, is the connection's matter.
public final class CommitQueue<Session: ~Copyable>: Sendable {
    /// Work of one caller.
    public struct Work: Sendable {
        /// Runs the work inside the transaction; gives what tells the caller once it is committed.
        fileprivate var run: @Sendable (borrowing Session) throws -> () -> Void
        fileprivate var fail: @Sendable (any Error) -> Void
    }

    /// Work that goes into one transaction.
    public struct Group: Sendable {
        fileprivate var works: [Work]

        public var count: Int { works.count }

        /// The same work, each in a group of its own.
        public var alone: [Group] { works.map { Group(works: [$0]) } }

        /// Runs all of it in the transaction that is open.
        ///
        /// - Returns: What tells the callers, to be called once it is committed.
        /// - Throws: What the first work at fault throws; then nothing of the transaction may stay.
        public func run(in session: borrowing Session) throws -> () -> Void {
            var tell: [() -> Void] = []
            tell.reserveCapacity(works.count)
            for work in works { tell.append(try work.run(session)) }
            return { for tell in tell { tell() } }
        }

        public func fail(_ error: any Error) {
            for work in works { work.fail(error) }
        }
    }

    private let line: Line

    /// - Parameters:
    ///   - label: Names the thread, for who looks at the process.
    ///   - largestGroup: Most work in one commit; more would only make the first wait for the last.
    ///   - commit: Commits a group and tells its callers, or fails it; called by one thread, as are the others.
    ///   - rest: Called when nothing waits any more.
    public init(
        label: String, largestGroup: Int, commit: @escaping @Sendable (Group) -> Void,
        rest: @escaping @Sendable () -> Void = {}
    ) {
        let line = Line(largestGroup, commit, rest)
        self.line = line
        // Its own, so that each group finds it where the last one left it, and nothing else is in the way.
        let thread = Thread { line.work() }
        thread.name = label
        thread.start()
    }

    deinit {
        line.end {}
    }

    /// Runs `work` inside a transaction, maybe with that of others, and returns when it is on the disk.
    ///
    /// `work` may run more than once: when another's work in the same group fails, all are rolled back and each runs alone.
    ///
    /// - Parameter work: What to read and write. It should decide before it writes.
    /// - Returns: What `work` returned.
    /// - Throws: What `work` or the connection throws; ``StoreClosed``.
    public func write<Result: Sendable>(
        _ work: @escaping @Sendable (borrowing Session) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            submit(work) { continuation.resume(with: $0) }
        }
    }

    /// As ``write(_:)``, for who does not wait on a task.
    ///
    /// - Parameters:
    ///   - work: What to read and write.
    ///   - tell: Called on the writer's thread, once: it should only pass on what came of it.
    public func submit<Result: Sendable>(
        _ work: @escaping @Sendable (borrowing Session) throws -> Result,
        then tell: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void
    ) {
        line.submit(
            Work(
                run: { session in
                    let result = try work(session)
                    return { tell(.success(result)) }
                },
                fail: { tell(.failure($0)) }))
    }

    /// Runs `body` between two groups.
    public func pause<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isOpen = line.pause { continuation.resume(with: Swift.Result { try body() }) }
            if !isOpen { continuation.resume(throwing: StoreClosed()) }
        }
    }

    /// Finishes what waits; what comes later fails.
    ///
    /// - Parameter body: Closes the connection.
    public func close(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let isOpen = line.end {
                body()
                continuation.resume()
            }
            if !isOpen { continuation.resume() }
        }
    }

    /// What waits, and the thread that works through it.
    private final class Line: Sendable {
        private struct State {
            var waiting: [Work] = []
            var pauses: [@Sendable () -> Void] = []
            /// Said last; nothing is taken after it.
            var end: (@Sendable () -> Void)?
            var isResting = false
        }

        private let largestGroup: Int
        private let commit: @Sendable (Group) -> Void
        private let rest: @Sendable () -> Void
        private let state = Mutex(State())
        private let wake = DispatchSemaphore(value: 0)

        init(_ largestGroup: Int, _ commit: @escaping @Sendable (Group) -> Void, _ rest: @escaping @Sendable () -> Void)
        {
            self.largestGroup = largestGroup
            self.commit = commit
            self.rest = rest
        }

        func submit(_ work: Work) {
            if !add({ $0.waiting.append(work) }) { work.fail(StoreClosed()) }
        }

        func pause(_ body: @escaping @Sendable () -> Void) -> Bool {
            add { $0.pauses.append(body) }
        }

        @discardableResult func end(_ body: @escaping @Sendable () -> Void) -> Bool {
            add { $0.end = body }
        }

        private func add(_ change: (inout State) -> Void) -> Bool {
            let (isOpen, mustWake) = state.withLock { state in
                guard state.end == nil else { return (false, false) }
                change(&state)
                defer { state.isResting = false }
                return (true, state.isResting)
            }
            if mustWake { wake.signal() }
            return isOpen
        }

        func work() {
            while true {
                while let step = next() { step() }
                rest()
                let (mustRest, end) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
                    guard state.waiting.isEmpty, state.pauses.isEmpty else { return (false, nil) }
                    state.isResting = state.end == nil
                    return (state.isResting, state.end)
                }
                if let end { return end() }
                if mustRest { wake.wait() }
            }
        }

        private func next() -> (() -> Void)? {
            let (pause, group) = state.withLock { state -> ((@Sendable () -> Void)?, Group?) in
                if !state.pauses.isEmpty { return (state.pauses.removeFirst(), nil) }
                guard !state.waiting.isEmpty else { return (nil, nil) }
                guard state.waiting.count > largestGroup else {
                    defer { state.waiting = [] }
                    return (nil, Group(works: state.waiting))
                }
                defer { state.waiting.removeFirst(largestGroup) }
                return (nil, Group(works: Array(state.waiting.prefix(largestGroup))))
            }
            return pause ?? group.map { group in { [commit] in commit(group) } }
        }
    }
}

/// The store was closed before the work came.
public struct StoreClosed: Error {
    public init() {}
}
