import Foundation
import HTTP
import HTTPClient
import Support
import TestSupport
import Testing

/// A software printer with a certificate of its own, and an agent that knows it.
private final class TrustedPrinter {
    private let folder = TemporaryDirectory.url
    private let transport = CurlTransport()
    private var printer: BackgroundProgram
    private let agent: BackgroundProgram
    private let address: String
    let socket: String

    init() async throws {
        let file = folder.appending(path: "mfp.address")
        printer = try Self.printer(port: "0", file)
        address = try await printer.address(in: file)
        socket = folder.appending(path: "agent/control.sock").path()
        try FileManager.default.createDirectory(
            at: folder.appending(path: "forms"), withIntermediateDirectories: true)
        let configuration: JSONValue = [
            "format": "blankett-agent/1", "station": "table", "data": "agent", "forms": ["forms"], "readers": 1,
            "test": true, "scanners": [["name": "MFP 1", "address": .string(address)]],
            "profiles": [.string(Checkout.root.appending(path: "device-profiles").path())],
        ]
        try Data(JSONCoding.encode(configuration)).write(to: folder.appending(path: "agent.json5"))
        agent = try BackgroundProgram(agentIn: folder)
        try await agent.waitForAgent(in: folder)
    }

    deinit {
        agent.stop()
        printer.stop()
    }

    /// The same address, with a certificate that was made anew.
    func replacePrinter() async throws {
        let port = try #require(address.firstMatch(of: /:([0-9]+)\//)?.1)
        printer.stop()
        let file = folder.appending(path: "other.address")
        printer = try Self.printer(port: String(port), file)
        _ = try await printer.address(in: file)
    }

    private static func printer(port: String, _ file: URL) throws -> BackgroundProgram {
        try BackgroundProgram(
            Checkout.programs.appending(path: "virtual-mfp"),
            ["--port", port, "--tls", "--address-file", file.path()],
            log: file.deletingLastPathComponent().appending(path: "mfp.log"))
    }

    func blankett(_ words: String...) async throws -> ProgramRun {
        try await ProgramRun("blankett", words + ["--socket", socket])
    }

    /// Waits until the printer is as it should be.
    func until(_ state: String, _ code: String? = nil) async throws {
        for _ in 0..<600 {
            let response = try await transport.send(Request("GET", "/devices"), to: "unix://" + socket)
            let answer: JSONValue = try JSONCoding.decode(from: response.bytes ?? [])
            let device = answer[0]?["device"]
            if device?["state"]?.stringValue == state, device?["code"]?.stringValue == code { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BlankettError("timed-out", exit: .fault, "The printer never was \(state).")
    }
}

@Suite(.temporaryDirectory) struct `A scanner with another certificate` {
    @Test func `is not used until a technician accepts it, and then at once`() async throws {
        let station = try await TrustedPrinter()
        try await station.until("ready")
        let good = try await station.blankett("scanners", "trust", "MFP 1")
        #expect(good.code == 0, "\(good.errors)")

        try await station.replacePrinter()
        try await station.until("unreachable", "scanner-not-trusted")
        let status = try await station.blankett("status")
        #expect(status.code == 4)
        #expect(status.output.contains("blankett scanners trust 'MFP 1'"), "\(status.output)")

        let shown = try await station.blankett("scanners", "trust", "MFP 1")
        #expect(shown.code == 2)
        #expect(shown.errors.contains("--yes"))
        #expect(shown.output.contains("NOT the one"), "\(shown.output)")
        let keys = shown.output.matches(of: /sha256\/\/\S{44}/).map { String($0.0) }
        #expect(Set(keys).count == 2)
        #expect(shown.output.firstMatch(of: /([0-9A-F]{2}:){31}[0-9A-F]{2}/) != nil)
        try await station.until("unreachable", "scanner-not-trusted")

        let accepted = try await station.blankett("scanners", "trust", "MFP 1", "--yes")
        #expect(accepted.code == 0, "\(accepted.errors)")
        try await station.until("ready")
        let other = try await station.blankett("scanners", "trust", "nobody")
        #expect(other.code == 2)
    }
}
