import Synchronization

/// Wakes who waits for records of a subscription.
final class ArrivalBell: Sendable {
    private struct State {
        var rings: [Int: Int] = [:]
        var waiters: [Int: [Int: CheckedContinuation<Void, Never>]] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    /// How often it rang so far; given to ``wait(_:after:)``, nothing that rings in between is missed.
    func rings(_ subscription: Int) -> Int {
        state.withLock { $0.rings[subscription, default: 0] }
    }

    func ring(_ subscriptions: some Sequence<Int>) {
        let waiters = state.withLock { state in
            subscriptions.flatMap { subscription in
                state.rings[subscription, default: 0] += 1
                return state.waiters.removeValue(forKey: subscription)?.values.map { $0 } ?? []
            }
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns at the next ring after `rings`, or when the task is cancelled.
    func wait(_ subscription: Int, after rings: Int) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard state.rings[subscription, default: 0] == rings, !Task.isCancelled else { return false }
                    state.waiters[subscription, default: [:]][number] = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters[subscription]?.removeValue(forKey: number) }?.resume()
        }
    }
}
