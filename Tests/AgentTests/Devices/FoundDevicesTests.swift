import AgentApp
import Scanning
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Scanners that come and go` {
    private static let address = "usb://1209:0001:X1/eSCL"
    private static let sighting = ScannerSighting(.usb, DeviceDescription(address: address, name: "Acme"))
    private static let capabilities = ScannerCapabilities(
        makeAndModel: "Acme 4000",
        sources: [
            SourceCapabilities(
                source: .feeder, sides: 1, modes: [.gray], formats: ["image/png"], resolutions: [300],
                minimumWidth: 10, maximumWidth: 216, minimumHeight: 10, maximumHeight: 356)
        ])

    /// A device that answers wherever it is plugged in.
    private static func surroundings(
        _ configured: [AgentConfiguration.ScannerEntry] = []
    ) -> (FakeSurroundings, FakeScanner) {
        let surroundings = FakeSurroundings(configured)
        let scanner = FakeScanner([], announced: capabilities)
        surroundings.install(address, scanner)
        return (surroundings, scanner)
    }

    @Test func `appear with their profiles, and disappear`() async throws {
        let (surroundings, _) = Self.surroundings()
        try await TestStation(surroundings: surroundings).run { station in
            #expect(try await station.view().devices.isEmpty)
            surroundings.add([Self.sighting])
            let view = try await station.until({ try await $0.view() }) { $0.devices.first?.state == .ready }
            #expect(view.devices.map(\.id) == ["usb:1209:0001:X1"])
            #expect(view.devices.map(\.name) == ["Acme 4000"])
            #expect(view.devices.map(\.profiles) == [["form-a4"]])
            #expect(view.devices.map(\.origin) == [.usb])
            surroundings.remove(Self.address)
            try await station.until({ try await $0.view() }) { $0.devices.isEmpty }
            let error = await #expect(throws: BlankettError.self) {
                try await station.startScan(device: "usb:1209:0001:X1")
            }
            #expect(error?.code == "unknown-device")
        }
    }

    @Test func `are not looked for everywhere, which is told for as long as it is so`() async throws {
        let (surroundings, _) = Self.surroundings()
        try await TestStation(surroundings: surroundings).run { station in
            surroundings.add([Self.sighting])
            try await station.until({ try await $0.view() }) { $0.devices.first?.state == .ready }
            #expect(try await station.view().notSearched == nil)
            surroundings.look(at: "network", error: BlankettError("no-avahi", exit: .device, "No."))
            let view = try await station.until({ try await $0.view() }) { $0.notSearched != nil }
            #expect(view.notSearched == ["network": "no-avahi"])
            #expect(view.health == .done, "what is there goes on")
            surroundings.look(at: "network", error: nil)
            try await station.until({ try await $0.view() }) { $0.notSearched == nil }
        }
    }

    @Test func `leave an incomplete stack when they are pulled out, which goes on when they are back`() async throws {
        let (surroundings, scanner) = Self.surroundings()
        surroundings.add([Self.sighting])
        scanner.load(["sure A", "sure B", "sure C"], .hang(after: 1))
        try await TestStation(surroundings: surroundings).run { station in
            try await station.until({ try await $0.view() }) { $0.devices.first?.state == .ready }
            let batch = try await station.startScan()
            try await station.until({ try await $0.view(ofBatch: batch.id) }) { $0.batch.pages == 1 }
            surroundings.remove(Self.address)
            let view = try await station.untilOver(batch.id)
            #expect(view.batch.state == .incomplete)
            #expect(view.batch.reason == "connection-lost")
            #expect(view.batch.fromSheet == 2)
            let error = await #expect(throws: BlankettError.self) { try await station.continueScan(of: batch.id) }
            #expect(error?.code == "scanner-unreachable")

            scanner.load(["sure B", "sure C"])
            surroundings.add([Self.sighting])
            try await station.until({ try await $0.view() }) { $0.devices.first?.state == .ready }
            _ = try await station.continueScan(of: batch.id)
            let whole = try await station.untilOver(batch.id)
            #expect(whole.batch.state == .assembled)
            #expect(whole.batch.pages == 3)
        }
    }

    @Test func `are one where a configured device is found, and that one is meant where none is named`() async throws {
        let (surroundings, scanner) = Self.surroundings([.init(name: "Kopiator", address: "usb://1209:0001")])
        surroundings.install("usb://1209:0001", scanner)
        surroundings.install("usb://1209:0002:Y/eSCL", FakeScanner([], announced: Self.capabilities))
        scanner.load(["sure A"])
        try await TestStation(surroundings: surroundings).run { station in
            surroundings.add([
                Self.sighting,
                ScannerSighting(.usb, DeviceDescription(address: "usb://1209:0002:Y/eSCL", name: "Other")),
            ])
            let view = try await station.until({ try await $0.view() }) { view in
                view.devices.count == 2 && view.devices.allSatisfy { $0.state == .ready }
            }
            #expect(view.devices.map(\.id) == ["Kopiator", "usb:1209:0002:Y"])
            let batch = try await station.startScan()
            #expect(batch.device == "Kopiator")
            _ = try await station.untilOver(batch.id)
        }
    }

    @Test func `that are configured are seen to be away at once when they are pulled out`() async throws {
        let (surroundings, scanner) = Self.surroundings([.init(name: "Kopiator", address: Self.address)])
        surroundings.add([Self.sighting])
        // So slow that only what is told makes the station look.
        try await TestStation(pace: 1, surroundings: surroundings).run { station in
            try await station.until({ try await $0.view() }) { $0.devices.first?.state == .ready }
            scanner.pullOut()
            surroundings.remove(Self.address)
            let view = try await station.until({ try await $0.view() }) { $0.devices.first?.state == .unreachable }
            #expect(view.devices.map(\.code) == ["scanner-unreachable"])
        }
    }
}
