import Foundation
public import Support

extension TraceFolder {
    /// Codes of errors that leave no trace: nothing is wrong with the device.
    private static let everyday: Set = ["feeder-empty", "door-open", "cancelled"]

    /// Keeps what was said in a scan after which sheets are in doubt.
    ///
    /// - Parameters:
    ///   - end: How the scan ended.
    ///   - job: What was asked for.
    ///   - trace: Made only where it is kept.
    /// - Returns: The end, with its trace where it has one.
    public func keeping(_ end: BatchEnd, of job: ScanJob, _ trace: () -> ScanTrace) -> BatchEnd {
        guard end.verdict(for: job) != .complete, end.reason != .cancelled else { return end }
        var kept = trace()
        kept.end = end
        var end = end
        end.trace = write(kept)?.path()
        return end
    }

    /// Keeps what was said in a scan that a device did not take.
    ///
    /// - Parameters:
    ///   - error: Why not.
    ///   - trace: Made only where it is kept.
    /// - Returns: The error, with its trace where it has one.
    public func keeping(_ error: BlankettError, _ trace: () -> ScanTrace) -> BlankettError {
        guard !Self.everyday.contains(error.code) else { return error }
        var kept = trace()
        kept.error = ErrorReport(error)
        var error = error
        error.trace = write(kept)?.path()
        return error
    }
}
