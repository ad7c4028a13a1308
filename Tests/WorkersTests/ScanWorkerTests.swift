import Foundation
import ImageCodecs
import Imaging
import Scanning
import Support
import Synchronization
import TestSupport
import Testing
import Workers

/// Small enough that a test ends soon, long enough for a loaded machine to start a process.
private let short = DeviceProfile.Deadlines(open: 20, start: 2, idle: 2, cancel: 2)

@Suite(.needsSharedData, .temporaryDirectory) struct `A scanner behind SANE` {
    @Test func `gives every page of the feeder, pixel for pixel`() async throws {
        let device = try VirtualScanner()
        let sheets = (1...3).map { _ in noise() }
        for (index, sheet) in sheets.enumerated() { try device.feed(sheet, number: index) }
        let stack = Stack()
        let job = VirtualScanner.job()
        let end = try await device.scanner.scan(job) { stack.add($0) }
        #expect(end.reason == .noMoreSheets)
        #expect(end.pages == 3)
        #expect(end.feeder == .empty)
        #expect(end.verdict(for: job) == .complete)
        #expect(try stack.images().map(\.pixels) == sheets.map(\.pixels))
        #expect(stack.pages.map(\.number) == [1, 2, 3])
        #expect(stack.pages.allSatisfy { $0.resolution == 300 && $0.mediaType == "image/png" && $0.width == 200 })
        #expect(try stack.images().allSatisfy { $0.resolution.map { abs($0 - 300) < 0.1 } ?? false })
    }

    @Test func `scans one page from the glass, in grey`() async throws {
        let device = try VirtualScanner()
        let sheet = noise(channels: .gray)
        try device.lay(sheet)
        let stack = Stack()
        let job = VirtualScanner.job(.platen, mode: .gray)
        let end = try await device.scanner.scan(job) { stack.add($0) }
        #expect(end.verdict(for: job) == .complete)
        #expect(try stack.images().map(\.channels) == [.gray])
        #expect(stack.pages.count == 1)
    }

    @Test func `says what it can do`() async throws {
        let device = try VirtualScanner()
        try device.feed(noise(), number: 1)
        let capabilities = try await device.scanner.capabilities()
        #expect(capabilities.makeAndModel == "Acme FormScan 100")
        #expect(capabilities.sources.map(\.source) == [.platen, .feeder, .feeder])
        let both = try #require(capabilities[.feeder, 2])
        #expect(both.modes == [.gray, .color])
        #expect(both.resolutions == [100, 150, 200, 300, 600])
        #expect(abs(both.maximumWidth - 215.9) < 0.01)
        #expect(both.ranges["brightness"] == .init(minimum: -100, normal: 0, maximum: 100))
        #expect(try await device.scanner.status().feeder == .loaded)
    }

    @Test(arguments: [
        // What the driver answers, in which call; how the batch ends after how many pages; from which sheet to go on.
        ("read", "status 6 70000", BatchEnd.Reason.jam), ("start", "status 6", .jam), ("start", "status 8", .doorOpen),
        ("read", "status 9 70000", .connectionLost), ("read", "short 70000", .badImage),
        ("start", "crash", .workerCrashed),
        ("read", "crash 70000", .workerCrashed), ("start", "abort", .workerCrashed), ("start", "hang", .timedOut),
        ("read", "hang 70000", .timedOut),
    ])
    func `keeps the pages that came when the second sheet fails`(
        call: String, fault: String, reason: BatchEnd.Reason
    ) async throws {
        let cleanUps = Mutex(0)
        let device = try VirtualScanner(
            aftercare: .init(
                cleanUp: { cleanUps.withLock { $0 += 1 } }, status: { ScannerStatus(state: .idle, feeder: .loaded) }))
        let sheets = (1...3).map { _ in noise() }
        for (index, sheet) in sheets.enumerated() { try device.feed(sheet, number: index) }
        let stack = Stack()
        let job = VirtualScanner.job(deadlines: short)
        let end = try await device.scanner.scan(job) { page in
            stack.add(page)
            try device.put(fault, in: "fault-\(call)")
        }
        #expect(end.reason == reason, "\(end)")
        #expect(end.pages == 1)
        #expect(end.verdict(for: job) == .incomplete(fromSheet: 2, reason: reason.rawValue))
        #expect(try stack.images().map(\.pixels) == [sheets[0].pixels])
        #expect(cleanUps.withLock { $0 } == ([.workerCrashed, .timedOut].contains(reason) ? 1 : 0))
    }

