import CMicroHTTPD
import HTTP
import Synchronization

/// One request and its answer, from the first header to the last byte.
///
/// The server's thread moves it through receiving, handling and sending; the handler's task hands over the
/// response. Between the two stands the lock of ``state``, and a connection is resumed only by who ended the handling.
final class Exchange: Sendable {
    private enum Phase {
        case receiving
        /// The connection is suspended, and `task` runs the handler.
        case handling
        case answered(Response)
        case sending
        case over
    }

    private struct State {
        var phase = Phase.receiving
        var request: Request
        var isTooLarge = false
        var task: Task<Void, Never>?
        var stream: BodyStream?
    }

    private let core: ServerCore
    // Lives until `complete` was called; calls on it are thread-safe in libmicrohttpd.
    private nonisolated(unsafe) let connection: OpaquePointer
    private let state: Mutex<State>

    init(_ request: Request, core: ServerCore, connection: OpaquePointer) {
        self.core = core
        self.connection = connection
        state = Mutex(State(request: request))
    }

    /// Takes in a part of the body; `false` when so much too much comes that the connection is to be cut.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            let length = state.request.body.count + bytes.count
            if length > core.maximumBody {
                // What is already on its way is read and dropped, so that the client sees the 413.
                state.isTooLarge = true
                state.request.body = []
            }
            if state.isTooLarge { return length <= 2 * core.maximumBody }
            state.request.body.append(contentsOf: bytes)
            return true
        }
    }

    /// What to send now, or `nil` after the connection was suspended and the handler started.
    func respondOrSuspend() -> Response? {
        state.withLock { state in
            switch state.phase {
            case .receiving where state.isTooLarge:
                state.phase = .sending
                return .refusal(.tooLarge)
            case .receiving where core.isStopping:
                state.phase = .sending
                return .refusal(.stopping)
            case .receiving:
                state.phase = .handling
                MHD_suspend_connection(connection)
                let request = state.request
                state.request.body = []
                state.task = Task { [core] in answer(await core.handler(request)) }
                return nil
            case .answered(let response):
                state.phase = .sending
                return response
            case .handling, .sending, .over:
                return nil
            }
        }
    }

    private func answer(_ response: Response) {
        state.withLock { state in
            guard case .handling = state.phase else { return }
            state.phase = .answered(response)
            MHD_resume_connection(connection)
        }
    }

    func keep(_ stream: BodyStream) {
        state.withLock { $0.stream = stream }
    }

    func cancel() {
        let task = state.withLock { $0.task }
        task?.cancel()
    }

    func forceAnswer() {
        cancel()
        answer(.refusal(.stopping))
        state.withLock { $0.stream }?.cut()
    }

    /// The library is done with this request, whichever way it ended.
    func end() {
        let (task, stream) = state.withLock { state in
            state.phase = .over
            defer { state.task = nil }
            return (state.task, state.stream)
        }
        task?.cancel()
        stream?.cut()
        core.remove(self)
    }
}
