import Foundation
public import Scanning
import Support

extension Station {
    /// Scans a sheet with one of a device's scan profiles, and holds what comes against what was asked; no page is kept.
    ///
    /// - Parameters:
    ///   - name: The device's id.
    ///   - profile: One that its device profile names.
    /// - Returns: A report of this one scan.
    /// - Throws: ``BlankettError``: `unknown-device`, `scanner-busy`, `no-profile`, or what the device says when asked.
    public func verify(device name: String, profile: String) async throws -> ConformanceReport {
        let device = try device(named: name)
        guard runningScans[device.id] == nil else {
            throw BlankettError(
                "scanner-busy", exit: .device, "\(device.name) is scanning already.",
                advice: "Wait until the stack is through.", isTransient: true)
        }
        runningScans[device.id] = RunningScan(device: device.edition)
        changes.ring()
        defer {
            runningScans[device.id] = nil
            changes.ring()
        }
        await stopWatching(device)
        let capabilities = try await device.scanner.capabilities()
        guard let known = try await device.known(), let asked = known.profiles[profile] else {
            throw BlankettError(
                "no-profile", exit: .badInput, "There is no such profile for this scanner.",
                advice: "Load a profile file that has one.")
        }
        let trial = DeviceTrial(scanner: device.scanner, capabilities: capabilities, device: known, wait: 0)
        var report = ConformanceReport(
            blankett: settings.version, date: now().formatted(.iso8601), model: capabilities.makeAndModel,
            connection: device.scanner.device.connection, device: known, announced: capabilities)
        let scan = try await trial.scan(profile, asked)
        report.scans = [scan]
        try await note("device-verified", of: device.id, outcome: scan.outcome.rawValue)
        return report
    }

    /// The latest batch of each device.
    public func lastBatches() async throws -> [String: Batch] {
        let batches = try await journal.transaction { rows in
            try rows.batches(in: Set(Batch.State.allCases), limit: 200)
        }
        return Dictionary(batches.map { ($0.device, $0) }) { newest, _ in newest }
    }
}
