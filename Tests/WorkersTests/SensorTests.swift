import AgentApp
import ESCLScanning
import Forms
import Foundation
import HTTPClient
import ImageCodecs
import Imaging
import Reading
import Scanning
import Sealing
import Support
import TestSupport
import Testing
import Workers

/// Nobody reads here: what is scanned stays where it can be seen.
private struct NoReader: PageReader {
    func read(_ bytes: [UInt8], source: String, options: ReadOptions) async throws -> [ReadPage] {
        throw BlankettError("worker-died", exit: .fault, "Nobody reads here.", isTransient: true)
    }
}

/// A running station with one real scanner behind it.
private func withStation(
    _ scanner: any Scanning.Scanner, trigger: ScanProfile.Trigger, _ body: (Station) async throws -> Void
) async throws {
    let profile = ScanProfile(source: .feeder, mode: .color, resolution: 300, trigger: trigger)
    let known = DeviceProfile(
        name: "any", version: 1, match: .init(), connection: ["sane"], profiles: ["form": profile])
    let device = StationDevice(
        id: "scanner", name: "Scanner", scanner: scanner, profiles: { ["form"] },
        fit: { _ in
            ScanJob(
                source: .feeder, sides: 1, mode: .color, resolution: 300, format: "image/png",
                region: MillimetreRect(x: 0, y: 0, width: 100, height: 100))
        }, known: { known })
    let folder = TemporaryDirectory.url.appending(path: "journal")
    let station = Station(
        settings: StationSettings(name: "test", diskReserve: 1000),
        journal: try SQLiteJournal(folder, sealer: SealingKey()), devices: [device], reader: NoReader(),
        rules: DocumentRules(
            templates: [:], assemble: { _ in [] },
            normalize: { text, _, _ in .init(value: .string(text), verdict: .valid) },
            reconsider: { reading, _ in reading }), bridge: nil, log: .silent)
    let running = Task { try await station.run() }
    defer { running.cancel() }
    try await body(station)
    running.cancel()
    _ = await running.result
}

extension Station {
    fileprivate func until(_ condition: (StationView) -> Bool) async throws -> StationView {
        for _ in 0..<1200 {
            let seen = changes.count
            let view = try await view()
            if condition(view) { return view }
            await changes.wait(after: seen, atMost: .milliseconds(100))
        }
        throw BlankettError("waited-in-vain", exit: .fault, "\(try await view())")
    }
}

@Suite(.temporaryDirectory) struct `The sensors of a scanner behind SANE` {
    @Test func `are told while they change, and the device is free again afterwards`() async throws {
        let device = try FaultyScanner()
        let (readings, source) = AsyncStream.makeStream(of: SensorReading.self)
        let watch = Task {
            defer { source.finish() }
            try await device.scanner.watch(every: .seconds(1)) { source.yield($0) }
        }
        var seen: [SensorReading] = []
        for await reading in readings where reading != seen.last {
            seen.append(reading)
            switch seen.count {
            case 1: try device.feed(noise(), number: 1)
            case 2: try device.put("", in: "scan")
            case 4: try device.put("", in: "cover-open")
            case 5: watch.cancel()
            default: break
            }
        }
        try await watch.value
        #expect(
            seen == [
                SensorReading(paper: false, button: false, coverOpen: false),
                SensorReading(paper: true, button: false, coverOpen: false),
                SensorReading(paper: true, button: true, coverOpen: false),
                SensorReading(paper: true, button: false, coverOpen: false),
                SensorReading(paper: true, button: false, coverOpen: true),
            ])
        #expect(device.processesLeft.isEmpty)
        #expect(device.calls.suffix(2) == ["close", "exit"])
        #expect(try await device.scanner.status().feeder == .doorOpen)
    }

    @Test func `are none where it has none`() async throws {
        let device = try FaultyScanner(traits: "sensors none")
        let error = await #expect(throws: BlankettError.self) {
            try await device.scanner.watch(every: .seconds(1)) { _ in }
        }
        #expect(error?.code == "no-sensors")
        #expect(device.processesLeft.isEmpty)
    }

    @Test(arguments: [
        ("control_option:page-loaded crash", "worker-crashed", "reading the sensors: signal 11"),
        ("control_option:scan status 9", "scanner-unreachable", ""), ("open status 3", "scanner-busy", ""),
    ])
    func `are given up when the driver goes wrong`(fault: String, code: String, words: String) async throws {
        let device = try FaultyScanner()
        try device.fail(fault)
        let error = await #expect(throws: BlankettError.self) {
            try await device.scanner.watch(every: .seconds(1)) { _ in }
        }
        #expect(error?.code == code)
        #expect(words.isEmpty || error?.message.contains(words) == true)
        #expect(device.processesLeft.isEmpty)
    }
}

