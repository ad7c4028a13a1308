import Scanning
import Support

/// One scan-worker process and the talk with it, on a thread of its own where waiting is allowed.
actor ScanWorkerSession {
    let process: ChildProcess
    private let executor = BlockingExecutor(label: "scan-worker")
    private let folder: SaneFolder
    private let resetDevice: (@Sendable () -> Void)?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(backend: String, files: [String: String], _ configuration: ScanWorkerScanner.Configuration) throws {
        folder = try SaneFolder(backend: backend, files: files, in: configuration.temporaryFolder)
        resetDevice = configuration.resetDevice
        var environment = folder.environment
        if let libraryPath = configuration.libraryPath { environment["LD_LIBRARY_PATH"] = libraryPath }
        process = try ChildProcess(
            starting: ChildProcess.Configuration(
                program: configuration.program ?? WorkerProgram.beside("blankett-scan-worker"),
                environment: WorkerProgram.environment(adding: configuration.environment.merging(environment) { $1 })))
    }

    func send(_ request: ScanWorkerMessage.Request) throws {
        // Requests are short; a worker that does not read them hangs.
        try process.input.write(try Frame(request), before: .now + .seconds(5))
    }

    /// Waits for the worker's next word.
    func reply(
        before deadline: ContinuousClock.Instant
    ) throws -> (message: ScanWorkerMessage.Reply, body: [UInt8]) {
        guard let frame = try process.output.next(before: deadline) else { throw FrameError.broken }
        return (try frame.message(), frame.body)
    }

    /// Waits until the worker has put the device in order and gone, and ends it when it does not.
    ///
    /// - Returns: Whether it went by itself and in peace.
    @discardableResult
    func finish(before deadline: ContinuousClock.Instant) -> Bool {
        if let exit = process.waitForExit(before: deadline) { return exit == .code(0) }
        process.end()
        resetDevice?()
        return false
    }

    /// What became of a worker whose last sign was `error`; it is gone afterwards, and its device in order.
    func death(after error: any Error) -> WorkerDeath {
        let death = WorkerDeath(of: process, after: error)
        if !death.isPeaceful { resetDevice?() }
        return death
    }
}
