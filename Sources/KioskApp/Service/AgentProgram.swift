import AgentApp
import Foundation
import Scanning
public import Support

extension Command {
    /// The program `blankett-agent`; a service returns when it was asked to end.
    public static let agent = Command(
        "blankett-agent",
        summary: Words(
            en: "Scans, reads and hands over paper forms at one kiosk",
            sv: "Skannar, läser och lämnar över pappersblanketter vid en kiosk"),
        discussion: Words(
            en: """
                The kiosk page's start link is written to agent.address in the data folder, for this user only.
                Exit codes: 0 done, 2 wrong usage or configuration, 6 storage failed or in use, 70 our fault.
                """,
            sv: """
                Kiosksidans startlänk skrivs till agent.address i datamappen, bara för den här användaren.
                Slutkoder: 0 klart, 2 fel användning eller konfiguration, 6 lagringen felar eller är upptagen, 70 vårt fel.
                """),
        options: [
            Option(
                "--config", value: "FILE", help: Words(en: "the configuration, JSON5", sv: "konfigurationen, JSON5"),
                isRequired: true),
            Option(
                "--data", value: "DIR",
                help: Words(
                    en: "keep the data here, whatever the configuration says",
                    sv: "lägg data här, vad konfigurationen än säger")),
            Option(
                "--check-config", help: Words(en: "only read and check it", sv: "bara läs och kontrollera den")),
        ],
        subcommands: [.enrol]
    ) { invocation in
        let file = invocation.arguments["--config"] ?? ""
        var configuration = try AgentConfiguration(file: URL(filePath: file))
        configuration.settings.version = Program.version
        if let data = invocation.arguments["--data"] {
            configuration.dataFolder = URL(filePath: data, directoryHint: .isDirectory)
        }
        let service = try AgentService(configuration)
        if invocation.arguments.flag("--check-config") {
            let problems = await service.profiles.problems
            guard problems.isEmpty else {
                throw BlankettError(
                    "profiles-broken", exit: .badInput, problems.map(\.description).joined(separator: "\n"))
            }
            invocation.console.print("\(file): all is well")
            return .done
        }
        umask(0o077)
        try await service.run(until: Termination())
        return .done
    }

    /// Fetches the station's certificate; a running agent shows it from its next request on.
    private static let enrol = Command(
        "enrol",
        summary: Words(
            en: "Fetch this station's certificate from the bridge, with a one-time code",
            sv: "Hämta stationens certifikat från bryggan, med en engångskod"),
        options: [
            Option(
                "--config", value: "FILE", help: Words(en: "the configuration, JSON5", sv: "konfigurationen, JSON5"),
                isRequired: true)
        ],
        operands: Operands(
            "CODE", counts: 1...1,
            help: Words(en: "what blankett-bridge enrol has printed", sv: "det som blankett-bridge enrol skrev ut"))
    ) { invocation in
        let configuration = try AgentConfiguration(file: URL(filePath: invocation.arguments["--config"] ?? ""))
        guard let bridge = configuration.bridge, bridge.usesIdentity else {
            throw BlankettError(
                "no-identity", exit: .badInput, "The configuration has no bridge to which a certificate is shown.",
                advice: "Write bridge: { url: \"https://…\" }, without tokenFile and certificate.")
        }
        umask(0o077)
        try DurableFile.makeFolder(configuration.dataFolder)
        do {
            let name = try await configuration.identity.fetch(
                over: try bridge.client(configuration.identity), name: configuration.settings.name,
                code: invocation.arguments.operands[0])
            invocation.console.print("This station is \(name).")
            return .done
        } catch let failure as BridgeClient.Failure {
            throw BlankettError(
                failure.code, exit: failure.code.hasPrefix("bridge-") ? .bridgeUnreachable : .notAllowed,
                "The bridge gave no certificate: \(failure.code).",
                advice: "Check its address and trust in the configuration; a code is good once, for 15 minutes.")
        }
    }
}
