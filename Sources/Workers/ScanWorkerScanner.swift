import Dispatch
import Glibc
public import Scanning
public import Support

/// A scanner behind SANE, each batch in a fresh `blankett-scan-worker` that may crash or hang.
///
/// Every phase has a deadline from the job: open, start of a page, silence within a page, cancel. What dies or hangs
/// before a sheet has moved is an error; after that it is an end of the batch, and the pages that came stay good.
public struct ScanWorkerScanner: Scanning.Scanner {
    public struct Configuration: Sendable {
        /// Path of the worker's program; beside the running one when `nil`.
        public var program: String?
        /// Where to look for backends before the system's folders.
        public var libraryPath: String?
        /// Options of the device to set beside a job's own, by SANE's name, as text.
        public var options: [String: String]
        /// Files of SANE's configuration by name, in place of the system's.
        public var files: [String: String]
        /// Added to the worker's environment.
        public var environment: [String: String]
        /// Another way to the same device, for what SANE cannot do; `nil` when there is none.
        public var aftercare: Aftercare?

        public init(
            program: String? = nil, libraryPath: String? = nil, options: [String: String] = [:],
            files: [String: String] = [:], environment: [String: String] = [:], aftercare: Aftercare? = nil
        ) {
            self.program = program
            self.libraryPath = libraryPath
            self.options = options
            self.files = files
            self.environment = environment
            self.aftercare = aftercare
        }
    }

    /// What only somebody with another way to the device can do: for airscan's devices, over eSCL.
    public struct Aftercare: Sendable {
        /// Called after a worker was killed or died: its job may live on in the device and keep it busy.
        public var cleanUp: @Sendable () async -> Void
        /// What the device itself says, such as whether the feeder is really empty.
        public var status: @Sendable () async throws -> ScannerStatus
        /// Called before a worker begins a batch.
        public var prepare: @Sendable () async -> Void = {}
        /// Adds what the device counted to a batch that the worker calls good; `nil` asks only for the feeder.
        public var settle: (@Sendable (BatchEnd) async -> BatchEnd)?

        public init(
            cleanUp: @escaping @Sendable () async -> Void, status: @escaping @Sendable () async throws -> ScannerStatus
        ) {
            self.cleanUp = cleanUp
            self.status = status
        }

        /// Everything that another way to the device offers.
        public init(_ other: any ScanAftercare) {
            cleanUp = other.cleanUp
            status = other.status
            prepare = other.prepare
            settle = other.settle
        }

        func settled(_ end: BatchEnd) async -> BatchEnd {
            if let settle { return await settle(end) }
            var end = end
            do {
                if end.feeder == nil { end.feeder = try await status().feeder }
            } catch {
                // Nothing confirms the count: never a success.
                end.jobCompleted = false
                end.detail = end.detail ?? "the device did not answer when asked for its feeder"
            }
            return end
        }
    }

    public let device: DeviceDescription
    private let address: SaneAddress
    private let configuration: Configuration

    /// - Throws: ``BlankettError`` `bad-address` when the device's address is none that can be used.
    public init(_ device: DeviceDescription, _ configuration: Configuration = Configuration()) throws(BlankettError) {
        self.device = device
        self.configuration = configuration
        address = try SaneAddress(device.address)
    }

    /// The devices that one backend finds.
    ///
    /// - Parameters:
    ///   - backend: Such as `fujitsu`; not `airscan`, which would look around on the network.
    ///   - configuration: How to start the worker.
    /// - Returns: One description each.
    /// - Throws: ``BlankettError``.
    public static func devices(
        of backend: String, _ configuration: Configuration = Configuration()
    ) async throws -> [DeviceDescription] {
        let address = try SaneAddress("sane:" + backend)
        let reply = try await ask(.list, address, configuration, deadline: .seconds(15))
        guard case .devices(let found) = reply else { throw outOfTurn }
        return found.map { device in
            DeviceDescription(
                id: "sane:" + device.name, name: "\(device.vendor) \(device.model)", make: device.vendor,
                model: device.model, connection: .sane, address: "sane:" + device.name)
        }
    }

    public func capabilities() async throws -> ScannerCapabilities {
        try await describe().capabilities
    }

    public func status() async throws -> ScannerStatus {
        if let aftercare = configuration.aftercare { return try await aftercare.status() }
        return try await describe().status
    }

    private func describe() async throws -> (capabilities: ScannerCapabilities, status: ScannerStatus) {
        let wanted = ScanWorkerMessage.Device(name: address.deviceName, options: configuration.options)
        let reply = try await Self.ask(.describe(wanted), address, configuration, deadline: .seconds(15))
        guard case .description(let capabilities, let status) = reply else { throw Self.outOfTurn }
        return (capabilities, status)
    }

    public func scan(
        _ job: ScanJob, page: @escaping @Sendable (ScannedPage) async throws -> Void
    ) async throws -> BatchEnd {
        await configuration.aftercare?.prepare()
        let session = try Self.session(address, configuration)
        let process = session.process
        return try await withTaskCancellationHandler {
            do {
                var end = try await batch(job, in: session, page: page)
                await session.finish(before: .now + .seconds(job.deadlines.cancel))
                if job.source == .feeder, end.reason == .noMoreSheets, let aftercare = configuration.aftercare {
                    end = await aftercare.settled(end)
                }
                return end
            } catch let error as Lost {
                await configuration.aftercare?.cleanUp()
                return try error.outcome(isCancelled: Task.isCancelled)
            } catch {
                await session.finish(before: .now + .seconds(job.deadlines.cancel))
                throw error
            }
        } onCancel: {
            process.send(signal: SIGTERM)
            // Some drivers hang in cancelling too.
            DispatchQueue.global().asyncAfter(deadline: .now() + job.deadlines.cancel) { process.kill() }
        }
    }

