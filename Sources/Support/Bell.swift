import Synchronization

/// Tells waiting tasks that something has changed.
///
/// Counts, so that no ring between two waits is missed.
public final class Bell: Sendable {
    private struct State {
        var count = 0
        var nextTicket = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Tickets whose task was cancelled before it began to wait.
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    public init() {}

    /// How often it has rung.
    public var count: Int { state.withLock { $0.count } }

    public func ring() {
        let waiters = state.withLock { state in
            state.count += 1
            defer { state.waiters = [:] }
            return state.waiters.values.map(\.self)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until the count is beyond `seen`, the time is over, or the task is cancelled.
    ///
    /// - Returns: The count now.
    @discardableResult
    public func wait(after seen: Int, atMost limit: Duration? = nil) async -> Int {
        if count > seen { return count }
        guard let limit else {
            await waitForRing(after: seen)
            return count
        }
        await withTaskGroup { group in
            group.addTask { await self.waitForRing(after: seen) }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        return count
    }

    private func waitForRing(after seen: Int) async {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.count > seen || state.cancelled.remove(ticket) != nil { return true }
                    state.waiters[ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                if let waiter = state.waiters.removeValue(forKey: ticket) { return Optional(waiter) }
                state.cancelled.insert(ticket)
                return nil
            }
            waiter?.resume()
        }
        _ = state.withLock { $0.cancelled.remove(ticket) }
    }
}
