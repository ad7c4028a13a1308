import Foundation
import HTTP
import HTTPClient
import Support
import TestSupport

/// The folder of a real agent without forms and without a bridge, and what is asked of the agent that runs there.
struct AgentFolder {
    let url = TemporaryDirectory.url.appending(path: "station")
    private let transport = CurlTransport()

    /// What the program is started with.
    var arguments: [String] { ["--config", url.appending(path: "agent.json5").path()] }

    /// - Parameter settings: More of the configuration.
    /// - Throws: When it cannot be written.
    init(_ settings: [String: JSONValue] = [:]) throws {
        try FileManager.default.createDirectory(at: url.appending(path: "forms"), withIntermediateDirectories: true)
        let profiles = Checkout.root.appending(path: "device-profiles").path()
        let configuration: [String: JSONValue] = [
            "format": "blankett-agent/1", "station": "table", "data": "agent", "forms": ["forms"], "readers": 1,
            "profiles": [.string(profiles)], "test": true,
        ]
        try Data(JSONCoding.encode(JSONValue.object(configuration.merging(settings) { $1 }))).write(
            to: url.appending(path: "agent.json5"))
    }

    func untilStarted() async throws { try await until("the agent starts") { (try? await get("/status")) != nil } }

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

    /// What last woke the page, if anything has.
    var signal: JSONValue? {
        get async throws { try await get("/status")["signal"].flatMap { $0 == .null ? nil : $0 } }
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
        try JSONCoding.decode(from: Data(contentsOf: url.appending(path: "agent/traces/\(name)")))
    }

    /// Waits for something that comes soon, or not at all.
    func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BlankettError("timed-out", exit: .fault, "It never came to this: \(what).")
    }

    private func send(_ request: Request) async throws -> JSONValue {
        let response = try await transport.send(
            request, to: "unix://" + url.appending(path: "agent/control.sock").path())
        guard (200..<300).contains(response.status) else {
            let problem = try JSONCoding.decode(Problem.self, from: response.bytes ?? [])
            throw BlankettError(problem.code, exit: .fault, problem.title)
        }
        return (try? JSONCoding.decode(from: response.bytes ?? [])) ?? .null
    }
}
