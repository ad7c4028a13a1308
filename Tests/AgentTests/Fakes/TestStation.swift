import AgentApp
import Foundation
import HTTPClient
import Reading
import Scanning
import Support
import Testing

/// A station on fakes, which runs as long as `body`.
struct TestStation {
    var journal: any Journal = MemoryJournal()
    var scanner = FakeScanner([])
    var reader = FakeReader()
    var bridge = FakeBridge()
    var settings = StationSettings(name: "test", diskReserve: 1000)
    var rules = FakeForm.rules
    var sides = 1
    var blankPages = ScanProfile.BlankPages.keep
    /// How many seconds of the station pass in one.
    var pace = 1000.0

    /// The fake scanner's.
    var certificate: DeviceCertificate?
    /// What is plugged in and announced, where the station is to look around.
    var surroundings: FakeSurroundings?

    func makeStation() -> Station {
        if let surroundings { return makeStation(surroundings.watch(pace: pace).devicesOrNone) }
        var job = sides == 2 ? ScanJob.twoSided : .oneSided
        job.blankPages = blankPages
        let fitted = job
        var device = StationDevice(
            id: "fake", name: "Fake", scanner: scanner, profiles: { ["form"] },
            fit: { _ in fitted })
        device.certificate = certificate
        return makeStation([device])
    }

    private func makeStation(_ devices: [StationDevice]) -> Station {
        Station(
            settings: settings, journal: journal, devices: devices, reader: reader, rules: rules,
            bridge: BridgeClient(transport: bridge, url: "http://bridge", token: "t"), log: .silent,
            time: StationTime(pace: pace))
    }

    /// Runs the station until `body` returns, then stops it as a power cut would: wherever it is.
    func run<Result: Sendable>(_ body: (Station) async throws -> Result) async throws -> Result {
        let station = makeStation()
        let running = Task {
            async let watch: Void? = surroundings?.watch(pace: pace).run(for: station)
            try await station.run()
            await watch
        }
        defer { running.cancel() }
        let result = try await body(station)
        running.cancel()
        _ = await running.result
        return result
    }
}

extension Station {
    /// Waits until what is seen satisfies `condition`.
    ///
    /// - Returns: What was seen.
    @discardableResult
    func until<Value: Sendable>(
        _ look: (Station) async throws -> Value, _ condition: (Value) -> Bool
    ) async throws -> Value {
        while true {
            let seen = changes.count
            // A journal that fails on cue may refuse to be looked at.
            if let value = try? await look(self), condition(value) { return value }
            try Task.checkCancellation()
            await changes.wait(after: seen, atMost: .milliseconds(200))
        }
    }

    /// Scans and waits until the batch's documents exist or a person is needed.
    func scanToEnd() async throws -> BatchView {
        let batch = try await startScan()
        return try await untilOver(batch.id)
    }

    func untilOver(_ batch: UUIDv7) async throws -> BatchView {
        try await until({ try await $0.view(ofBatch: batch) }) {
            [.assembled, .incomplete, .failed].contains($0.batch.state)
        }
    }

    /// Waits until no record waits for the bridge.
    func untilSent(_ count: Int) async throws {
        try await until({ try await $0.view() }) { $0.documents["sent"] ?? 0 >= count }
    }
}
