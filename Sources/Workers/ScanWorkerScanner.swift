import Dispatch
public import Foundation
import Glibc
public import Scanning
public import Support

/// A scanner behind SANE, each batch in a fresh `blankett-scan-worker` that may crash or hang.
///
/// Every phase has a deadline from the job (``ScanWorkerPhase``). What dies or hangs before a sheet has moved is an error;
/// after that it is an end of the batch, and the pages that came stay good.
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
        /// Where each worker gets a folder of its own, for as long as it lives; the system's place when `nil`.
        public var temporaryFolder: URL?
        /// For asking the device; a job brings its own.
        public var deadlines: DeviceProfile.Deadlines
        /// How long to wait before a scan that failed before anything was asked of the paper is tried again, each time.
        public var backOff: [Duration]
        /// Another way to the same device, for what SANE cannot do; `nil` when there is none.
        public var aftercare: (any ScanAftercare)?
        /// Puts the device back to where it was when it was plugged in, after its driver was killed or died; blocks.
        public var resetDevice: (@Sendable () -> Void)?
        /// Where a failed scan leaves what the worker did; `nil` keeps nothing.
        public var traces: TraceFolder?

        public init(
            program: String? = nil, libraryPath: String? = nil, options: [String: String] = [:],
            files: [String: String] = [:], environment: [String: String] = [:], temporaryFolder: URL? = nil,
            deadlines: DeviceProfile.Deadlines = .standard, backOff: [Duration] = [1, 2, 4, 8].map { .seconds($0) },
            aftercare: (any ScanAftercare)? = nil, resetDevice: (@Sendable () -> Void)? = nil,
            traces: TraceFolder? = nil
        ) {
            self.program = program
            self.libraryPath = libraryPath
            self.options = options
            self.files = files
            self.environment = environment
            self.temporaryFolder = temporaryFolder
            self.deadlines = deadlines
            self.backOff = backOff
            self.aftercare = aftercare
            self.resetDevice = resetDevice
            self.traces = traces
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
        let reply = try await ask(.list, address, configuration)
        guard case .devices(let found) = reply else { throw BlankettError.outOfTurn }
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
        let reply = try await Self.ask(.describe(wanted), address, configuration)
        guard case .description(let capabilities, let status) = reply else { throw BlankettError.outOfTurn }
        return (capabilities, status)
    }

    public func scan(
        _ job: ScanJob, page: @escaping @Sendable (ScannedPage) async throws -> Void
    ) async throws -> BatchEnd {
        let (log, startedAt) = (ScanWorkerLog(), Date())
        func trace() -> ScanTrace {
            ScanTrace(
                device: device, capabilities: nil, job: job, startedAt: startedAt, exchanges: log.exchanges)
        }
        do {
            let end = try await scanPatiently(job, log, page: page)
            return configuration.traces?.keeping(end, of: job, trace) ?? end
        } catch let error as BlankettError {
            throw configuration.traces?.keeping(error, trace) ?? error
        }
    }

    private func scanPatiently(
        _ job: ScanJob, _ log: ScanWorkerLog, page: @escaping @Sendable (ScannedPage) async throws -> Void
    ) async throws -> BatchEnd {
        var pauses = configuration.backOff[...]
        while true {
            do {
                return try await scanOnce(job, log, page: page)
            } catch let failure as ScanWorkerBatch.Untouched {
                guard let pause = pauses.popFirst() else { throw failure.error }
                try await Task.sleep(for: pause)
            }
        }
    }

    private func scanOnce(
        _ job: ScanJob, _ log: ScanWorkerLog, page: @escaping @Sendable (ScannedPage) async throws -> Void
    ) async throws -> BatchEnd {
        let aftercare = configuration.aftercare
        await aftercare?.prepare()
        let batch = ScanWorkerBatch(
            job: job, wanted: ScanWorkerMessage.Device(name: address.deviceName, options: configuration.options),
            session: try Self.session(address, configuration), log: log)
        do {
            var (end, isPeaceful) = try await batch.run(page: page)
            // Some drivers leave their job behind even when they are not killed, as when its address was lost.
            if !isPeaceful || end.reason != .noMoreSheets || job.source == .platen { await aftercare?.cleanUp() }
            guard end.reason == .noMoreSheets, job.source == .feeder else { return end }
            if let aftercare { return await aftercare.settle(end) }
            // The driver died while it put the device in order: a fresh one is asked what the feeder holds.
            if !isPeaceful, end.feeder == nil {
                let feeder = (try? await describe())?.status.feeder
                end.feeder = feeder == .unknown ? nil : feeder ?? .unknown
            }
            return end
        } catch {
            await aftercare?.cleanUp()
            throw error
        }
    }

    public var isHeldWhileWatched: Bool { configuration.aftercare == nil }

    public func watch(
        every interval: Duration, _ report: @escaping @Sendable (SensorReading) async -> Void
    ) async throws {
        if configuration.aftercare != nil { return try await watchStatus(every: interval, report) }
        try await watchSensors(report)
    }

    /// Has a worker read the sensors; they can only be read while the device is open, and so nobody else's.
    private func watchSensors(_ report: @escaping @Sendable (SensorReading) async -> Void) async throws {
        let session = try Self.session(address, configuration)
        let process = session.process
        let deadlines = configuration.deadlines
        defer { process.kill() }
        try await withTaskCancellationHandler {
            var phase = ScanWorkerPhase.starting
            do {
                guard
                    case .hello(ScanWorkerMessage.version) = try await session.reply(
                        before: .now + .seconds(deadlines.open)
                    ).message
                else { throw BlankettError.outOfTurn }
                let wanted = ScanWorkerMessage.Device(name: address.deviceName, options: configuration.options)
                try? await session.send(.watch(wanted, milliseconds: Self.watchInterval))
                while !Task.isCancelled {
                    let message = try await session.reply(before: .now + phase.deadline(deadlines)).message
                    switch message {
                    case .phase(let next): phase = .worker(next)
                    case .sensors(let reading):
                        guard !reading.isBlind else { throw BlankettError.noSensors }
                        await report(reading)
                    case .error(let report): throw report.error
                    default: throw BlankettError.outOfTurn
                    }
                }
            } catch let error as FrameError {
                let death = await session.death(after: error)
                if Task.isCancelled { return }
                throw ScanWorkerPhase.Lost(phase: phase, pages: 0, death: death).error
            } catch {
                process.send(signal: SIGTERM)
                await session.finish(before: .now + .seconds(deadlines.cancel))
                if Task.isCancelled { return }
                throw error
            }
            await session.finish(before: .now + .seconds(deadlines.cancel))
        } onCancel: {
            process.send(signal: SIGTERM)
            DispatchQueue.global().asyncAfter(deadline: .now() + deadlines.cancel) { process.kill() }
        }
    }

    /// In milliseconds: a person does not notice it, and the device does not either.
    private static let watchInterval = 400

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
        _ request: ScanWorkerMessage.Request, _ address: SaneAddress, _ configuration: Configuration
    ) async throws -> ScanWorkerMessage.Reply {
        let session = try session(address, configuration)
        let process = session.process
        return try await withTaskCancellationHandler {
            let last = ContinuousClock.now + .seconds(configuration.deadlines.open)
            var phase = ScanWorkerPhase.starting
            do {
                guard case .hello(ScanWorkerMessage.version) = try await session.reply(before: last).message else {
                    throw BlankettError.outOfTurn
                }
                try? await session.send(request)
                var reply = try await session.reply(before: last).message
                while case .phase(let next) = reply {
                    phase = .worker(next)
                    reply = try await session.reply(before: last).message
                }
                await session.finish(before: last)
                if case .error(let report) = reply { throw report.error }
                return reply
            } catch let error as BlankettError {
                throw error
            } catch {
                let death = await session.death(after: error)
                try Task.checkCancellation()
                throw ScanWorkerPhase.Lost(phase: phase, pages: 0, death: death).error
            }
        } onCancel: {
            process.kill()
        }
    }
}

extension BlankettError {
    static let outOfTurn = BlankettError(
        "worker-mismatch", exit: .fault, "The scan-worker is of another version than this program.",
        advice: "Install all programs of Blankett from one package.")
}