@Suite(.temporaryDirectory) struct `At a station` {
    @Test func `paper and the scanner's button wake the kiosk and begin nothing`() async throws {
        let device = try FaultyScanner()
        try await withStation(device.scanner, trigger: .button) { station in
            _ = try await station.until { $0.devices.first?.feeder == "empty" }
            // Long enough for the feeder to count as empty.
            try await Task.sleep(for: .milliseconds(2500))
            try device.feed(noise(), number: 1)
            let woken = try await station.until { $0.signal != nil }
            #expect(woken.signal?.cause == .paper)
            #expect(woken.devices.first?.feeder == "loaded")
            try device.put("", in: "scan")
            let pressed = try await station.until { $0.signal?.number == 2 }
            #expect(pressed.signal?.cause == .button)
            #expect(pressed.batches.isEmpty)
            #expect(try device.sidesLeft == 1)
            // A person begins: the sensors are given up for it.
            _ = try await station.startScan()
            _ = try await station.until { $0.batches.first?.pages == 1 && $0.devices.first?.state != .scanning }
        }
        #expect(device.processesLeft.isEmpty)
    }

    @Test func `paper begins one scan for each stack where the profile says so`() async throws {
        let device = try FaultyScanner()
        try await withStation(device.scanner, trigger: .paper) { station in
            _ = try await station.until { $0.devices.first?.feeder == "empty" }
            try await Task.sleep(for: .milliseconds(2500))
            for stack in 1...2 {
                for number in 1...2 { try device.feed(noise(), number: number) }
                _ = try await station.until { $0.batches.count == stack && $0.batches[0].pages == 2 }
                _ = try await station.until { $0.devices.first?.state == .ready }
            }
            // The cover is opened and a sheet stays in: incomplete, and more paper is for a person to judge.
            try device.fail("start#2 status 8")
            for number in 1...2 { try device.feed(noise(), number: number) }
            _ = try await station.until { $0.batches.contains { $0.state == .incomplete } }
            try device.fail()
            try device.remove("feeder/p2.pnm")
            try await Task.sleep(for: .milliseconds(4000))
            let before = try await station.view().signal?.number ?? 0
            try device.feed(noise(), number: 1)
            let woken = try await station.until { ($0.signal?.number ?? 0) > before }
            #expect(woken.signal?.problem == "not-now")
            #expect(woken.batches.count == 3)
            #expect(try device.sidesLeft == 1)
        }
        #expect(device.calls.filter { $0 == "start" }.count == 3 + 3 + 2)
    }

    @Test func `paper begins one scan over eSCL too`() async throws {
        let program = try await VirtualMFPProgram(feeder: [])
        let transport = CurlTransport()
        let scanner = try ESCLScanner(
            device: DeviceDescription(id: "mfp", name: "MFP", connection: .escl, address: program.address),
            transport: transport)
        let sheet = TemporaryDirectory.url.appending(path: "sheet.png")
        try Data(ImageCodec.encodePNG(noise())).write(to: sheet)
        try await withStation(scanner, trigger: .paper) { station in
            _ = try await station.until { $0.devices.first?.feeder == "empty" }
            try await Task.sleep(for: .milliseconds(3000))
            try await program.load([sheet.path(), sheet.path()])
            _ = try await station.until { $0.batches.first?.pages == 2 }
            let ended = try await station.until { $0.devices.first?.state == .ready }
            #expect(ended.batches.count == 1)
        }
    }
}
