import Foundation
import HTTP
import Scanning
import Support

/// Gets a job accepted: looks at the device, clears own leftovers away, and tries again while it is busy.
///
/// No sheet has moved before a job is accepted, so that trying again does no harm.
struct ESCLJobStart {
    let service: ESCLService
    let pause: ESCLScanner.Pause

    static let waits: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8)]

    /// - Parameters:
    ///   - job: What to do.
    ///   - capabilities: What the device announced.
    ///   - ownJobs: Jobs begun earlier and never seen to end.
    ///   - accepted: Told at once when the device has taken the job.
    /// - Returns: The job's path.
    /// - Throws: ``BlankettError`` with exit `.device`.
    func start(
        _ job: ScanJob, capabilities: ESCLCapabilities, ownJobs: Set<String>, accepted: (String) -> Void
    ) async throws -> String {
        var ownIDs = Set(ownJobs.map(ESCLStatus.jobID))
        let settings = ScanSettings.document(for: job, device: capabilities)
        var refusal: (any Error)?
        for attempt in 0...Self.waits.count {
            if attempt > 0 { try await pause(Self.waits[attempt - 1]) }
            let before: ESCLStatus
            do {
                before = try await service.status()
            } catch {
                let error = ESCLRefusal.error(for: error, when: "asked for its status")
                guard error.isTransient else { throw error }
                refusal = error
                continue
            }
            try await clear(before.jobs.filter { $0.isOpen && ownIDs.contains($0.id) })
            if let error = obstacle(before.status, job) { throw error }

            do {
                let response = try await service.startJob(settings)
                switch response.status {
                case 201:
                    if let path = response.headers["Location"].flatMap(service.address.jobPath) {
                        accepted(path)
                        return path
                    }
                    try await clearNewJobs(since: before)
                    throw refused("accepted the job without saying where it is")
                case 503:
                    refusal = ESCLRefusal.error(
                        for: UnexpectedStatus(status: 503, resource: "ScanJobs"), when: "given the job")
                case 409:
                    // Not possible now: the feeder is empty, jammed or open. What the status says is the reason.
                    let now = try? await service.status()
                    throw now.flatMap { job.source == .feeder ? $0.status.feeder.obstacle : nil }
                        ?? refused("cannot do this job now (409)")
                default: throw refused("refused the job (\(response.status))")
                }
            } catch let error as TransportError {
                // The job may have been accepted although the answer was lost.
                ownIDs.formUnion(try await clearNewJobs(since: before))
                throw ESCLRefusal.error(for: error, when: "given the job")
            }
        }
        throw refusal ?? refused("did not take the job")
    }

    private func obstacle(_ status: ScannerStatus, _ job: ScanJob) -> BlankettError? {
        // Before a job the sensor can be believed; while one runs it goes empty early.
        if job.source == .feeder, let error = status.feeder.obstacle { return error }
        guard status.state == .down || status.state == .stopped else { return nil }
        return BlankettError(
            "scanner-stopped", exit: .device, "The scanner has stopped.",
            advice: "Look at its display; switch it off and on if it shows nothing.")
    }

    private func clear(_ jobs: [ESCLStatus.Job]) async throws {
        for job in jobs {
            if let path = service.address.jobPath(location: job.uri) { await service.delete(path) }
        }
    }

    /// Deletes jobs that were not there before; nobody else has been using the device that we lease.
    @discardableResult
    private func clearNewJobs(since before: ESCLStatus) async throws -> Set<String> {
        guard let now = try? await service.status() else { return [] }
        let new = now.jobs.filter { job in job.isOpen && before.job(job.uri) == nil }
        try await clear(new)
        return Set(new.map(\.id))
    }

    private func refused(_ what: String) -> BlankettError {
        BlankettError(
            "scanner-refused", exit: .device, "The scanner \(what).",
            advice: "Try again; if it goes on, check the profile against this device.")
    }
}