    @Test(arguments: [
        ("open", "status 3", "scanner-busy"), ("open", "status 4", "scanner-refused"),
        ("open", "status 9", "scanner-unreachable"), ("open", "status 11", "scanner-refused"),
        ("open", "crash", "worker-crashed"), ("open", "hang", "scanner-unreachable"),
        ("init", "crash", "worker-crashed"),
        ("get_devices", "crash", "worker-crashed"), ("start", "status 3", "scanner-busy"),
        ("start", "status 7", "feeder-empty"), ("start", "status 6", "paper-jam"), ("start", "status 8", "door-open"),
    ])
    func `says by name why no sheet moved`(call: String, fault: String, code: String) async throws {
        let device = try VirtualScanner()
        try device.feed(noise(), number: 1)
        try device.put(fault, in: "fault-\(call)")
        let job = VirtualScanner.job(deadlines: .init(open: fault == "hang" ? 3 : 20, start: 20, idle: 20, cancel: 2))
        let error = await #expect(throws: BlankettError.self) { _ = try await device.scanner.scan(job) { _ in } }
        #expect(error?.code == code)
        #expect(error?.exit == .device)
        #expect(try device.sheetsLeft == 1)
    }

    @Test func `with an empty feeder says so`() async throws {
        let device = try VirtualScanner()
        let error = await #expect(throws: BlankettError.self) {
            _ = try await device.scanner.scan(VirtualScanner.job()) { _ in }
        }
        #expect(error?.code == "feeder-empty")
        #expect(try await device.scanner.status().feeder == .empty)
    }

    @Test func `that is unplugged is not found`() async throws {
        let device = try VirtualScanner()
        try FileManager.default.removeItem(at: device.folder.appending(path: "devices"))
        await #expect(throws: BlankettError.self) { _ = try await device.scanner.scan(VirtualScanner.job()) { _ in } }
    }

    @Test func `pulls the next sheet in only when the page before is safe`() async throws {
        let device = try VirtualScanner()
        for number in 1...3 { try device.feed(noise(), number: number) }
        let left = Mutex<[Int]>([])
        _ = try await device.scanner.scan(VirtualScanner.job()) { _ in
            let sheets = try device.sheetsLeft
            left.withLock { $0.append(sheets) }
        }
        #expect(left.withLock { $0 } == [2, 1, 0])
    }

    @Test func `stops when a page cannot be kept`() async throws {
        struct DiskFull: Error {}
        let device = try VirtualScanner()
        for number in 1...3 { try device.feed(noise(), number: number) }
        let end = try await device.scanner.scan(VirtualScanner.job()) { page in
            if page.number == 2 { throw DiskFull() }
        }
        #expect(end.reason == .cancelled)
        #expect(end.pages == 1)
        #expect(try device.sheetsLeft == 1)
    }

    @Test(arguments: ["", "start hang", "read hang 70000", "cancel hang"])
    func `is cancelled in any phase`(_ fault: String) async throws {
        let device = try VirtualScanner()
        for number in 1...3 { try device.feed(noise(), number: number) }
        let (pages, source) = AsyncStream.makeStream(of: Void.self)
        let batch = Task {
            try await device.scanner.scan(
                VirtualScanner.job(deadlines: .init(open: 20, start: 60, idle: 60, cancel: 1))
            ) { _ in
                if let end = fault.firstIndex(of: " ") {
                    try device.put(String(fault[end...].dropFirst()), in: "fault-\(fault[..<end])")
                }
                source.yield()
            }
        }
        for await _ in pages { break }
        batch.cancel()
        let end = try await batch.value
        #expect(end.reason == .cancelled, "\(end)")
        #expect(end.pages >= 1)
    }

    @Test func `that is killed in the middle of a page keeps the pages before`() async throws {
        let device = try VirtualScanner()
        for number in 1...3 { try device.feed(noise(), number: number) }
        let stack = Stack()
        let killer = Mutex<Task<Void, any Error>?>(nil)
        let end = try await device.scanner.scan(VirtualScanner.job()) { page in
            stack.add(page)
            try device.put("hang 70000", in: "fault-read")
            // Once the second sheet is gone, the driver hangs inside its page.
            let task = Task {
                while try device.sheetsLeft > 1 { try await Task.sleep(for: .milliseconds(5)) }
                for id in try workers(of: device.folder) { kill(id, SIGKILL) }
            }
            killer.withLock { $0 = task }
        }
        try await killer.withLock { $0 }?.value
        #expect(end.reason == .workerCrashed)
        #expect(end.detail == "reading page 2: signal 9")
        #expect(stack.pages.count == 1)
    }
}