    /// Where a batch is, and so what its end means.
    private enum Phase {
        case open
        case start(page: Int)
        case reading(page: Int)

        func deadline(_ deadlines: DeviceProfile.Deadlines) -> Duration {
            switch self {
            case .open: .seconds(deadlines.open)
            case .start: .seconds(deadlines.start)
            case .reading: .seconds(deadlines.idle)
            }
        }

        var words: String {
            switch self {
            case .open: "opening the device"
            case .start(let page): "starting page \(page)"
            case .reading(let page): "reading page \(page)"
            }
        }
    }

    /// The worker is gone without having said how the batch ended.
    private struct Lost: Error {
        var phase: Phase
        var pages: Int
        var death: WorkerDeath

        func outcome(isCancelled: Bool) throws(BlankettError) -> BatchEnd {
            let reason: BatchEnd.Reason =
                isCancelled ? .cancelled : death.code == .timedOut ? .timedOut : .workerCrashed
            if case .open = phase, !isCancelled {
                throw death.code == .timedOut
                    ? BlankettError(
                        "scanner-unreachable", exit: .device, "The scanner gave no answer in time.",
                        advice: "Check that it is switched on and connected.", isTransient: true)
                    : BlankettError(
                        "worker-crashed", exit: .device,
                        "The scanner's driver crashed while \(phase.words) (\(death.detail)).",
                        advice: "Try again; if it stays so, switch the scanner off and on.", isTransient: true)
            }
            return BatchEnd(reason: reason, pages: pages, detail: "\(phase.words): \(death.detail)")
        }
    }

    private func batch(
        _ job: ScanJob, in session: ScanWorkerSession, page: @Sendable (ScannedPage) async throws -> Void
    ) async throws -> BatchEnd {
        var phase = Phase.open
        var deadline = ContinuousClock.now + phase.deadline(job.deadlines)
        var pages = 0
        func reply() async throws -> (message: ScanWorkerMessage.Reply, body: [UInt8]) {
            do {
                return try await session.reply(before: deadline)
            } catch {
                throw Lost(phase: phase, pages: pages, death: await session.death(after: error))
            }
        }
        func enter(_ next: Phase) {
            phase = next
            deadline = .now + next.deadline(job.deadlines)
        }

        guard case .hello(ScanWorkerMessage.version) = try await reply().message else { throw Self.outOfTurn }
        let wanted = ScanWorkerMessage.Device(name: address.deviceName, options: configuration.options)
        try await session.send(.scan(wanted, job))
        while true {
            let (message, body) = try await reply()
            switch message {
            case .opened: enter(.start(page: 1))
            case .started(let number): enter(.reading(page: number))
            case .reading: enter(phase)
            case .page(let header):
                guard header.number == pages + 1, !body.isEmpty else { throw Self.outOfTurn }
                let scanned = ScannedPage(
                    number: header.number, mediaType: header.mediaType, bytes: body, width: header.width,
                    height: header.height, resolution: header.resolution)
                do {
                    try await page(scanned)
                } catch {
                    // A page that nobody keeps ends the batch, as a jam does.
                    try? await session.send(.cancel)
                    return BatchEnd(reason: .cancelled, pages: pages, detail: "the page was not taken: \(error)")
                }
                pages += 1
                enter(.start(page: pages + 1))
                // The next sheet moves only now that this page is safe.
                try? await session.send(Task.isCancelled ? .cancel : .next)
            case .end(var end):
                // Two counts that must agree; the verdict finds it when they do not.
                if end.pages != pages { end.imagesCompleted = end.pages }
                end.pages = pages
                return end
            case .error(let report):
                throw report.error
            case .hello, .devices, .description:
                throw Self.outOfTurn
            }
        }
    }

    private static func session(
        _ address: SaneAddress, _ configuration: Configuration
    ) throws -> ScanWorkerSession {
        var files = configuration.files
        if address.backend == "airscan" { files["airscan.conf"] = address.airscanConfiguration }
        if let identity = address.usbIdentity {
            let own = address.backend + ".conf"
            files[own] = (files[own] ?? SaneFolder.systemFile(own)).map { SaneFolder.narrowed($0, to: identity) }
        }
        return try ScanWorkerSession(backend: address.backend, files: files, configuration)
    }

    /// Asks a fresh worker one thing.
    private static func ask(
        _ request: ScanWorkerMessage.Request, _ address: SaneAddress, _ configuration: Configuration,
        deadline: Duration
    ) async throws -> ScanWorkerMessage.Reply {
        let session = try session(address, configuration)
        let process = session.process
        return try await withTaskCancellationHandler {
            let last = ContinuousClock.now + deadline
            do {
                guard case .hello(ScanWorkerMessage.version) = try await session.reply(before: last).message else {
                    throw outOfTurn
                }
                try await session.send(request)
                let reply = try await session.reply(before: last).message
                await session.finish(before: last)
                if case .error(let report) = reply { throw report.error }
                return reply
            } catch let error as BlankettError {
                throw error
            } catch {
                let death = await session.death(after: error)
                try Task.checkCancellation()
                _ = try Lost(phase: .open, pages: 0, death: death).outcome(isCancelled: false)
                throw outOfTurn
            }
        } onCancel: {
            process.kill()
        }
    }

    private static let outOfTurn = BlankettError(
        "worker-mismatch", exit: .fault, "The scan-worker is of another version than this program.",
        advice: "Install all programs of Blankett from one package.")
}
