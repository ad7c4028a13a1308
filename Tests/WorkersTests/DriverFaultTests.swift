import Foundation
import Imaging
import Scanning
import Support
import TestSupport
import Testing
import Workers

/// What becomes of a batch of two sheets when the driver goes wrong.
private enum Outcome {
    /// No sheet has moved: an error of this code, with these words in it.
    case refused(String, _ words: String = "")
    /// The batch ended so, after so many pages, with these words for the trace.
    case ended(BatchEnd.Reason, pages: Int, _ words: String = "")
}

private struct Case: CustomTestStringConvertible {
    var fault: String
    var outcome: Outcome
    var traits = ""

    init(_ fault: String, _ outcome: Outcome, traits: String = "") {
        self.fault = fault
        self.outcome = outcome
        self.traits = traits
    }

    var testDescription: String { [fault, traits].filter { !$0.isEmpty }.joined(separator: ", ") }
}

private let crash = "worker-crashed"
private let silent = "scanner-unreachable"

private let cases: [Case] = [
    // Finding it.
    Case("init crash", .refused(crash, "finding the device: signal 11")),
    Case("init abort", .refused(crash, "finding the device: signal 6")),
    Case("init hang", .refused(silent, "finding the device")),
    Case("init status 9", .refused(silent)),
    Case("init print", .ended(.noMoreSheets, pages: 2)),
    Case("init fork", .ended(.noMoreSheets, pages: 2)),
    Case("get_devices crash", .refused(crash, "finding the device: signal 11")),
    Case("get_devices abort", .refused(crash, "finding the device: signal 6")),
    Case("get_devices hang", .refused(silent, "finding the device")),
    Case("get_devices none", .ended(.noMoreSheets, pages: 2)),
    // Opening it.
    Case("open crash", .refused(crash, "opening the device: signal 11")),
    Case("open abort", .refused(crash, "opening the device: signal 6")),
    Case("open hang", .refused(silent, "opening the device")),
    Case("open none", .refused(crash, "opening the device: signal 11")),
    Case("open status 3", .refused("scanner-busy")),
    Case("open status 4", .refused("scanner-refused")),
    Case("open status 9", .refused(silent)),
    Case("open status 10", .refused("scanner-refused")),
    Case("open status 11", .refused("scanner-refused", "may not use")),
    Case("get_option_descriptor crash", .refused(crash, "opening the device: signal 11")),
    Case("get_option_descriptor hang", .refused(silent, "opening the device")),
    Case("get_option_descriptor none", .refused("scanner-refused", "no options")),
    // Setting it up.
    Case("control_option crash", .refused(crash, "opening the device: signal 11")),
    Case("control_option:mode crash", .refused(crash, "setting the options: signal 11")),
    Case("control_option:mode abort", .refused(crash, "setting the options: signal 6")),
    Case("control_option:mode hang", .refused(silent, "setting the options")),
    Case("control_option:mode status 4", .refused("scanner-refused")),
    Case("control_option:source status 9", .refused(silent)),
    Case("control_option: status 9", .refused(silent)),
    Case("none none", .refused("scanner-refused", "did not accept the source"), traits: "forgets source"),
    Case("none none", .refused("scanner-refused", "did not accept the mode"), traits: "forgets mode"),
    Case("none none", .refused("scanner-refused", "cannot scan at"), traits: "forgets resolution"),
    Case("none none", .refused("scanner-refused", "br-x"), traits: "forgets br-x"),
    // Starting.
    Case("start crash", .ended(.workerCrashed, pages: 0, "starting page 1: signal 11")),
    Case("start abort", .ended(.workerCrashed, pages: 0, "starting page 1: signal 6")),
    Case("start hang", .ended(.timedOut, pages: 0, "starting page 1")),
    Case("start spin", .ended(.timedOut, pages: 0, "starting page 1")),
    Case("start leak 8192", .ended(.workerCrashed, pages: 0, "starting page 1: signal 11")),
    Case("start fill 4096", .ended(.workerCrashed, pages: 0, "starting page 1: signal 25")),
    Case("start fork", .ended(.noMoreSheets, pages: 2)),
    Case("start print", .ended(.noMoreSheets, pages: 2)),
    Case("start sleep 700", .ended(.noMoreSheets, pages: 2)),
    Case("start status 2", .ended(.cancelled, pages: 0)),
    Case("start status 3", .refused("scanner-busy")),
    Case("start status 6", .refused("paper-jam")),
    Case("start status 7", .refused("feeder-empty")),
    Case("start status 8", .refused("door-open")),
    Case("start status 9", .ended(.connectionLost, pages: 0)),
    Case("start#2 crash", .ended(.workerCrashed, pages: 1, "starting page 2: signal 11")),
    Case("start#2 hang", .ended(.timedOut, pages: 1, "starting page 2")),
    Case("start#2 status 6", .ended(.jam, pages: 1)),
    Case("start#2 status 8", .ended(.doorOpen, pages: 1)),
    Case("start#2 status 9", .ended(.connectionLost, pages: 1)),
    Case("start#2 status 99", .ended(.refused, pages: 1)),
    // The feeder still holds a sheet when the driver says that there is none.
    Case("start#2 status 7", .ended(.noMoreSheets, pages: 1)),
    Case("start#2 status 5", .ended(.badImage, pages: 1)),
    // What the page looks like.
    Case("get_parameters crash", .ended(.workerCrashed, pages: 0, "reading page 1: signal 11")),
    Case("get_parameters hang", .ended(.timedOut, pages: 0, "reading page 1")),
    Case("get_parameters status 4", .ended(.refused, pages: 0)),
    Case("get_parameters lines 0", .ended(.badImage, pages: 0)),
    Case("get_parameters lines 299", .ended(.badImage, pages: 0)),
    Case("get_parameters lines 301", .ended(.badImage, pages: 0)),
    Case("get_parameters lines 2147483647", .ended(.badImage, pages: 0)),
    Case("get_parameters width 0", .ended(.badImage, pages: 0)),
    Case("get_parameters width -1", .ended(.badImage, pages: 0)),
    Case("get_parameters width 201", .ended(.badImage, pages: 0)),
    Case("get_parameters width 2147483647", .ended(.badImage, pages: 0)),
    Case("get_parameters line-bytes 0", .ended(.badImage, pages: 0)),
    Case("get_parameters line-bytes -600", .ended(.badImage, pages: 0)),
    Case("get_parameters line-bytes 601", .ended(.badImage, pages: 0)),
    Case("get_parameters line-bytes 2147483647", .ended(.badImage, pages: 0)),
    Case("get_parameters depth 7", .ended(.badImage, pages: 0)),
    Case("get_parameters depth 1", .ended(.badImage, pages: 0)),
    Case("get_parameters depth 16", .ended(.badImage, pages: 0)),
    Case("get_parameters format 0", .ended(.badImage, pages: 0)),
    Case("get_parameters format 11", .ended(.badImage, pages: 0)),
    Case("get_parameters more", .ended(.badImage, pages: 0)),
    Case("get_parameters#2 lines 299", .ended(.badImage, pages: 1)),
    // Reading it.
    Case("read crash", .ended(.workerCrashed, pages: 0, "reading page 1: signal 11")),
    Case("read@70000 abort", .ended(.workerCrashed, pages: 0, "reading page 1: signal 6")),
    Case("read@70000 hang", .ended(.timedOut, pages: 0, "reading page 1")),
    Case("read@70000 empty", .ended(.timedOut, pages: 0, "reading page 1")),
    Case("read@70000 spin", .ended(.timedOut, pages: 0, "reading page 1")),
    Case("read@70000 endless", .ended(.badImage, pages: 0)),
    Case("read lie", .ended(.badImage, pages: 0)),
    Case("read lie -1", .ended(.badImage, pages: 0)),
    Case("read end", .ended(.badImage, pages: 0, "0 bytes")),
    Case("read@70000 end", .ended(.badImage, pages: 0)),
    Case("read@131072 end", .ended(.badImage, pages: 0)),
    Case("read@70000 status 2", .ended(.cancelled, pages: 0)),
    Case("read@70000 status 3", .ended(.refused, pages: 0)),
    Case("read@70000 status 5", .ended(.badImage, pages: 0)),
    Case("read@70000 status 6", .ended(.jam, pages: 0)),
    Case("read@70000 status 7", .ended(.badImage, pages: 0, "stopped after")),
    Case("read@70000 status 8", .ended(.doorOpen, pages: 0)),
    Case("read@70000 status 9", .ended(.connectionLost, pages: 0)),
    Case("read@70000 status 10", .ended(.refused, pages: 0)),
    Case("read status 7", .refused("feeder-empty")),
    Case("read#6 crash", .ended(.workerCrashed, pages: 1, "reading page 2: signal 11")),
    Case("read#6 end", .ended(.badImage, pages: 1)),
    // Every page has come when these strike.
    Case("cancel crash", .ended(.noMoreSheets, pages: 2, "ending the batch: signal 11")),
    Case("cancel abort", .ended(.noMoreSheets, pages: 2, "ending the batch: signal 6")),
    Case("cancel hang", .ended(.noMoreSheets, pages: 2, "ending the batch: no answer in time")),
    Case("close crash", .ended(.noMoreSheets, pages: 2, "closing the device")),
    Case("close abort", .ended(.noMoreSheets, pages: 2, "closing the device")),
    Case("close hang", .ended(.noMoreSheets, pages: 2, "closing the device")),
    Case("exit crash", .ended(.noMoreSheets, pages: 2, "closing the device")),
    Case("exit hang", .ended(.noMoreSheets, pages: 2, "closing the device")),
]

