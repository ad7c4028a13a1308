public import Scanning

/// What a technician looks after beside the devices themselves.
public struct DeviceFiles: Sendable {
    let profiles: DeviceProfileStore
    let traces: TraceFolder

    /// - Parameters:
    ///   - profiles: Those in force.
    ///   - traces: What failed scans have left.
    public init(profiles: DeviceProfileStore, traces: TraceFolder) {
        self.profiles = profiles
        self.traces = traces
    }
}
