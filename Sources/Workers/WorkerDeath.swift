import Support

/// A worker ended, hung or spoke nonsense in the middle of its work.
struct WorkerDeath: Error {
    enum Code: String {
        case died = "worker-died"
        case timedOut = "worker-timed-out"
    }

    var code: Code
    /// Such as `signal 11`, for the trace.
    var detail: String
    /// Whether it went by itself, having put its things in order.
    var isPeaceful = false

    /// Ends `child`, of which `error` was the last sign, and says what was wrong with it.
    init(of child: ChildProcess, after error: any Error) {
        switch error as? FrameError {
        case .timedOut:
            child.end()
            self.init(code: .timedOut, detail: "no answer in time")
        case .broken:
            // Its end is on the way; without it, the worker closed its output and goes on.
            let exit = child.waitForExit(before: .now + .seconds(1)) ?? child.end()
            self.init(code: .died, detail: exit?.description ?? "hung in the kernel")
            isPeaceful = exit == .code(0)
        case .tooLong, .system, nil:
            child.kill()
            self.init(code: .died, detail: "answered with something that is no message")
        }
    }

    init(code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    /// What a person is told when it is not the page's fault.
    func error(of worker: String) -> BlankettError {
        switch code {
        case .died:
            BlankettError(
                code.rawValue, exit: .fault, "The \(worker) ended unexpectedly (\(detail)).",
                advice: "It is started again by itself.", isTransient: true)
        case .timedOut:
            BlankettError(
                code.rawValue, exit: .fault, "The \(worker) gave no answer in time.",
                advice: "It is started again by itself.", isTransient: true)
        }
    }
}
