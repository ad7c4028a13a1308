import AgentApp
import Foundation
import Scanning
import Support
import Synchronization

/// Devices that are plugged in and pulled out, and answer or do not.
final class FakeSurroundings: Sendable {
    private struct State {
        var sightings: [ScannerSighting] = []
        var scanners: [String: FakeScanner] = [:]
        var plugs = 0
        var watchers: [AsyncStream<[ScannerSighting]>.Continuation] = []
        var looked: @Sendable (String, (any Error)?) -> Void = { _, _ in }
    }

    private let state = Mutex(State())
    private let configured: [AgentConfiguration.ScannerEntry]

    init(_ configured: [AgentConfiguration.ScannerEntry] = []) {
        self.configured = configured
    }

    /// Lets a scanner answer at an address; it need not be announced.
    func install(_ address: String, _ scanner: FakeScanner) {
        state.withLock { $0.scanners[address] = scanner }
    }

    /// Plugs in, or announces, ways to a device; `edition` is new each time.
    func add(_ sightings: [ScannerSighting]) {
        change { state in
            state.plugs += 1
            for var sighting in sightings {
                sighting.edition = "\(state.plugs)"
                state.sightings.append(sighting)
            }
        }
    }

    func remove(_ address: String) {
        change { $0.sightings.removeAll { $0.device.address == address } }
    }

    func watch(pace: Double) -> ScannerWatch {
        ScannerWatch(
            configured: configured, rules: AgentConfiguration.Discovery(),
            profiles: DeviceProfileStore(
                storeFile: URL(filePath: "/nonexistent/profiles.json"), folders: [], trusted: []),
            log: .silent, time: StationTime(pace: pace),
            open: { device in
                let installed = self.state.withLock { $0.scanners[device.address] }
                return FakeWay(device: device, scanner: installed)
            },
            search: { changed, looked in
                self.state.withLock { $0.looked = looked }
                let (states, continuation) = AsyncStream.makeStream(of: [ScannerSighting].self)
                self.state.withLock { state in
                    state.watchers.append(continuation)
                    continuation.yield(state.sightings)
                }
                for await state in states { await changed(state) }
            })
    }

    /// Tells whether scanners can be looked for in a place.
    func look(at place: String, error: (any Error)?) {
        state.withLock { $0.looked }(place, error)
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            for watcher in state.watchers { watcher.yield(state.sightings) }
        }
    }
}

extension ScannerWatch {
    var devicesOrNone: [StationDevice] { (try? devices()) ?? [] }
}

/// One way to a fake scanner; without a scanner behind it nothing answers.
private struct FakeWay: Scanning.Scanner {
    var device: DeviceDescription
    var scanner: FakeScanner?

    private var answering: FakeScanner {
        get throws {
            guard let scanner else {
                throw BlankettError("scanner-unreachable", exit: .device, "Nothing answers.", isTransient: true)
            }
            return scanner
        }
    }

    func capabilities() async throws -> ScannerCapabilities { try await answering.capabilities() }

    func status() async throws -> ScannerStatus { try await answering.status() }

    func scan(_ job: ScanJob, page: @escaping @Sendable (ScannedPage) async throws -> Void) async throws -> BatchEnd {
        try await answering.scan(job, page: page)
    }
}
