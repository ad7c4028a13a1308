import Scanning
import Support

/// What a scan-worker does, and so how long it may take and what its death means.
enum ScanWorkerPhase {
    /// The process starts.
    case starting
    case worker(ScanWorkerMessage.Phase)
    case start(page: Int)
    case reading(page: Int)

    func deadline(_ deadlines: DeviceProfile.Deadlines) -> Duration {
        switch self {
        case .starting, .worker(.finding), .worker(.opening), .worker(.options): .seconds(deadlines.open)
        case .start: .seconds(deadlines.start)
        case .reading, .worker(.sensors): .seconds(deadlines.idle)
        case .worker(.cancelling), .worker(.closing): .seconds(deadlines.cancel)
        }
    }

    var words: String {
        switch self {
        case .starting: "starting the driver"
        case .worker(.finding): "finding the device"
        case .worker(.opening): "opening the device"
        case .worker(.options): "setting the options"
        case .worker(.sensors): "reading the sensors"
        case .worker(.cancelling): "ending the batch"
        case .worker(.closing): "closing the device"
        case .start(let page): "starting page \(page)"
        case .reading(let page): "reading page \(page)"
        }
    }

    /// Whether a sheet may have moved.
    private var isScanning: Bool {
        switch self {
        case .start, .reading, .worker(.cancelling), .worker(.closing): true
        case .starting, .worker: false
        }
    }

    /// The worker is gone without having said how the batch ended.
    struct Lost: Error {
        var phase: ScanWorkerPhase
        var pages: Int
        var death: WorkerDeath

        /// Whether the driver died before it asked anything of the paper.
        ///
        /// One that hung is not asked again: a person has waited long enough.
        var isWorthAnotherTry: Bool { !phase.isScanning && death.code != .timedOut }

        /// The end of a batch in which sheets may have moved; else an error.
        func outcome(isCancelled: Bool) throws(BlankettError) -> BatchEnd {
            guard phase.isScanning || isCancelled else { throw error }
            let reason: BatchEnd.Reason =
                isCancelled ? .cancelled : death.code == .timedOut ? .timedOut : .workerCrashed
            return BatchEnd(reason: reason, pages: pages, detail: detail)
        }

        /// For the trace.
        var detail: String { "\(phase.words): \(death.detail)" }

        var error: BlankettError {
            death.code == .timedOut
                ? BlankettError(
                    "scanner-unreachable", exit: .device, "The scanner gave no answer in time (\(phase.words)).",
                    advice: "Check that it is switched on and connected.", isTransient: true)
                : BlankettError(
                    "worker-crashed", exit: .device, "The scanner's driver crashed (\(detail)).",
                    advice: "Try again; if it stays so, switch the scanner off and on.", isTransient: true)
        }
    }
}
