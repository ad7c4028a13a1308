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
        ]
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
}
