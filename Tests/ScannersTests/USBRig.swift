import Foundation
import HTTP
import HTTPClient
import Support
import TestSupport
import Testing

/// A program that sees software USB devices, which can be plugged and unplugged while it runs: `rig/usb_rig.py`.
final class USBRig {
    static let isAvailable: Bool = {
        guard FileManager.default.isExecutableFile(atPath: wrapper.path()) else { return false }
        let check = "import gi; gi.require_version('UMockdev', '1.0'); from gi.repository import UMockdev"
        return (try? BackgroundProgram.output(of: python, ["-c", check])) != nil
    }()

    private static let wrapper = URL(filePath: "/usr/bin/umockdev-wrapper")
    private static let python = URL(filePath: "/usr/bin/python3")

    private let program: BackgroundProgram
    private let transport = CurlTransport()
    private let folder: URL
    private let socket: String
    private static let outputName = "program.out"

    /// Starts a program in front of devices; its standard output goes to a file of its own.
    ///
    /// - Parameters:
    ///   - name: One of ours.
    ///   - arguments: What it is given.
    ///   - server: Host and port of the HTTP server behind the IPP-over-USB interfaces.
    ///   - programs: Where it lies.
    ///   - plugged: Devices that are there from the start, as ``plug(_:)`` takes them.
    ///   - inside: A command line around everything, such as `unshare`.
    /// - Throws: ``BlankettError`` when it cannot be started.
    init(
        _ name: String, _ arguments: [String], server: String = "127.0.0.1:9",
        programs: URL = Checkout.programs, plugged: [String] = [], inside: [String] = []
    ) throws {
        let folder = TemporaryDirectory.url.appending(path: "rig-\(UUID().uuidString.prefix(8))")
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        socket = folder.appending(path: "rig.sock").path()
        let rig = Checkout.root.appending(path: "Tests/ScannersTests/rig/usb_rig.py").path()
        let output = folder.appending(path: Self.outputName).path()
        let words =
            inside + [Self.wrapper.path(), Self.python.path(), rig, "--control", socket, "--http", server]
            + plugged.flatMap { ["--plug", $0] }
            + ["--", "/bin/sh", "-c", "exec \"$0\" \"$@\" >'\(output)'"]
            + [programs.appending(path: name).path()] + arguments
        program = try BackgroundProgram(
            URL(filePath: "/usr/bin/env"),
            ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"].map { "\($0)=\(folder.path())" } + words,
            log: folder.appending(path: "rig.log"))
    }

    /// A folder with the agent, and beside it a scan-worker that sees the software devices as well.
    ///
    /// The agent gives no worker a library to load first; here a script does, in the worker's place.
    static func programsWithWorker() throws -> URL {
        let folder = TemporaryDirectory.url.appending(path: "programs", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for item in try FileManager.default.contentsOfDirectory(at: Checkout.programs, includingPropertiesForKeys: nil)
        where item.lastPathComponent == "blankett-agent" || item.pathExtension == "resources" {
            try FileManager.default.copyItem(at: item, to: folder.appending(path: item.lastPathComponent))
        }
        let script = """
            #!/bin/sh
            export LD_PRELOAD=libumockdev-preload.so.0
            export "$(tr '\\0' '\\n' </proc/$PPID/environ | grep '^UMOCKDEV_DIR=')"
            exec '\(Checkout.programs.appending(path: "blankett-scan-worker").path())' "$@"

            """
        let worker = folder.appending(path: "blankett-scan-worker")
        try Data(script.utf8).write(to: worker)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: worker.path())
        return folder
    }

    deinit {
        program.stop()
    }

    /// Such as `name=a&serial=1&kind=classic&id=04c5:11a2`.
    func plug(_ device: String) async throws { try await post("/plug?" + device) }

    func unplug(_ name: String) async throws { try await post("/unplug?name=" + name) }

    /// Presses the device's scan button.
    func press(_ name: String) async throws { try await post("/press?name=" + name) }

    /// Lays paper into the device's feeder.
    func load(_ name: String) async throws { try await post("/load?name=" + name) }

    /// How often sensors of its devices have been read.
    var sensorReadings: Int { get async throws { try await count("sensors") } }

    /// How often its devices have been reset.
    var resets: Int { get async throws { try await count("RESET") } }

    private func count(_ name: String) async throws -> Int {
        let response = try await transport.send(Request("GET", "/counts"), to: "unix://" + socket)
        let counts: JSONValue = try JSONCoding.decode(from: response.bytes ?? [])
        return Int(counts[name]?.numberValue ?? 0)
    }

    /// The scan-workers of the agent that runs here.
    var scanWorkers: [Int32] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.compactMap { Int32($0) }.filter { id in
            guard let name = try? String(contentsOfFile: "/proc/\(id)/comm", encoding: .utf8),
                name.hasPrefix("blankett-scan-w"),
                let environment = FileManager.default.contents(atPath: "/proc/\(id)/environ")
            else { return false }
            return environment.split(separator: 0).contains(Data("HOME=\(folder.path())".utf8))
        }
    }

    private func post(_ path: String) async throws {
        let response = try await transport.send(Request("POST", path), to: "unix://" + socket)
        #expect(response.status == 200, "\(String(decoding: response.bytes ?? [], as: UTF8.self))")
    }

    /// Waits for the program's end.
    ///
    /// - Returns: What it printed.
    func output() async throws -> [UInt8] {
        for _ in 0..<600 where program.isRunning { try await Task.sleep(for: .milliseconds(100)) }
        #expect(!program.isRunning, "the program does not end")
        return [UInt8](try Data(contentsOf: folder.appending(path: Self.outputName)))
    }

    var log: String { (try? String(contentsOf: folder.appending(path: "rig.log"), encoding: .utf8)) ?? "" }
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where umockdev or its Python binding is absent.
    static var needsUmockdev: Self {
        .enabled(if: USBRig.isAvailable, "umockdev, gir1.2-umockdev-1.0 or python3-gi is absent")
    }
}
