import Foundation
public import HTTP
public import Scanning
public import Support
import Synchronization

/// A scanner that speaks eSCL, over whatever brings its HTTP.
///
/// Success is counted, never believed: a batch ends well only when every image was checked whole and the device's own
/// count, job and feeder say the same. Calls may come from any task; one batch at a time is the caller's care.
public final class ESCLScanner: Scanning.Scanner {
    /// Waits between attempts; tests shorten it.
    public typealias Pause = @Sendable (Duration) async throws -> Void

    public let device: DeviceDescription

    private let service: ESCLService
    private let pause: Pause
    private let traces: TraceFolder?
    private let announced = Mutex<ESCLCapabilities?>(nil)
    private let jobs: OpenJobs
    /// Jobs of an earlier process, or of a batch whose device was lost, that may still run.
    private let orphans: Mutex<Set<String>>

    /// - Parameters:
    ///   - device: Its address is the eSCL root, such as `http://127.0.0.1:8095/eSCL`.
    ///   - transport: Brings the requests there.
    ///   - deadlines: For asking the device; a job brings its own.
    ///   - openJobs: Those of an earlier process that ended without clearing up, and where ours are noted.
    ///   - traces: Where a failed scan leaves what was said; `nil` keeps nothing.
    ///   - pause: Waits between attempts.
    /// - Throws: ``BlankettError`` when the address is none.
    public init(
        device: DeviceDescription, transport: any HTTPTransport, deadlines: DeviceProfile.Deadlines = .standard,
        openJobs: OpenJobs = OpenJobs(), traces: TraceFolder? = nil,
        pause: @escaping Pause = { try await Task.sleep(for: $0) }
    ) throws(BlankettError) {
        let address = try ESCLAddress(checking: device.address)
        self.device = device
        self.traces = traces
        self.pause = pause
        jobs = openJobs
        orphans = Mutex(openJobs.all)
        service = ESCLService(transport: transport, address: address, deadlines: deadlines)
    }

    /// Jobs that this scanner began and that may still run on the device.
    public var openJobs: Set<String> { jobs.all }

    public func capabilities() async throws -> ScannerCapabilities {
        let found = try await told("asked what it can do") { try await service.capabilities() }
        announced.withLock { $0 = found }
        return found.capabilities
    }

    /// How the device is, once the jobs are gone that an earlier process left on it: else it would be busy for ever.
    public func status() async throws -> ScannerStatus {
        await clearOrphans()
        return try await told("asked for its status") { try await service.status() }.status
    }

    public func scan(
        _ job: ScanJob, page: @escaping @Sendable (ScannedPage) async throws -> Void
    ) async throws -> BatchEnd {
        if announced.withLock({ $0 == nil }) { _ = try await capabilities() }
        guard let capabilities = announced.withLock({ $0 }) else {
            throw BlankettError("internal", exit: .fault, "The scanner's capabilities were lost.")
        }
        let startedAt = Date()
        let transport = TracingTransport(service.transport, allowsPages: traces?.allowsPages ?? false)
        func trace() -> ScanTrace {
            let (exchanges, leftOut) = transport.exchanges
            var trace = ScanTrace(
                device: device, capabilities: String(decoding: capabilities.document, as: UTF8.self), job: job,
                startedAt: startedAt, exchanges: exchanges)
            trace.leftOut = leftOut
            return trace
        }
        do {
            let end = try await scan(job, capabilities, transport, page: page)
            return traces?.keeping(end, of: job, trace) ?? end
        } catch let error as BlankettError {
            throw traces?.keeping(error, trace) ?? error
        }
    }

    private func scan(
        _ job: ScanJob, _ capabilities: ESCLCapabilities, _ transport: TracingTransport,
        page: @escaping @Sendable (ScannedPage) async throws -> Void
    ) async throws -> BatchEnd {
        var service = service
        service.transport = transport
        service.deadlines = job.deadlines
        if job.quirk(.hostLocalhost) != nil { service.host = "localhost" }
        let start = ESCLJobStart(service: service, pause: pause)
        let path = try await start.start(job, capabilities: capabilities, ownJobs: openJobs) {
            jobs.insert($0)
        }
        let batch = ESCLBatch(job: job, path: path, service: service, transport: transport, pause: pause)
        let (end, isCleared) = await batch.run(page: page)
        for other in jobs.all where other != path { jobs.remove(other) }
        if isCleared { jobs.remove(path) } else { orphans.withLock { _ = $0.insert(path) } }
        // Accepted, and only then found empty: no sheet has moved.
        if job.source == .feeder, end.reason == .noMoreSheets, end.pages == 0, (end.imagesCompleted ?? 0) == 0,
            end.feeder == .empty, let error = ScannerStatus.Feeder.empty.obstacle
        {
            throw error
        }
        return end
    }

    private func clearOrphans() async {
        let left = orphans.withLock { orphans in
            defer { orphans = [] }
            return orphans
        }
        for path in left {
            if await service.delete(path) {
                jobs.remove(path)
            } else {
                orphans.withLock { _ = $0.insert(path) }
            }
        }
    }

    private func told<Value>(_ what: String, _ ask: () async throws -> Value) async throws(BlankettError) -> Value {
        do {
            return try await ask()
        } catch {
            throw ESCLRefusal.error(for: error, when: what)
        }
    }
}
