import ESCLScanning
import Foundation
import Scanning
import Support
import TestSupport
import Testing
import VirtualMFP

@Suite(.temporaryDirectory) struct `blankett scan` {
    /// Runs the program with folders of its own.
    private static func blankett(_ arguments: [String]) async throws -> (code: Int32, output: JSONValue?, notes: String)
    {
        let process = Process()
        process.executableURL = Checkout.programs.appending(path: "blankett")
        process.arguments = arguments
        process.environment = [
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": TemporaryDirectory.url.path(),
            "BLANKETT_PROFILES": Checkout.root.appending(path: "device-profiles").path(),
        ]
        // Files, and no waiting on a thread: the printer that is scanned from runs in this process.
        let files = try ["output", "notes"].map { name in
            let url = TemporaryDirectory.url.appending(path: "\(UUID().uuidString)-\(name)")
            try Data().write(to: url)
            return (url, try FileHandle(forWritingTo: url))
        }
        process.standardOutput = files[0].1
        process.standardError = files[1].1
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        return (
            process.terminationStatus, try? JSONCoding.decode(from: Data(contentsOf: files[0].0)),
            String(decoding: try Data(contentsOf: files[1].0), as: UTF8.self)
        )
    }

    /// Sides, after how many images it jams, from which sheet it goes on, and the pages of the stack that are put back.
    static let jams: [(profile: String, after: Int, sheet: Int, back: ClosedRange<Int>)] = [
        ("form-a4", 2, 3, 3...6), ("form-a4-duplex", 3, 2, 3...6), ("form-a4-duplex", 1, 1, 1...6),
    ]

    @Test(arguments: jams.indices) func `goes on with a stack that jammed, as one batch`(_ index: Int) async throws {
        let (profile, after, sheet, back) = Self.jams[index]
        let rig = try await ScannerRig()
        let files = try makePages(6)
        try await rig.device.load(feeder: files)
        try await rig.control(["raw": true, "jam_after": .number(Double(after))])
        let folder = TemporaryDirectory.url.appending(path: "out")
        let device = rig.scanner.device.address
        let first = try await Self.blankett([
            "scan", "--device", device, "--profile", profile, "--out", folder.path(), "--json",
        ])
        #expect(first.code == 3, "\(first.notes)")
        #expect(first.output?["reason"] == "jam")
        #expect(first.output?["fromSheet"] == .number(Double(sheet)))
        let trace = try #require(first.output?["end"]?["trace"]?.stringValue)
        #expect(FileManager.default.fileExists(atPath: trace))

        try await rig.device.load(feeder: Array(files[(back.lowerBound - 1)..<back.upperBound]))
        let second = try await Self.blankett(["scan", "--continue", "--out", folder.path(), "--json"])
        #expect(second.code == 0, "\(second.notes)")
        let pages = second.output?["pages"]?.arrayValue ?? []
        let hashes = try files.map { SHA256.hexadecimal(of: [UInt8](try Data(contentsOf: URL(filePath: $0)))) }
        #expect(pages.map { $0["sha256"]?.stringValue } == hashes)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasPrefix("page-") }
        #expect(names.sorted() == (1...6).map { "page-000\($0).png" })

        let third = try await Self.blankett(["scan", "--continue", "--out", folder.path(), "--json"])
        #expect(third.code == 2)
    }

    @Test func `says what to do with the paper`() async throws {
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(3))
        try await rig.control(["raw": true, "multifeed_after": 1])
        let folder = TemporaryDirectory.url.appending(path: "out").path()
        let said = try await Self.blankett([
            "scan", "--device", rig.scanner.device.address, "--profile", "form-a4", "--out", folder,
        ])
        #expect(said.notes.contains("take both out"))
        #expect(said.notes.contains("Put sheet 2 and all that follow back"))
        let mixed = try await Self.blankett([
            "scan", "--continue", "--device", "http://127.0.0.1:1/eSCL", "--out", folder,
        ])
        #expect(mixed.code == 2)
        #expect(mixed.notes.contains("was begun with --device"))
    }
}
