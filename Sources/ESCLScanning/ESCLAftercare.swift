public import HTTP
public import Scanning
public import Support
import Synchronization

/// Looks after a device over eSCL while another driver scans with it, such as sane-airscan.
public final class ESCLAftercare: ScanAftercare {
    private let service: ESCLService
    private let pause: ESCLScanner.Pause
    /// Ids of jobs that were there before the batch; `nil` when the device did not say.
    private let foreign = Mutex<Set<String>?>(nil)
    private let unfinished: UnfinishedBatch?

    /// - Parameters:
    ///   - address: The eSCL root, such as `http://192.0.2.7/eSCL`.
    ///   - transport: Brings the requests there.
    ///   - unfinished: Where a batch is noted for the next process, should this one be killed.
    ///   - deadlines: For each request, and for how long the device may take to come to rest.
    ///   - pause: Waits between looks.
    /// - Throws: ``BlankettError`` when the address is none.
    public init(
        address: String, transport: any HTTPTransport, unfinished: UnfinishedBatch? = nil,
        deadlines: DeviceProfile.Deadlines = .standard,
        pause: @escaping ESCLScanner.Pause = { try await Task.sleep(for: $0) }
    ) throws(BlankettError) {
        service = ESCLService(transport: transport, address: try ESCLAddress(checking: address), deadlines: deadlines)
        self.pause = pause
        self.unfinished = unfinished
    }

    public func prepare() async {
        await clearWhatWasLeft()
        var jobs = try? await service.status().jobs
        // Without an answer nothing could be cleared up afterwards.
        if jobs == nil { jobs = try? await service.status().jobs }
        let known = jobs.map { Set($0.map(\.id)) }
        foreign.withLock { $0 = known }
        if let known { unfinished?.begin(foreign: known) }
    }

    /// Ends what an earlier process left running in the device when it was killed.
    private func clearWhatWasLeft() async {
        guard let known = unfinished?.foreignOfLeft, let now = try? await service.status() else { return }
        for job in now.jobs where job.isOpen && !known.contains(job.id) {
            if let path = service.address.jobPath(location: job.uri) { await service.delete(path) }
        }
        unfinished?.forgetLeft()
    }

    public func cleanUp() async {
        // Clearing up goes on when the task was cancelled: an orphaned job would keep the device busy.
        await Task {
            for await now in looks() {
                let left = own(now.jobs).filter(\.isOpen)
                if left.isEmpty {
                    unfinished?.end()
                    return
                }
                for job in left {
                    if let path = service.address.jobPath(location: job.uri) { await service.delete(path) }
                }
            }
        }.value
    }

    public func status() async throws -> ScannerStatus {
        await clearWhatWasLeft()
        do {
            return try await service.status().status
        } catch {
            throw ESCLRefusal.error(for: error, when: "asked for its status")
        }
    }

    public func settle(_ end: BatchEnd) async -> BatchEnd {
        var end = end
        var hasAnswer = false
        for await now in looks() {
            hasAnswer = true
            end.feeder = now.status.feeder
            if let job = own(now.jobs).max(by: { ($0.imagesCompleted ?? 0) < ($1.imagesCompleted ?? 0) }) {
                end.imagesCompleted = job.imagesCompleted
                // The driver deletes its job in any case. One that was not completed by then had more to give: a sensor
                // says "empty" while the last sheet is still inside, and airscan believes an early "no more".
                if job.state != .unknown { end.jobCompleted = job.state == .completed }
            }
            if end.feeder != .processing {
                unfinished?.end()
                break
            }
        }
        if !hasAnswer {
            // Nothing confirms the count: never a success.
            end.jobCompleted = false
            end.detail = end.detail ?? "the device did not answer when asked for its count"
        }
        return end
    }

    /// Jobs that came after ``prepare()``; none where it is not known what was there before.
    private func own(_ jobs: [ESCLStatus.Job]) -> [ESCLStatus.Job] {
        foreign.withLock { foreign in
            guard let foreign else { return [] }
            return jobs.filter { !foreign.contains($0.id) }
        }
    }

    /// The device's status again and again, as long as it answers and has time to come to rest.
    private func looks() -> AsyncStream<ESCLStatus> {
        let waited = Mutex(Duration.zero)
        let limit = Duration.milliseconds(Int(service.deadlines.cancel * 1000))
        return AsyncStream { [service, pause] in
            if waited.withLock({ $0 }) > .zero { try? await pause(ESCLBatch.poll) }
            guard
                waited.withLock({ waited in
                    defer { waited += ESCLBatch.poll }
                    return waited <= limit
                })
            else { return nil }
            return try? await service.status()
        }
    }
}
