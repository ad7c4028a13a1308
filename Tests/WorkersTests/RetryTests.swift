import Scanning
import Support
import TestSupport
import Testing
import Workers

@Suite(.temporaryDirectory) struct `A scan that could not begin` {
    @Test(arguments: ["init crash", "open status 3", "open status 9", "control_option:mode crash", "start status 3"])
    func `is tried again until the device can, as nothing was asked of the paper`(fault: String) async throws {
        let device = try FaultyScanner(backOff: Array(repeating: .milliseconds(100), count: 300))
        try device.feed(noise(), number: 1)
        try device.fail(fault)
        let stack = Stack()
        let job = FaultyScanner.job()
        let batch = Task { try await device.scanner.scan(job) { stack.add($0) } }
        // One process for each try.
        for _ in 0..<6000 where device.processCount < 3 { try await Task.sleep(for: .milliseconds(5)) }
        try device.fail()
        #expect(try await batch.value.verdict(for: job) == .complete)
        #expect(stack.pages.count == 1)
        #expect(device.processesLeft.isEmpty)
        #expect(try device.foldersLeft.isEmpty)
    }

    @Test(arguments: [
        // A sheet may have moved, or a person must do something first.
        "start crash", "start status 9", "start status 6", "start status 7", "open status 4", "open status 11",
        "control_option:mode status 4",
    ])
    func `is not tried again where that could cost a sheet or is in vain`(fault: String) async throws {
        let device = try FaultyScanner(backOff: [.milliseconds(1), .milliseconds(1)])
        try device.feed(noise(), number: 1)
        try device.fail(fault)
        let end = try? await device.scanner.scan(FaultyScanner.job()) { _ in }
        #expect(end?.verdict(for: FaultyScanner.job()) != .complete)
        #expect(device.processCount == 1)
    }

    @Test func `ends at once when a person stops it`() async throws {
        let device = try FaultyScanner(backOff: [.seconds(3600)])
        try device.fail("open status 3")
        let batch = Task { try await device.scanner.scan(FaultyScanner.job()) { _ in } }
        for _ in 0..<6000 where device.processCount < 1 { try await Task.sleep(for: .milliseconds(5)) }
        batch.cancel()
        _ = try? await batch.value
        #expect(device.processCount == 1)
    }
}
