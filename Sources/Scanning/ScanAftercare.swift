/// Another way to a device than the driver that scans with it, for what the driver cannot do.
///
/// A driver that is killed leaves its job running in the device, and some take a jam for the end of the stack: eSCL can
/// see both.
public protocol ScanAftercare: Sendable {
    /// Called before a batch: what runs on the device now is not the batch's.
    func prepare() async

    /// Called after a batch that did not end as it should: ends what it left running.
    func cleanUp() async

    func status() async throws -> ScannerStatus

    /// Adds to a batch's end what the device itself counted.
    func settle(_ end: BatchEnd) async -> BatchEnd
}
