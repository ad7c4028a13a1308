import Foundation
import HTTP
import HTTPClient
import Support
import TestSupport

/// A software printer and an agent in front of it, without a bridge: what a technician has on the table.
final class ProfileStation {
    private let folder = TemporaryDirectory.url
    private let transport = CurlTransport()
    private let printer: BackgroundProgram
    private var agent: BackgroundProgram?
    let printerAddress: String
    let socket: String

    /// - Parameter keys: Whose signature the agent demands.
    /// - Throws: ``BlankettError`` when a program does not start.
    init(trusting keys: [String] = []) async throws {
        let printerFile = folder.appending(path: "mfp.address")
        printer = try BackgroundProgram(
            Checkout.programs.appending(path: "virtual-mfp"), ["--port", "0", "--address-file", printerFile.path()],
            log: folder.appending(path: "mfp.log"))
        printerAddress = try await printer.address(in: printerFile)
        socket = folder.appending(path: "agent/control.sock").path()
        let forms = folder.appending(path: "forms")
        try FileManager.default.createDirectory(at: forms, withIntermediateDirectories: true)
        let profiles = Checkout.root.appending(path: "device-profiles").path()
        let configuration: JSONValue = [
            "format": "blankett-agent/1", "station": "table", "data": "agent", "forms": ["forms"], "readers": 1,
            "profiles": [.string(profiles)], "profileKeys": .array(keys.map { .string($0) }), "test": true,
            "scanners": [["name": "MFP", "address": .string(printerAddress), "profile": "form-a4"]],
        ]
        try Data(JSONCoding.encode(configuration)).write(to: folder.appending(path: "agent.json5"))
        try await startAgent()
    }

    deinit {
        agent?.stop()
        printer.stop()
    }

    func startAgent() async throws {
        agent?.stop()
        let program = try BackgroundProgram(agentIn: folder)
        agent = program
        try await program.waitForAgent(in: folder)
    }

    /// Sets the printer's paper and temper.
    func control(_ state: JSONValue) async throws {
        let answer = try await transport.send(
            Request(
                "POST", "/_ctl", headers: ["Content-Type": "application/json"], body: try JSONCoding.encode(state)),
            to: printerAddress.replacing("/eSCL", with: ""))
        precondition(answer.status == 200, String(decoding: answer.bytes ?? [], as: UTF8.self))
    }

    /// What the printer says of itself.
    func printerState() async throws -> JSONValue {
        let answer = try await transport.send(Request("GET", "/_ctl"), to: printerAddress.replacing("/eSCL", with: ""))
        return try JSONCoding.decode(from: answer.bytes ?? [])
    }

    func ask(_ method: String, _ path: String, _ body: JSONValue = [:]) async throws -> (status: Int, json: JSONValue) {
        let response = try await transport.send(
            Request(
                method, path, headers: ["Content-Type": "application/json"],
                body: method == "POST" ? try JSONCoding.encode(body) : []), to: "unix://" + socket)
        return (response.status, (try? JSONCoding.decode(from: response.bytes ?? [])) ?? .null)
    }

    /// Runs `blankett profiles …` against this agent.
    func profiles(_ arguments: String...) async throws -> ProgramRun {
        let takesSocket = ["load", "list"].contains(arguments.first)
        return try await ProgramRun(
            "blankett", ["profiles"] + arguments + (takesSocket ? ["--socket", socket] : []))
    }

    /// Scans, and waits until all pages of the batch are in.
    ///
    /// - Returns: The resolution that the batch's job has.
    func scan(_ sheets: [String], meanwhile: () async throws -> Void = {}) async throws -> Double? {
        try await control(["adf": .array(sheets.map { .string($0) })])
        let (status, batch) = try await ask("POST", "/scans")
        guard status == 201, let id = batch["id"]?.stringValue else {
            throw BlankettError("not-started", exit: .fault, "The scan did not begin: \(batch)")
        }
        try await meanwhile()
        for _ in 0..<600 {
            let view = try await ask("GET", "/batches/\(id)").json
            if view["batch"]?["state"]?.stringValue != "scanning" {
                return view["batch"]?["job"]?["resolution"]?.numberValue
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }
}
