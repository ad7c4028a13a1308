import Dispatch
import Foundation
import Synchronization

/// The wish of the system or the person that the program ends: SIGTERM or SIGINT.
public final class Termination: Sendable {
    private struct State {
        var isRequested = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    // Set once, before anything else can see it.
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

    /// From here on the signals no longer end the process by themselves; a broken pipe does not either.
    public init() {
        signal(SIGPIPE, SIG_IGN)
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.request() }
            source.resume()
            return source
        }
    }

    public var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Also for who wants to end for a reason of its own.
    public func request() {
        let waiters = state.withLock { state in
            state.isRequested = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until the end is wished.
    public func requested() async {
        await withCheckedContinuation { continuation in
            let isRequested = state.withLock { state in
                if !state.isRequested { state.waiters.append(continuation) }
                return state.isRequested
            }
            if isRequested { continuation.resume() }
        }
    }
}