@Suite(.temporaryDirectory) struct `A driver that goes wrong` {
    private static let turnstile = Turnstile(atOnce: 6)

    @Test(arguments: cases)
    private func `is survived, named and cleared away, and the next batch succeeds`(_ wanted: Case) async throws {
        // Each case starts two workers: a hundred at once would run into each other's deadlines.
        await Self.turnstile.enter()
        defer { Self.turnstile.leave() }
        let device = try FaultyScanner(traits: wanted.traits)
        let sheets = [noise(), noise()]
        for (index, sheet) in sheets.enumerated() { try device.feed(sheet, number: index) }
        try device.fail(wanted.fault)
        // Only what is to run out is short: a loaded machine takes its time to start a process.
        let hangs = wanted.fault.contains(/(?:hang|spin|empty)$/)
        let start = wanted.fault.hasPrefix("start") && hangs ? 1.5 : 30
        let open = hangs && wanted.fault.contains(/^(init|get_devices|open|get_option|control)/) ? 3.0 : 30
        let job = FaultyScanner.job(
            deadlines: .init(open: open, start: start, idle: hangs ? 1.5 : 30, cancel: hangs ? 1.5 : 30))
        let stack = Stack()
        var end: BatchEnd?
        var error: BlankettError?
        do {
            end = try await device.scanner.scan(job) { stack.add($0) }
        } catch let thrown as BlankettError {
            error = thrown
        }

        switch wanted.outcome {
        case .refused(let code, let words):
            #expect(error?.code == code, "\(String(describing: end))")
            #expect(error?.exit == .device)
            #expect(words.isEmpty || error?.message.contains(words) == true, "\(String(describing: error))")
            #expect(stack.pages.count == 0)
        case .ended(let reason, let pages, let words):
            #expect(end?.reason == reason, "\(String(describing: end)) \(String(describing: error))")
            #expect(end?.pages == pages)
            #expect(words.isEmpty || end?.detail?.contains(words) == true, "\(String(describing: end))")
            let isWhole = reason == .noMoreSheets && pages == 2
            #expect((end?.verdict(for: job) == .complete) == isWhole, "\(String(describing: end))")
        }
        let areTheFirst = try stack.images().map(\.pixels) == sheets.prefix(stack.pages.count).map(\.pixels)
        #expect(areTheFirst, "a page that was handed over is whole, and in its place")
        #expect(device.processesLeft.isEmpty)
        #expect(try device.foldersLeft.isEmpty)

        try device.fail()
        try device.put("", in: "traits")
        for file in try FileManager.default.contentsOfDirectory(atPath: device.folder.appending(path: "feeder").path())
        {
            try device.remove("feeder/" + file)
        }
        try device.feed(noise(), number: 9)
        let next = FaultyScanner.job()
        #expect(try await device.scanner.scan(next) { _ in }.verdict(for: next) == .complete)
        #expect(device.processesLeft.isEmpty)
        #expect(try device.foldersLeft.isEmpty)
    }