/// The processes that work with the device of `folder`.
private func workers(of folder: URL) throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { id in
        let environment = try? Data(contentsOf: URL(filePath: "/proc/\(id)/environ"))
        return environment.map { String(decoding: $0, as: UTF8.self).contains("VSCAN_DIR=\(folder.path())") } ?? false
    }
}

@Suite(.temporaryDirectory) struct `A scan-worker` {
    @Test(.needsSharedData) func `ends with the program that started it, even when its driver hangs`() async throws {
        let device = try VirtualScanner()
        try device.feed(noise(), number: 1)
        try device.put("hang", in: "fault-start")
        // A client in another process, which can be killed as a whole program is killed.
        let client = Process()
        client.executableURL = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "lonely-client")
        client.arguments = [Checkout.programs.appending(path: "blankett-scan-worker").path()]
        var environment = ProcessInfo.processInfo.environment
        environment["SANE_CONFIG_DIR"] = TemporaryDirectory.url.path()
        environment["VSCAN_DIR"] = TemporaryDirectory.url.path()
        environment["LD_LIBRARY_PATH"] = try VirtualScanner.libraryPath
        client.environment = environment
        try device.put("vscan\n", in: "dll.conf")
        let output = Pipe()
        client.standardOutput = output
        try client.run()
        // It writes the line at once, as a whole.
        let words = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let worker = try #require(Int32(words.prefix { $0 != "\n" }))
        #expect(kill(worker, 0) == 0)
        kill(client.processIdentifier, SIGKILL)
        client.waitUntilExit()
        // Reaped by whoever adopts it; a zombie counts as gone.
        while let state = try? String(contentsOfFile: "/proc/\(worker)/stat", encoding: .utf8), !state.contains(") Z") {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func `lists what a configuration finds`() async throws {
        let found = try await ScanWorkerScanner.devices(
            of: "test",
            .init(program: Checkout.programs.appending(path: "blankett-scan-worker").path()))
        #expect(found.map(\.address) == ["sane:test:0", "sane:test:1"])
        #expect(found.first?.model == "frontend-tester")
    }
}

struct `An address of a SANE scanner` {
    @Test(arguments: [
        "sane:test:0", "sane:airscan:http://127.0.0.1:8095/eSCL", "sane:fujitsu:libusb:001:004", "sane:test",
    ])
    func `is taken`(_ text: String) throws {
        #expect(try SaneAddress(text).description == text)
    }

    @Test(arguments: [
        "sane:escl:http://127.0.0.1:8095", "test:0", "sane:", "sane:../x:0", "sane:dll", "sane:airscan:e0:Scanner",
        "sane:airscan:http://h/\n[debug]", "sane:airscan:http://h/, WSD", "sane:test:0\n",
    ])
    func `is refused with the reason`(_ text: String) {
        let error = #expect(throws: BlankettError.self) { try SaneAddress(text) }
        #expect(error?.code == "bad-address")
    }
}
