public import Forms
public import Reading
import Support
import Synchronization

/// Reads pages in a process of its own, which may crash or hang: `blankett-read-worker`, behind ``PageReader``.
///
/// One job at a time. The worker is started by the first job, kept, and started again after a death. A page that ends
/// the worker is tried once more in a fresh one; if it ends that too, it becomes an `unreadable` result with the reason
/// `worker-died` or `worker-timed-out`, and the next page goes on.
///
/// Calls wait on a thread of this actor's own, never on the shared pool. Cancelling a call kills the worker.
public actor ReadWorker: PageReader {
    public struct Configuration: Sendable {
        /// Path of the program; beside the running one when `nil`.
        public var program: String?
        /// Folders with form packages.
        public var forms: [String]
        /// Folder with the models; the worker's own default when `nil`.
        public var models: String?
        /// How long the worker may take to load forms and models.
        public var startDeadline: Duration
        /// How long it may take for each page.
        public var pageDeadline: Duration
        /// How long to wait before the next start after the first, second … failed one; the last one stays.
        public var backOff: [Duration]
        /// Added to the worker's environment.
        public var environment: [String: String]
        /// How far behind others the worker stands when the computer is busy, 0...19.
        public var niceness = 0

        public init(
            program: String? = nil, forms: [String], models: String? = nil, startDeadline: Duration = .seconds(30),
            pageDeadline: Duration = .seconds(60), backOff: [Duration] = [1, 2, 4, 8, 16, 30].map { .seconds($0) },
            environment: [String: String] = [:]
        ) {
            self.program = program
            self.forms = forms
            self.models = models
            self.startDeadline = startDeadline
            self.pageDeadline = pageDeadline
            self.backOff = backOff
            self.environment = environment
        }
    }

    private struct Worker {
        let process: ChildProcess
        let forms: [FormKey]
    }

    /// Why the last start failed, and when the next one may be tried.
    private struct FailedStart {
        var count: Int
        var error: BlankettError
        var retry: ContinuousClock.Instant
    }

    private let configuration: Configuration
    private let executor = BlockingExecutor(label: "read-worker")
    private var worker: Worker?
    private var failedStart: FailedStart?
    private var lastJob = 0

    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    public init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// Starts the worker if none runs.
    ///
    /// - Returns: The forms that it loaded.
    /// - Throws: ``BlankettError``: what the worker said, such as a form package that it cannot use, `worker-died` or
    ///   `worker-timed-out`.
    public func start() async throws -> [FormKey] {
        let call = Call()
        return try await withTaskCancellationHandler {
            try await running(for: call).forms
        } onCancel: {
            call.cancel()
        }
    }

    /// Ends the worker; the next job starts a fresh one, which loads forms and models anew.
    public func stop() {
        worker?.process.end()
        worker = nil
        failedStart = nil
    }

    public func read(_ bytes: [UInt8], source: String, options: ReadOptions) async throws -> [ReadPage] {
        let call = Call()
        return try await withTaskCancellationHandler {
            var pages: [ReadPage] = []
            for attempt in 1...2 {
                let process = try await running(for: call).process
                pages = []
                do {
                    try job(bytes, source: source, options: options, in: process) { pages.append($0) }
                    return pages
                } catch let error as BlankettError {
                    throw error
                } catch {
                    worker = nil
                    let death = WorkerDeath(of: process, after: error)
                    try Task.checkCancellation()
                    if attempt == 2 {
                        let result = PageResult(
                            source: source, frame: pages.count + 1, outcome: .unreadable, reason: death.code.rawValue)
                        pages.append(ReadPage(result: result))
                    }
                }
            }
            return pages
        } onCancel: {
            call.cancel()
        }
    }

    /// One job on a worker that runs; any error but the worker's own ``BlankettError`` means that it is of no more use.
    private func job(
        _ bytes: [UInt8], source: String, options: ReadOptions, in process: ChildProcess, page: (ReadPage) -> Void
    ) throws {
        lastJob += 1
        let id = lastJob
        let request = ReadWorkerMessage.Request(id: id, source: source, options: options)
        try process.input.write(try Frame(request, body: bytes), before: .now + configuration.pageDeadline)
        while true {
            guard let frame = try process.output.next(before: .now + configuration.pageDeadline) else {
                throw FrameError.broken
            }
            switch try frame.message(as: ReadWorkerMessage.Reply.self) {
            case .page(id, let result):
                page(ReadPage(result: result, preview: frame.body.isEmpty ? nil : frame.body))
            case .done(id):
                return
            case .error(id, let failure):
                throw failure.error
            case .preparing, .hello, .page, .done, .error:
                throw OutOfTurn()
            }
        }
    }

    private struct OutOfTurn: Error {}

    private func running(for call: Call) async throws -> Worker {
        while true {
            try Task.checkCancellation()
            if let worker, worker.process.exit == nil {
                call.uses(worker.process)
                return worker
            }
            worker = nil
            guard let failedStart, failedStart.retry > .now else { return try started(for: call) }
            // Asking again will not mend a form package; waiting may mend a machine without memory.
            guard failedStart.error.isTransient else { throw failedStart.error }
            // Another call may come in meanwhile and start the worker, so all is looked at again.
            try await Task.sleep(until: failedStart.retry, clock: .continuous)
        }
    }

    private func started(for call: Call) throws -> Worker {
        do {
            let worker = try greeted(for: call)
            self.worker = worker
            failedStart = nil
            return worker
        } catch {
            try Task.checkCancellation()
            let count = (failedStart?.count ?? 0) + 1
            let wait =
                configuration.backOff.isEmpty
                ? .zero : configuration.backOff[min(count, configuration.backOff.count) - 1]
            failedStart = FailedStart(count: count, error: error, retry: .now + wait)
            throw error
        }
    }

    /// Starts a worker and waits for its hello.
    private func greeted(for call: Call) throws(BlankettError) -> Worker {
        let program = configuration.program ?? WorkerProgram.beside("blankett-read-worker")
        let arguments = ["--forms"] + configuration.forms + (configuration.models.map { ["--models", $0] } ?? [])
        let isNice = configuration.niceness > 0
        let process = try ChildProcess(
            starting: ChildProcess.Configuration(
                program: isNice ? WorkerProgram.nice : program,
                arguments: isNice ? ["-n", "\(configuration.niceness)", program] + arguments : arguments,
                environment: WorkerProgram.readerEnvironment(adding: configuration.environment)))
        call.uses(process)
        var reply: ReadWorkerMessage.Reply
        do {
            // The deadline is for each word of it: a worker that looks at thousands of new blanks says so as it goes.
            repeat {
                guard let frame = try process.output.next(before: .now + configuration.startDeadline) else {
                    throw FrameError.broken
                }
                reply = try frame.message()
            } while reply.isPreparing
        } catch {
            throw WorkerDeath(of: process, after: error).error(of: "read-worker")
        }
        switch reply {
        case .hello(ReadWorkerMessage.version, let forms):
            return Worker(process: process, forms: forms)
        case .error(_, let failure):
            process.end()
            throw failure.error
        case .preparing, .hello, .page, .done:
            process.end()
            throw BlankettError(
                "worker-mismatch", exit: .fault, "The read-worker is of another version than this program.",
                advice: "Install all programs of Blankett from one package.")
        }
    }
}

extension ReadWorkerMessage.Reply {
    fileprivate var isPreparing: Bool {
        if case .preparing = self { true } else { false }
    }
}

/// One call of a client, so that cancelling it ends what it started and nothing else.
private final class Call: Sendable {
    private struct State {
        var process: ChildProcess?
        var isCancelled = false
    }

    private let state = Mutex(State())

    func uses(_ process: ChildProcess) {
        let isCancelled = state.withLock { state in
            state.process = process
            return state.isCancelled
        }
        if isCancelled { process.kill() }
    }

    func cancel() {
        let process = state.withLock { state in
            state.isCancelled = true
            return state.process
        }
        process?.kill()
    }
}
