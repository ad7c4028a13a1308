import Foundation
import HTTP
import HTTPClient
import Support
import TestSupport

/// The real agent in front of software USB devices, without forms and without a bridge.
final class USBAgent {
    private let folder = TemporaryDirectory.url.appending(path: "station")
    private let transport = CurlTransport()
    private let rig: USBRig

    /// - Parameters:
    ///   - printer: Is behind the devices.
    ///   - settings: More of the configuration.
    /// - Throws: When the agent does not start.
    init(before printer: Printer, _ settings: [String: JSONValue] = [:]) async throws {
        try FileManager.default.createDirectory(
            at: folder.appending(path: "forms"), withIntermediateDirectories: true)
        let profiles = Checkout.root.appending(path: "device-profiles").path()
        let configuration: [String: JSONValue] = [
            "format": "blankett-agent/1", "station": "table", "data": "agent", "forms": ["forms"], "readers": 1,
            "profiles": [.string(profiles)], "test": true,
        ]
        let file = folder.appending(path: "agent.json5")
        try Data(JSONCoding.encode(JSONValue.object(configuration.merging(settings) { $1 }))).write(to: file)
        rig = try USBRig("blankett-agent", ["--config", file.path()], server: printer.hostAndPort)
        try await until("the agent starts") { (try? await get("/status")) != nil }
    }

    func plug(_ device: String) async throws { try await rig.plug(device) }

    func unplug(_ name: String) async throws { try await rig.unplug(name) }

    func get(_ path: String) async throws -> JSONValue { try await send(Request("GET", path)) }

    func post(_ path: String, _ body: JSONValue = [:]) async throws -> JSONValue {
        try await send(
            Request(
                "POST", path, headers: ["Content-Type": "application/json"], body: try JSONCoding.encode(body)))
    }

    /// Every device's id and state.
    var devices: [String: String] {
        get async throws {
            let list = try await get("/status")["devices"]?.arrayValue ?? []
            return Dictionary(
                list.map { ($0["id"]?.stringValue ?? "", $0["state"]?.stringValue ?? "") }, uniquingKeysWith: { $1 })
        }
    }

    func untilDevices(_ wanted: String, _ condition: ([String: String]) -> Bool) async throws {
        try await until(wanted) { condition(try await devices) }
    }

    func untilOver(_ batch: String) async throws -> JSONValue {
        try await until("the batch ends") { try await self.batch(batch)["state"] != "scanning" }
        return try await self.batch(batch)
    }

    func batch(_ id: String) async throws -> JSONValue { try await get("/batches/\(id)")["batch"] ?? .null }

    func trace(_ name: String) throws -> JSONValue {
        try JSONCoding.decode(from: Data(contentsOf: folder.appending(path: "agent/traces/\(name)")))
    }

    /// Waits for something that comes soon, or not at all.
    func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BlankettError("timed-out", exit: .fault, "It never came to this: \(what). \(rig.log.suffix(2000))")
    }

    private func send(_ request: Request) async throws -> JSONValue {
        let response = try await transport.send(
            request, to: "unix://" + folder.appending(path: "agent/control.sock").path())
        guard (200..<300).contains(response.status) else {
            let problem = try JSONCoding.decode(Problem.self, from: response.bytes ?? [])
            throw BlankettError(problem.code, exit: .fault, problem.title)
        }
        return (try? JSONCoding.decode(from: response.bytes ?? [])) ?? .null
    }
}
