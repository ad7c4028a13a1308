import Foundation
import ImageCodecs
import Imaging
import Scanning
import Support
import Synchronization
import TestSupport
import Testing
import Workers

@Suite(.temporaryDirectory) struct `A scanner behind SANE` {
    @Test func `gives every page of the feeder, pixel for pixel`() async throws {
        let device = try FaultyScanner()
        let sheets = (1...3).map { _ in noise() }
        for (index, sheet) in sheets.enumerated() { try device.feed(sheet, number: index) }
        let stack = Stack()
        let job = FaultyScanner.job()
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
        let device = try FaultyScanner()
        let sheet = noise(channels: .gray)
        try device.lay(sheet)
        let stack = Stack()
        let job = FaultyScanner.job(.platen, mode: .gray)
        let end = try await device.scanner.scan(job) { stack.add($0) }
        #expect(end.verdict(for: job) == .complete)
        #expect(try stack.images().map(\.channels) == [.gray])
        #expect(stack.pages.count == 1)
    }

    @Test func `says what it can do`() async throws {
        let device = try FaultyScanner()
        try device.feed(noise(), number: 1)
        let capabilities = try await device.scanner.capabilities()
        #expect(capabilities.makeAndModel == "Acme FormScan 100")
        #expect(capabilities.sources.map(\.source) == [.platen, .feeder, .feeder])
        let both = try #require(capabilities[.feeder, 2])
        #expect(both.modes == [.blackAndWhite, .gray, .color])
        #expect(both.resolutions == [75, 100, 150, 200, 300, 600])
        #expect(abs(both.maximumWidth - 215.9) < 0.01)
        #expect(both.ranges["brightness"] == .init(minimum: -100, normal: 0, maximum: 100))
        #expect(try await device.scanner.status().feeder == .loaded)
    }

    @Test func `with an empty feeder says so`() async throws {
        let device = try FaultyScanner()
        let error = await #expect(throws: BlankettError.self) {
            _ = try await device.scanner.scan(FaultyScanner.job()) { _ in }
        }
        #expect(error?.code == "feeder-empty")
        #expect(try await device.scanner.status().feeder == .empty)
    }

    @Test func `that is unplugged is not found`() async throws {
        let device = try FaultyScanner()
        try device.remove("devices")
        await #expect(throws: BlankettError.self) { _ = try await device.scanner.scan(FaultyScanner.job()) { _ in } }
    }

    @Test func `pulls the next sheet in only when the page before is safe`() async throws {
        let device = try FaultyScanner()
        for number in 1...3 { try device.feed(noise(), number: number) }
        let left = Mutex<[Int]>([])
        _ = try await device.scanner.scan(FaultyScanner.job()) { _ in
            let sheets = try device.sidesLeft
            left.withLock { $0.append(sheets) }
        }
        #expect(left.withLock { $0 } == [2, 1, 0])
    }

    @Test func `stops when a page cannot be kept`() async throws {
        struct DiskFull: Error {}
        let device = try FaultyScanner()
        for number in 1...3 { try device.feed(noise(), number: number) }
        let end = try await device.scanner.scan(FaultyScanner.job()) { page in
            if page.number == 2 { throw DiskFull() }
        }
        #expect(end.reason == .cancelled)
        #expect(end.pages == 1)
        #expect(try device.sidesLeft == 1)
    }

    @Test(arguments: ["none none", "start#2 hang", "read#6 hang", "read#6 spin", "cancel hang", "close hang"])
    func `is cancelled in any phase`(_ fault: String) async throws {
        let device = try FaultyScanner()
        for number in 1...3 { try device.feed(noise(), number: number) }
        try device.fail(fault)
        let (pages, source) = AsyncStream.makeStream(of: Void.self)
        let batch = Task {
            defer { source.finish() }
            return try await device.scanner.scan(
                FaultyScanner.job(deadlines: .init(open: 20, start: 60, idle: 60, cancel: 1))
            ) { _ in source.yield() }
        }
        for await _ in pages { break }
        batch.cancel()
        let end = try await batch.value
        #expect(end.reason == .cancelled, "\(end)")
        #expect(end.pages >= 1)
        #expect(device.processesLeft.isEmpty)
    }

    /// Cancelled while it waits for a sheet, sane-airscan drops that one and brings the next as if nothing were.
    @Test func `keeps no page that begins after it was cancelled`() async throws {
        let device = try FaultyScanner()
        for number in 1...3 { try device.feed(noise(), number: number) }
        try device.fail("start#2 sleep 20000")
        let batch = Task { try await device.scanner.scan(FaultyScanner.job()) { _ in } }
        for _ in 0..<6000 where device.calls.count(where: { $0 == "start" }) < 2 {
            try await Task.sleep(for: .milliseconds(5))
        }
        batch.cancel()
        let end = try await batch.value
        #expect(end.reason == .cancelled, "\(end)")
        #expect(end.pages == 1, "\(end)")
        #expect(end.detail?.contains("sane_start") == true, "\(end)")
    }

    @Test func `that is killed in the middle of a page keeps the pages before`() async throws {
        let device = try FaultyScanner()
        for number in 1...3 { try device.feed(noise(), number: number) }
        try device.fail("start#2 sleep 1", "read#6@1000 hang")
        let stack = Stack()
        let killer = Mutex<Task<Void, any Error>?>(nil)
        let end = try await device.scanner.scan(FaultyScanner.job()) { page in
            stack.add(page)
            // Once the second sheet is gone, the driver hangs inside its page.
            let task = Task {
                while try device.sidesLeft > 1 { try await Task.sleep(for: .milliseconds(5)) }
                for id in device.processesLeft { kill(id, SIGKILL) }
            }
            killer.withLock { $0 = task }
        }
        try await killer.withLock { $0 }?.value
        #expect(end.reason == .workerCrashed)
        #expect(stack.pages.count == 1)
    }

    @Test func `tells what the device made of its options`() async throws {
        let device = try FaultyScanner()
        try device.feed(noise(), number: 1)
        let end = try await device.scanner.scan(FaultyScanner.job(mode: .gray, resolution: 150)) { _ in }
        #expect(end.settings?["source"] == "ADF")
        #expect(end.settings?["mode"] == "Gray")
        #expect(end.settings?["resolution"] == "150")
        #expect(end.settings?["br-y"] == "297")
        #expect(end.adjustments == [])
    }
}

