import CMicroHTTPD
import HTTP
import Synchronization

/// What the callbacks of one daemon share: the handler, the limits, and the requests in work.
final class ServerCore: Sendable {
    let maximumBody: Int
    let maximumConnections: Int
    let handlesOnServerThread: Bool
    /// A body that is too large is read up to here, so that a client which only then looks for an answer sees the 413.
    var mostDropped: Int { 2 * maximumBody }
    let doorkeeper: HTTPServer.Doorkeeper
    let handler: HTTPServer.Handler

    private struct State {
        var exchanges: [ObjectIdentifier: Exchange] = [:]
        var isStopping = false
        var isEnding = false
        var hasStopped = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var connections = 0
    }

    private let state = Mutex(State())

    init(
        maximumBody: Int, maximumConnections: Int, handlesOnServerThread: Bool,
        doorkeeper: @escaping HTTPServer.Doorkeeper,
        handler: @escaping HTTPServer.Handler
    ) {
        self.maximumBody = maximumBody
        self.maximumConnections = maximumConnections
        self.handlesOnServerThread = handlesOnServerThread
        self.doorkeeper = doorkeeper
        self.handler = handler
    }

    var isBusy: Bool { state.withLock { !$0.exchanges.isEmpty } }
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Whether there are more connections than are served.
    var isCrowded: Bool { state.withLock { $0.connections > maximumConnections } }

    /// A connection came, or went.
    func countConnections(by change: Int) {
        state.withLock { $0.connections += change }
    }

    /// What comes while it stops is refused and not waited for.
    func add(_ exchange: Exchange) {
        state.withLock { state in
            if !state.isStopping { state.exchanges[ObjectIdentifier(exchange)] = exchange }
        }
    }

    func remove(_ exchange: Exchange) {
        _ = state.withLock { $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
    }

    /// `false` when somebody else stops it already.
    func beginStop() -> Bool {
        state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
    }

    func beginEnd() -> Bool {
        state.withLock { state in
            state.isStopping = true
            defer { state.isEnding = true }
            return !state.isEnding
        }
    }

    func endStop() {
        let waiters = state.withLock { state in
            state.hasStopped = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func stopped() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasStopped { state.waiters.append(continuation) }
                return state.hasStopped
            }
            if isOver { continuation.resume() }
        }
    }

    func cancelHandlers() {
        for exchange in state.withLock({ Array($0.exchanges.values) }) { exchange.cancel() }
    }

    /// No connection may be suspended when the daemon stops.
    func forceAnswers() {
        for exchange in state.withLock({ Array($0.exchanges.values) }) { exchange.forceAnswer() }
    }
}
