import Foundation
public import Scanning
public import Support

/// The scanners that announce themselves on the network, as the Avahi daemon of this machine hears them.
public struct NetworkScanners: Sendable {
    public init() {}

    /// Listens until the task is cancelled; where no daemon runs it waits for one.
    ///
    /// - Parameter changed: Called with all of them, the first time when Avahi has told what it knew already, then after
    ///   each change; the latest state when changes come faster than they are taken.
    /// - Throws: ``BlankettError`` `no-avahi` where there is not even a system bus on which it could appear.
    public func run(_ changed: @Sendable ([ScannerSighting]) async -> Void) async throws(BlankettError) {
        let (states, continuation) = AsyncStream.makeStream(
            of: [ScannerSighting].self, bufferingPolicy: .bufferingNewest(1))
        let session = try AvahiSession { announcements in
            let sightings = announcements.compactMap(\.sighting)
            continuation.yield(sightings.sorted { $0.device.address < $1.device.address })
        }
        session.start()
        defer { session.stop() }
        var last: [ScannerSighting]?
        for await state in states where state != last {
            last = state
            await changed(state)
        }
    }
}