    @Test func `leaves a trace of what it did, and no page`() async throws {
        let device = try FaultyScanner()
        for number in 0..<2 { try device.feed(noise(), number: number) }
        try device.fail("read#6 crash")
        let end = try await device.scanner.scan(FaultyScanner.job()) { _ in }
        let trace: ScanTrace = try JSONCoding.decode(from: Data(contentsOf: URL(filePath: try #require(end.trace))))
        #expect(trace.end?.reason == .workerCrashed)
        #expect(trace.device.connection == .sane)
        let phases = trace.exchanges.map(\.path)
        #expect(phases.first == "starting the driver")
        #expect(phases.suffix(4) == ["starting page 1", "reading page 1", "starting page 2", "reading page 2"])
        let page = try #require(trace.exchanges.first { $0.path == "reading page 1" }?.body)
        #expect(page.bytes > 1000)
        #expect(page.content == nil)

        try device.fail("open crash")
        let error = await #expect(throws: BlankettError.self) {
            try await device.scanner.scan(FaultyScanner.job()) { _ in }
        }
        let file = URL(filePath: try #require(error?.trace))
        let refused: ScanTrace = try JSONCoding.decode(from: Data(contentsOf: file))
        #expect(refused.error?.code == "worker-crashed")
        #expect(refused.exchanges.last?.path == "opening the device")
    }
}
