import CMicroHTTPD
import Dispatch
import HTTP
import Synchronization

/// One request and its answer, from the first header to the last byte.
///
/// The server's thread moves it through receiving, handling and sending; the handler's task hands over the
/// response. Between the two stands the lock of ``state``, and a connection is resumed only by who ended the handling.
///
/// It can be the executor of its handler: then what the handler has to do after a wait is done by the server's thread, which
/// sends the answer, too. A thread of the shared pool in between would cost each request two more changes of threads.
final class Exchange: TaskExecutor {
    private enum Phase {
        case receiving
        /// `task` runs the handler, and the connection is suspended as soon as it is seen to wait.
        case handling
        case answered(Response)
        case sending
        case over
    }

    private struct State {
        var phase = Phase.receiving
        var request: Request
        /// The body is read and dropped.
        var isTooLarge: Bool
        var received = 0
        var isSuspended = false
        var task: Task<Void, Never>?
        /// What the handler can go on with.
        var jobs: [UnownedJob] = []
        var stream: BodyStream?
    }

    private static let mostReserved = 1 << 20

    private let core: ServerCore
    // Lives until `complete` was called; calls on it are thread-safe in libmicrohttpd.
    private nonisolated(unsafe) let connection: OpaquePointer
    private let state: Mutex<State>

    // With `isTooLarge` its head says already that the body is too large, though not by so much that it is not read.
    init(_ request: Request, core: ServerCore, connection: OpaquePointer, isTooLarge: Bool = false) {
        self.core = core
        self.connection = connection
        state = Mutex(State(request: request, isTooLarge: isTooLarge))
    }

    /// Takes in a part of the body; `false` when so much too much comes that the connection is to be cut.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            state.received += bytes.count
            if state.received > core.maximumBody {
                state.isTooLarge = true
                state.request.body = []
            }
            if state.isTooLarge { return state.received <= core.mostDropped }
            if state.request.body.isEmpty, let length = state.request.headers["Content-Length"].flatMap({ Int($0) }) {
                // Not more than a page has, whatever is announced: growing to that takes a few copies only.
                state.request.body.reserveCapacity(min(length, Self.mostReserved))
            }
            state.request.body.append(contentsOf: bytes)
            return true
        }
    }

    /// What to send now, or `nil` after the connection was suspended and the handler started.
    func respondOrSuspend() -> Response? {
        let (response, request) = state.withLock { state -> (Response?, Request?) in
            switch state.phase {
            case .receiving where state.isTooLarge:
                state.phase = .sending
                return (.refusal(.tooLarge), nil)
            case .receiving where core.isStopping:
                state.phase = .sending
                return (.refusal(.stopping), nil)
            case .receiving:
                state.phase = .handling
                let request = state.request
                state.request.body = []
                return (nil, request)
            case .handling, .answered, .sending, .over:
                return (nil, nil)
            }
        }
        if let response { return response }
        // Outside of the lock: on this thread the handler may begin, and answer, at once.
        if let request {
            let task =
                core.handlesOnServerThread
                ? Task(executorPreference: self) { [self] in answer(await core.handler(request)) }
                : Task { [self] in answer(await core.handler(request)) }
            state.withLock { $0.task = task }
        }
        return runJobs()
    }

    /// Does what the handler can go on with, until it has answered or waits.
    private func runJobs() -> Response? {
        while true {
            let (job, response, late) = state.withLock { state -> (UnownedJob?, Response?, [UnownedJob]) in
                switch state.phase {
                case .answered(let response):
                    state.phase = .sending
                    defer { state.jobs = [] }
                    return (nil, response, state.jobs)
                case .handling where state.jobs.isEmpty:
                    state.isSuspended = true
                    MHD_suspend_connection(connection)
                    return (nil, nil, [])
                case .handling: return (state.jobs.removeFirst(), nil, [])
                case .receiving, .sending, .over: return (nil, nil, [])
                }
            }
            runElsewhere(late)
            guard let job else { return response }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = state.withLock { state in
            guard case .handling = state.phase else { return false }
            state.jobs.append(job)
            resume(&state)
            return true
        }
        if !isTaken { runElsewhere([job]) }
    }

    /// A handler whose client has its answer, or is gone, still comes to its end.
    private func runElsewhere(_ jobs: [UnownedJob]) {
        for job in jobs {
            DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private func resume(_ state: inout State) {
        guard state.isSuspended else { return }
        state.isSuspended = false
        MHD_resume_connection(connection)
    }

    private func answer(_ response: Response) {
        state.withLock { state in
            guard case .handling = state.phase else { return }
            state.phase = .answered(response)
            resume(&state)
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
        let (task, stream, late) = state.withLock { state in
            state.phase = .over
            defer { (state.task, state.jobs) = (nil, []) }
            return (state.task, state.stream, state.jobs)
        }
        runElsewhere(late)
        task?.cancel()
        stream?.cut()
        core.remove(self)
    }
}
