import Support
import Synchronization

/// Scans a sheet with a scan profile, and holds what comes against what was asked.
public struct DeviceTrial: Sendable {
    /// What a person is told while it goes on.
    public enum Step: Sendable, Hashable {
        case fromGlass, needsPaper, scanning
    }

    private let scanner: any Scanner
    private let capabilities: ScannerCapabilities
    private let device: DeviceProfile
    private let wait: Int
    private let tell: @Sendable (_ profile: String, Step) -> Void
    private let keep: @Sendable (_ page: ScannedPage, _ profile: String) throws -> Void

    /// - Parameters:
    ///   - scanner: The device.
    ///   - capabilities: What it announces.
    ///   - device: Its profile.
    ///   - wait: For paper, in seconds.
    ///   - tell: Is told how far it has come.
    ///   - keep: Gets each page.
    public init(
        scanner: any Scanner, capabilities: ScannerCapabilities, device: DeviceProfile, wait: Int,
        tell: @escaping @Sendable (_ profile: String, Step) -> Void = { _, _ in },
        keep: @escaping @Sendable (_ page: ScannedPage, _ profile: String) throws -> Void = { _, _ in }
    ) {
        self.scanner = scanner
        self.capabilities = capabilities
        self.device = device
        self.wait = wait
        self.tell = tell
        self.keep = keep
    }

    /// Tries one scan profile.
    ///
    /// - Parameters:
    ///   - name: The profile's.
    ///   - profile: What it asks for.
    /// - Returns: What came; what the device refuses is a result too.
    /// - Throws: What `keep` throws, and cancellation.
    public func scan(_ name: String, _ profile: ScanProfile) async throws -> ConformanceReport.Scan {
        var result = ConformanceReport.Scan(profile: name, outcome: .passed, asked: profile)
        let job: ScanJob
        do throws(BlankettError) {
            job = try ScanJob(fitting: profile, to: capabilities, device: device)
        } catch {
            note(error, as: .refused, in: &result)
            return result
        }
        result.adjustments = job.adjustments
        guard try await hasPaper(for: profile, name) else {
            result.outcome = .skipped
            result.code = "feeder-empty"
            return result
        }
        tell(name, .scanning)
        let pages = Mutex<[Conformance.Page]>([])
        let start = ContinuousClock.now
        do {
            let end = try await scanner.scan(job) { page in
                let seconds = start.duration(to: .now) / .seconds(1)
                if let facts = Conformance.Page(page, seconds: seconds) { pages.withLock { $0.append(facts) } }
                try keep(page, name)
            }
            result.seconds = (start.duration(to: .now) / .seconds(1) * 100).rounded() / 100
            result.pages = pages.withLock { $0 }
            result.end = end
            result.differences = Conformance(of: job, pages: result.pages, end: end).differences
            result.outcome = result.differences.isEmpty ? .passed : result.pages.isEmpty ? .failed : .differs
        } catch let error as BlankettError {
            note(error, as: .failed, in: &result)
        }
        return result
    }

    private func note(
        _ error: BlankettError, as outcome: ConformanceReport.Scan.Outcome, in result: inout ConformanceReport.Scan
    ) {
        result.outcome = outcome
        result.code = error.code
        // The report leaves the house: where the device is does not.
        result.reason = [error.message, error.advice].compactMap(\.self).joined(separator: " ")
            .replacing(scanner.device.address, with: "its address")
    }

    /// Waits for a sheet in the feeder; a glass cannot be looked at.
    private func hasPaper(for profile: ScanProfile, _ name: String) async throws -> Bool {
        guard profile.source == .feeder else {
            tell(name, .fromGlass)
            return true
        }
        var isAsked = false
        for _ in 0...(wait * 2) {
            let feeder = (try? await scanner.status())?.feeder
            if feeder != .empty { return true }
            if !isAsked { tell(name, .needsPaper) }
            isAsked = true
            if wait > 0 { try await Task.sleep(for: .milliseconds(500)) }
        }
        return false
    }
}