@Suite(.temporaryDirectory) struct `A scan-worker` {
    @Test func `ends with the program that started it, even when its driver hangs`() async throws {
        let device = try FaultyScanner()
        try device.feed(noise(), number: 1)
        try device.fail("init fork", "start hang")
        // A client in another process, which can be killed as a whole program is killed.
        let client = Process()
        client.executableURL = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "lonely-client")
        client.arguments = [Checkout.programs.appending(path: "blankett-scan-worker").path()]
        var environment = ProcessInfo.processInfo.environment
        environment["SANE_CONFIG_DIR"] = TemporaryDirectory.url.path()
        environment["FAULTY_DIR"] = TemporaryDirectory.url.path()
        environment["LD_LIBRARY_PATH"] = try FaultyScanner.libraryPath
        client.environment = environment
        try device.put("faulty\n", in: "dll.conf")
        let output = Pipe()
        client.standardOutput = output
        try client.run()
        // It writes the line at once, as a whole.
        let words = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let worker = try #require(Int32(words.prefix { $0 != "\n" }))
        #expect(kill(worker, 0) == 0)
        #expect(device.processesLeft.count == 2, "the worker, and what its driver started")
        kill(client.processIdentifier, SIGKILL)
        client.waitUntilExit()
        while !device.processesLeft.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func `takes up no more than it may`() async throws {
        let device = try FaultyScanner()
        try device.feed(noise(), number: 1)
        try device.fail("start hang")
        let batch = Task { try await device.scanner.scan(FaultyScanner.job()) { _ in } }
        for _ in 0..<6000 where !device.calls.contains("start") { try await Task.sleep(for: .milliseconds(5)) }
        let worker = try #require(device.processesLeft.first)
        let limits = try String(contentsOfFile: "/proc/\(worker)/limits", encoding: .utf8).split(separator: "\n")
        func soft(_ name: String) -> Int? {
            limits.first { $0.hasPrefix(name) }?.dropFirst(26).split(separator: " ").first.flatMap { Int($0) }
        }
        #expect(soft("Max core file size") == 0)
        #expect(soft("Max address space") == 4 << 30)
        #expect(soft("Max file size") == 1 << 30)
        #expect(soft("Max open files") == 256)
        #expect(try #require(soft("Max cpu time")) <= 302)
        #expect(getpgid(worker) == worker, "a process group of its own")
        #expect(getpgid(worker) != getpgrp())
        batch.cancel()
        _ = try? await batch.value
    }

    @Test func `leaves nothing when its client was killed, once the next one comes`() async throws {
        let device = try FaultyScanner()
        let abandoned = device.temporaryFolder.appending(path: "blankett-scan-1")
        try FileManager.default.createDirectory(
            at: abandoned.appending(path: "temporary"), withIntermediateDirectories: true)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: abandoned.path())
        _ = try await device.scanner.status()
        #expect(try device.foldersLeft == [])
    }

    @Test func `lists what a configuration finds`() async throws {
        let found = try await ScanWorkerScanner.devices(
            of: "test",
            .init(
                program: Checkout.programs.appending(path: "blankett-scan-worker").path(),
                deadlines: .init(open: 60, start: 60, idle: 60, cancel: 10)))
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
