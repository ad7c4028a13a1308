import Delivery
import Foundation
import HTTP
import HTTPClient
import Support

extension Technician {
    /// `blankett demo`: the whole road on this machine, with a software printer and our own form.
    static let demo = Command(
        "demo",
        summary: Words(
            en: "Show the whole road on this machine: software printer, agent, bridge, kiosk page",
            sv: "Visa hela vägen på den här datorn: mjukvaruskrivare, agent, brygga, kiosksida"),
        discussion: Words(
            en: """
                Scans two sheets of the invented Exempelstad's application, reads them, sends the record to a bridge,
                polls it as a case system would, and prints it. Then the kiosk page stays up until Ctrl-C, and every
                record that is sent from it is printed too. Nothing is kept.
                """,
            sv: """
                Skannar två blad av det påhittade Exempelstads ansökan, läser dem, skickar posten till en brygga, hämtar
                den som ett verksamhetssystem gör, och skriver ut den. Sedan är kiosksidan uppe till Ctrl-C, och varje
                post som skickas därifrån skrivs också ut. Inget sparas.
                """),
        options: [
            Command.Option(
                "--once",
                help: Words(en: "end after the first record", sv: "sluta efter första posten")),
            .json,
        ],
        action: { invocation in
            let folder = try DemoFolder(environment: invocation.environment)
            defer { folder.remove() }
            return try await Demo(folder: folder, invocation: invocation).run()
        })
}

/// The demo's programs, and what it does with them.
private struct Demo {
    let folder: DemoFolder
    let invocation: Invocation
    let transport = CurlTransport()

    func run() async throws -> ExitCode {
        let mfp = try await startMFP()
        defer { mfp.program.stop() }
        let bridge = try await startBridge()
        defer { bridge.program.stop() }
        let agent = try await startAgent(mfp: mfp.address, bridge: bridge.address)
        defer { agent.program.stop() }
        let consumer = Consumer(
            transport: transport, bridge: bridge.address, subscription: "demo", token: bridge.consumerToken)

        tell(en: "kiosk page   \(agent.address)", sv: "kiosksida    \(agent.address)")
        tell(en: "scanner      \(mfp.address)", sv: "skanner      \(mfp.address)")
        tell(en: "bridge       \(bridge.address)", sv: "brygga       \(bridge.address)")
        tell(en: "scanning two sheets …", sv: "skannar två blad …")
        try await scan()
        try await takeRecord(from: consumer, patience: 9)
        if invocation.arguments.flag("--once") { return .done }

        try await load(folder.paper.dropFirst(2).map { $0.path() }, into: mfp.address)
        tell(
            en:
                "\(folder.paper.count - 2) more sheets lie in the feeder. Open the kiosk page and press Scan. Ctrl-C ends.",
            sv:
                "\(folder.paper.count - 2) blad till ligger i mataren. Öppna kiosksidan och tryck Skanna. Ctrl-C avslutar."
        )
        while true { try await takeNext(from: consumer) }
    }

    /// Waits a while for a record; a bridge that is away is asked again, as every consumer should.
    private func takeNext(from consumer: Consumer) async throws {
        do {
            _ = try await consumer.takeOne(waiting: 20, show)
        } catch let error as BlankettError where error.isTransient {
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func startMFP() async throws -> (program: BackgroundProgram, address: String) {
        let addressFile = folder.data.appending(path: "mfp.address")
        let program = try BackgroundProgram(
            folder.program("virtual-mfp"),
            ["--port", "0", "--address-file", addressFile.path()]
                + folder.paper.prefix(2).flatMap { ["--feeder", $0.path()] },
            log: folder.data.appending(path: "mfp.log"))
        return (program, try await program.address(in: addressFile))
    }

    private func startBridge() async throws -> (program: BackgroundProgram, address: String, consumerToken: String) {
        let configuration = try folder.write(
            "bridge.json5",
            """
            { format: "blankett-bridge/1", data: "bridge", listen: { address: "127.0.0.1", port: 0 },
              subscriptions: [{ name: "demo", from: "earliest", includeTest: true }] }
            """)
        let program = folder.program("blankett-bridge")
        let config = ["--config", configuration.path()]
        let agentToken = try BackgroundProgram.output(of: program, ["token", "agent", "demo"] + config)
        let consumerToken = try BackgroundProgram.output(
            of: program, ["token", "consumer", "demo-system", "--subscription", "demo"] + config)
        _ = try folder.write("agent.token", agentToken)
        let service = try BackgroundProgram(program, config, log: folder.data.appending(path: "bridge.log"))
        let address = try await service.address(in: folder.data.appending(path: "bridge/bridge.address"))
        return (service, address, consumerToken)
    }

    private func startAgent(mfp: String, bridge: String) async throws -> (program: BackgroundProgram, address: String) {
        let configuration = JSONValue.object([
            "format": "blankett-agent/1", "station": "demo", "data": "agent", "test": true,
            "language": .string(invocation.language.rawValue),
            "forms": [.string(folder.forms.path())], "profiles": [.string(folder.profiles.path())],
            "scanners": [["name": "Virtual MFP", "address": .string(mfp)]],
            "bridge": ["url": .string(bridge), "tokenFile": "agent.token"],
            "confirm": "automatic-when-certain",
        ])
        let file = try folder.write("agent.json5", JSONCoding.encodeText(configuration, pretty: true))
        let program = try BackgroundProgram(
            folder.program("blankett-agent"), ["--config", file.path()], log: folder.data.appending(path: "agent.log"))
        return (program, try await program.address(in: folder.data.appending(path: "agent/agent.address")))
    }

    private func scan() async throws {
        let socket = "unix://" + folder.data.appending(path: "agent/control.sock").path()
        let request = Request("POST", "/scans", headers: ["Content-Type": "application/json"], body: Array("{}".utf8))
        let response = try await transport.send(request, to: socket)
        guard response.status == 201 else {
            throw BlankettError(
                "scan-refused", exit: .device,
                "The agent did not scan: \(String(decoding: response.bytes ?? [], as: UTF8.self))")
        }
    }

    private func load(_ paper: [String], into mfp: String) async throws {
        let origin = mfp.replacing(/\/eSCL\/?$/, with: "")
        let body = try JSONCoding.encode(["adf": paper])
        _ = try await transport.send(
            Request("POST", "/_ctl", headers: ["Content-Type": "application/json"], body: body), to: origin)
    }

    /// Waits for one record, `patience` times 20 s.
    private func takeRecord(from consumer: Consumer, patience: Int) async throws {
        for _ in 0..<patience where try await consumer.takeOne(waiting: 20, show) { return }
        throw BlankettError(
            "no-record", exit: .partial, "No record came to the bridge.",
            advice: "Look at the kiosk page: a document may wait there for a person.")
    }

    private func show(_ record: Record) throws {
        if invocation.wantsJSON {
            try invocation.printJSON(record)
        } else {
            invocation.console.print("\n" + RecordTable(record: record).text)
        }
    }

    private func tell(en: String, sv: String) {
        invocation.console.note(Words(en: en, sv: sv)[invocation.language])
    }
}
