import Foundation
import ImageCodecs
import Imaging
import Scanning
import Support
import TestSupport
import Testing
import Workers

/// SANE's own backend `test`, which draws pictures in all the shapes that drivers deliver.
private func scanner(_ options: [String: String] = [:]) throws -> ScanWorkerScanner {
    try ScanWorkerScanner(
        DeviceDescription(id: "test", name: "frontend-tester", connection: .sane, address: "sane:test:0"),
        ScanWorkerScanner.Configuration(
            program: Checkout.programs.appending(path: "blankett-scan-worker").path(),
            options: ["test-picture": "Color pattern"].merging(options) { $1 }, files: ["test.conf": ""]))
}

private func job(
    _ source: ScanSource = .platen, sides: Int = 1, mode: ScanMode = .color, resolution: Int = 100, width: Double = 50
) -> ScanJob {
    ScanJob(
        source: source, sides: sides, mode: mode, resolution: resolution, format: "image/png",
        region: MillimetreRect(x: 0, y: 0, width: width, height: 30))
}

/// The same picture by SANE's own command.
private func scanimage(_ options: [String: String], mode: String) throws -> PageImage {
    let folder = TemporaryDirectory.url
    try Data("test\n".utf8).write(to: folder.appending(path: "dll.conf"))
    try Data().write(to: folder.appending(path: "test.conf"))
    let command = Process()
    command.executableURL = URL(filePath: "/usr/bin/scanimage")
    let page = folder.appending(path: "page.pnm")
    command.arguments =
        ["-d", "test:0", "--mode=\(mode)", "--resolution=100", "--test-picture=Color pattern"]
        + options.sorted { $0.key < $1.key }.map { "--\($0.key)=\($0.value)" }
        + ["-l", "0", "-t", "0", "-x", "50", "-y", "30", "--format=pnm", "-o", page.path()]
    command.environment = ["SANE_CONFIG_DIR": folder.path()]
    try command.run()
    command.waitUntilExit()
    return try ImageCodec.decode([UInt8](Data(contentsOf: page)))
}

@Suite(.temporaryDirectory) struct `SANE's test device` {
    @Test(arguments: [
        ("Gray", ScanMode.gray, [:]), ("Color", .color, [:]),
        ("Gray", .gray, ["depth": "16"]), ("Color", .color, ["depth": "16"]),
        ("Color", .color, ["three-pass": "yes", "three-pass-order": "BRG"]),
        ("Color", .color, ["read-limit": "yes", "read-limit-size": "100"]),
        ("Color", .color, ["fuzzy-parameters": "yes"]),
    ])
    func `gives the same pixels as by SANE's own command`(
        name: String, mode: ScanMode, options: [String: String]
    ) async throws {
        let stack = Stack()
        let end = try await scanner(options).scan(job(mode: mode)) { stack.add($0) }
        #expect(end.verdict(for: job()) == .complete, "\(end)")
        let page = try #require(try stack.images().first)
        let expected = try scanimage(options, mode: name)
        #expect((page.width, page.height) == (expected.width, expected.height))
        #expect(page.channels == expected.channels)
        #expect(page.pixels == expected.pixels)
    }

    @Test func `gives a page whose length is not known beforehand`() async throws {
        let stack = Stack()
        let end = try await scanner(["hand-scanner": "yes"]).scan(job(mode: .gray)) { stack.add($0) }
        #expect(end.verdict(for: job()) == .complete)
        #expect(stack.pages.first.map { $0.width } == 433, "11 cm, whatever was asked for")
    }

    @Test func `gives lines without what pads them`() async throws {
        let stack = Stack()
        _ = try await scanner().scan(job()) { stack.add($0) }
        _ = try await scanner(["ppl-loss": "7"]).scan(job()) { stack.add($0) }
        let (whole, less) = (try stack.images()[0], try stack.images()[1])
        #expect(less.width == whole.width - 7)
        for row in 0..<whole.height {
            let line = less.pixels[row * less.width * 3..<(row + 1) * less.width * 3]
            #expect(line.elementsEqual(whole.pixels[row * whole.width * 3..<(row * whole.width + less.width) * 3]))
        }
    }

    @Test func `scans a feeder of ten sheets to its end`() async throws {
        let stack = Stack()
        let end = try await scanner().scan(job(.feeder, mode: .gray, resolution: 50)) { stack.add($0) }
        #expect(end.verdict(for: job(.feeder)) == .complete)
        #expect(stack.pages.map(\.number) == Array(1...10))
    }

    @Test(arguments: [
        ("CANCELLED", BatchEnd.Reason.cancelled), ("DEVICE_BUSY", .refused), ("INVAL", .refused), ("EOF", .badImage),
        ("JAMMED", .jam), ("COVER_OPEN", .doorOpen), ("IO_ERROR", .connectionLost), ("NO_MEM", .refused),
        ("ACCESS_DENIED", .refused), ("UNSUPPORTED", .refused),
    ])
    func `ends a batch by what reading answered`(status: String, reason: BatchEnd.Reason) async throws {
        let stack = Stack()
        let end = try await scanner(["read-return-value": "SANE_STATUS_\(status)"]).scan(job()) { stack.add($0) }
        #expect(end.reason == reason)
        #expect(end.pages == 0)
        #expect(stack.pages.isEmpty)
    }

    @Test(arguments: [
        (ScanMode.blackAndWhite, 50.0, 100), (.color, 230.0, 100), (.color, 50.0, 1300),
    ])
    func `refuses what it cannot do, and says what`(mode: ScanMode, width: Double, resolution: Int) async throws {
        let asked = job(mode: mode, resolution: resolution, width: width)
        let error = await #expect(throws: BlankettError.self) { _ = try await scanner().scan(asked) { _ in } }
        #expect(error?.code == "scanner-refused")
    }

    @Test func `has no second side`() async throws {
        let asked = job(.feeder, sides: 2)
        await #expect(throws: BlankettError.self) { _ = try await scanner().scan(asked) { _ in } }
        #expect(try await scanner().capabilities()[.feeder, 2] == nil)
    }
}
