import Delivery
import Foundation
import HTTP
import HTTPClient
import Support
import TestSupport

/// The real programs of one office, on loopback: software printer, bridge and agent.
///
/// Its form is our own with only the fields that need nobody, so that a document is sent without a person.
final class Town {
    private let folder: URL
    private let transport = CurlTransport()
    private let printer: BackgroundProgram
    private let printerAddress: String
    private var bridge: BackgroundProgram?
    private let bridgeAddress: String
    private let consumerToken: String
    private var agent: BackgroundProgram?
    /// Between agent and bridge, where a cue was given.
    let relay: BridgeRelay?
    /// Below the agent's data folder, where a size was given.
    let disk: SmallDisk?

    static let sheets = ["1-typed", "2-typed", "3-typed"].flatMap { copy in
        (1...2).map { Checkout.root.appending(path: "forms/exempelstad-bistand/samples/\(copy)-page-\($0).jpg").path() }
    }

    /// Starts all three.
    ///
    /// - Parameters:
    ///   - cue: What goes wrong between agent and bridge.
    ///   - megabytes: Of the disk that holds the agent's data; that of this machine when it is `nil`.
    ///   - scanner: Makes the agent's scanner address out of the printer's, so that SANE can be used.
    /// - Throws: When one of them does not start.
    init(
        cue: BridgeRelay.Cue? = nil, diskOf megabytes: Int? = nil, scanner: (String) -> String = { $0 }
    ) async throws {
        folder = TemporaryDirectory.url
        try Self.writeForm(to: folder.appending(path: "forms/quick"))
        let printerFile = folder.appending(path: "mfp.address")
        printer = try BackgroundProgram(
            Checkout.programs.appending(path: "virtual-mfp"), ["--port", "0", "--address-file", printerFile.path()],
            log: folder.appending(path: "mfp.log"))
        printerAddress = try await printer.address(in: printerFile)

        let configuration = try Self.bridgeConfiguration(in: folder, port: 0)
        let program = Checkout.programs.appending(path: "blankett-bridge")
        let agentToken = try BackgroundProgram.output(of: program, ["token", "agent", "town"] + configuration)
        consumerToken = try BackgroundProgram.output(
            of: program, ["token", "consumer", "system", "--subscription", "town"] + configuration)
        let service = try BackgroundProgram(program, configuration, log: folder.appending(path: "bridge.log"))
        bridge = service
        bridgeAddress = try await service.address(in: folder.appending(path: "bridge/bridge.address"))

        relay = try cue.map { [bridgeAddress] in try BridgeRelay(to: bridgeAddress, cue: $0) }
        let data = folder.appending(path: "agent")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        disk = try megabytes.map { try SmallDisk(over: data, megabytes: $0) }

        let token = folder.appending(path: "agent.token")
        try Data(agentToken.utf8).write(to: token)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: token.path())
        let agentConfiguration: JSONValue = [
            "format": "blankett-agent/1", "station": "town", "data": "agent", "forms": ["forms"], "readers": 1,
            "profiles": [.string(Checkout.root.appending(path: "device-profiles").path())], "test": true,
            "scanners": [["name": "MFP", "address": .string(scanner(printerAddress)), "profile": "form-a4"]],
            "bridge": ["url": .string(relay?.origin ?? bridgeAddress), "tokenFile": "agent.token"],
            "diskReserve": .number(Double(megabytes == nil ? 256 << 20 : Self.smallReserve)),
        ]
        try Data(JSONCoding.encode(agentConfiguration)).write(to: folder.appending(path: "agent.json5"))
        try await startAgent()
    }

    deinit {
        agent?.stop()
        bridge?.stop()
        printer.stop()
    }

    /// What the agent is to keep free on a small disk, in bytes.
    static let smallReserve = 4 << 20

    func startAgent() async throws {
        let program = try BackgroundProgram(agentIn: folder)
        agent = program
        try await program.waitForAgent(in: folder)
    }

    /// How the agent ended by itself; `nil` while it runs.
    var agentExit: ChildProcess.Exit? { agent?.exit }

    /// What the running agent, or the last one, has said.
    var agentLog: String { (try? String(contentsOf: folder.appending(path: "agent.log"), encoding: .utf8)) ?? "" }

    /// Makes every write of the running agent fail that goes beyond so many bytes into a file.
    func limitAgentsFiles(to bytes: Int) throws {
        let id = agent?.processIdentifier ?? 0
        let run = try BoundedRun(of: "/usr/bin/prlimit", ["--pid", "\(id)", "--fsize=\(bytes)"])
        guard run.isSuccess else { throw BlankettError("not-limited", exit: .notAllowed, run.messages) }
    }

    /// As a power cut would.
    func killAgent() {
        agent?.kill()
        agent = nil
    }

    /// Kills the newest child of the agent with this name, if there is one.
    ///
    /// - Returns: Whether there was.
    func killWorker(_ name: String) throws -> Bool {
        guard let agent else { return false }
        let path = "/proc/\(agent.processIdentifier)/task"
        let children = try FileManager.default.contentsOfDirectory(atPath: path).flatMap { thread in
            ((try? String(contentsOfFile: "\(path)/\(thread)/children", encoding: .utf8)) ?? "").split(separator: " ")
        }
        let workers = children.compactMap { Int32($0) }.filter { id in
            // The kernel keeps 15 characters of a name.
            (try? String(contentsOfFile: "/proc/\(id)/comm", encoding: .utf8))?.hasPrefix(name.prefix(15)) == true
        }
        guard let worker = workers.max() else { return false }
        return kill(worker, SIGKILL) == 0
    }

    func stopBridge() {
        bridge?.stop()
        bridge = nil
    }

    /// At the address where it was before.
    func startBridge() async throws {
        let port = Int(bridgeAddress.split(separator: ":").last ?? "") ?? 0
        let service = try BackgroundProgram(
            Checkout.programs.appending(path: "blankett-bridge"), Self.bridgeConfiguration(in: folder, port: port),
            log: folder.appending(path: "bridge.log"))
        bridge = service
        _ = try await service.address(in: folder.appending(path: "bridge/bridge.address"))
    }

    private static func bridgeConfiguration(in folder: URL, port: Int) throws -> [String] {
        let file = folder.appending(path: "bridge.json5")
        try Data(
            """
            { format: "blankett-bridge/1", data: "bridge", listen: { port: \(port) },
              subscriptions: [{ name: "town", from: "earliest", includeTest: true }] }
            """.utf8
        ).write(to: file)
        return ["--config", file.path()]
    }

    /// Where `blankett` finds the agent.
    var agentSocket: String { folder.appending(path: "agent/control.sock").path() }

    /// Puts sheets into the feeder, and sets the printer's temper.
    func load(_ sheets: [String], temper: [String: JSONValue] = [:]) async throws {
        let wishes = temper.merging(["adf": .array(sheets.map { .string($0) })]) { $1 }
        let answer = try await transport.send(
            Request(
                "POST", "/_ctl", headers: ["Content-Type": "application/json"], body: try JSONCoding.encode(wishes)),
            to: printerAddress.replacing("/eSCL", with: ""))
        precondition(answer.status == 200)
    }

    /// Asks the agent; the answer's JSON.
    @discardableResult
    func ask(_ method: String, _ path: String) async throws -> JSONValue {
        let body = method == "POST" ? Array("{}".utf8) : []
        let response = try await transport.send(
            Request(method, path, headers: ["Content-Type": "application/json"], body: body),
            to: "unix://" + agentSocket)
        guard response.status < 300 else {
            throw BlankettError(
                "agent-refused", exit: .fault, "\(path): \(String(decoding: response.bytes ?? [], as: UTF8.self))")
        }
        return (response.bytes ?? []).isEmpty ? .null : try JSONCoding.decode(from: response.bytes ?? [])
    }

    /// Waits until `condition` holds of the agent's status.
    func wait(_ what: String, until condition: (JSONValue) -> Bool) async throws {
        for _ in 0..<1200 {
            if let status = try? await ask("GET", "/status"), condition(status) { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw BlankettError("waited-in-vain", exit: .fault, "\(what): \(agentLog.suffix(2000))")
    }

    /// Waits until so many pages of the newest batch are in the journal, and it is not over.
    func waitForPages(_ count: Int) async throws {
        try await wait("page \(count)") { $0["batches"]?[0]?["pages"]?.numberValue ?? 0 >= Double(count) }
    }

    /// Takes records from the bridge until `count` have come, then looks once more that no other is there.
    func records(_ count: Int) async throws -> [Record] {
        var records: [Record] = []
        for _ in 0..<40 {
            let claimed = try await claim(waiting: records.count < count ? 5 : 1)
            records += claimed
            if claimed.isEmpty, records.count >= count { break }
        }
        return records
    }

    private func claim(waiting seconds: Int) async throws -> [Record] {
        func post<Answer: Decodable>(_ path: String, _ body: some Encodable) async throws -> Answer {
            let response = try await transport.send(
                Request(
                    "POST", "/v1/subscriptions/town/\(path)",
                    headers: ["Authorization": "Bearer \(consumerToken)", "Content-Type": "application/json"],
                    body: try JSONCoding.encode(body)), to: bridgeAddress)
            return try JSONCoding.decode(from: response.bytes ?? [])
        }
        let claims: ClaimResponse = try await post("claims", ClaimRequest(limit: 20, waitSeconds: seconds))
        guard !claims.items.isEmpty else { return [] }
        let receipts = claims.items.map {
            AcknowledgementRequest.Item(leaseId: $0.leaseId, outcome: .done, caseId: "c", system: "test")
        }
        let _: AcknowledgementResponse = try await post("acknowledgements", AcknowledgementRequest(items: receipts))
        return claims.items.map(\.record)
    }

    /// Our own form with combs, boxes and signature only.
    private static func writeForm(to package: URL) throws {
        let own = Checkout.root.appending(path: "forms/exempelstad-bistand")
        try FileManager.default.createDirectory(at: package, withIntermediateDirectories: true)
        for page in ["page-1.png", "page-2.png"] {
            try FileManager.default.copyItem(at: own.appending(path: page), to: package.appending(path: page))
        }
        let text = try Data(contentsOf: own.appending(path: "form.json5"))
        var form: JSONValue = try JSONCoding.decode(from: text, json5: true)
        let sure: Set = ["checkbox", "choice", "signature"]
        let fields = (form["fields"]?.arrayValue ?? []).filter { sure.contains($0["kind"]?.stringValue ?? "") }
        guard var members = form.objectValue else { return }
        members["fields"] = .array(fields)
        members["rules"] = nil
        members["output"] = nil
        form = .object(members)
        try Data(JSONCoding.encode(form)).write(to: package.appending(path: "form.json5"))
    }
}
