import Foundation
import Support

extension Command {
    /// The program `blankett-bridge`; without a command it is the service, which returns when it was asked to end.
    static let bridge = Command(
        "blankett-bridge",
        summary: Words(
            en: "Keeps the records of scanned forms until back-office systems have taken them",
            sv: "Förvarar poster från skannade blanketter tills verksamhetssystemen har hämtat dem"),
        discussion: Words(
            en: """
                Without a command it serves. A setting is taken from --set, else from a variable BLANKETT_…, else from
                conf.d/*.json5 beside the configuration, else from the configuration: listen.port is BLANKETT_LISTEN_PORT.
                SIGHUP reads all of it anew; what cannot be used changes nothing.
                Exit codes: 0 done, 2 wrong usage or configuration, 5 the bridge does not run, 6 storage failed or in use,
                7 not allowed, 70 our fault.
                """,
            sv: """
                Utan kommando är det tjänsten. En inställning tas från --set, annars från en variabel BLANKETT_…, annars
                från conf.d/*.json5 bredvid konfigurationen, annars från konfigurationen: listen.port är
                BLANKETT_LISTEN_PORT. SIGHUP läser allt på nytt; det som inte kan användas ändrar ingenting.
                Slutkoder: 0 klart, 2 fel användning eller konfiguration, 5 bryggan är inte igång, 6 lagringen felar eller
                är upptagen, 7 inte tillåtet, 70 vårt fel.
                """),
        options: [
            .config, .set,
            Option(
                "--check-config",
                help: Words(
                    en: "only read and check it, and show where each value came from",
                    sv: "bara läs och kontrollera den, och visa varifrån varje värde kom")),
        ],
        subcommands: [
            .enrol, .agents, .client, .token, .subscription, .publish, .release, .withdraw, .admin, .audit, .erase,
            .rekey,
            .backup, .restore, .export, .importing, .backupKey, .connect, .sandbox,
        ]
    ) { invocation in
        let sources = try ConfigurationSources(invocation)
        let configuration = try BridgeConfiguration(sources)
        if invocation.arguments.flag("--check-config") {
            for line in sources.table() { invocation.console.print(line) }
            invocation.console.print("\(sources.file.path(percentEncoded: false)): all is well")
            return .done
        }
        umask(0o077)
        let termination = Termination()
        let hangup = SignalBell(SIGHUP)
        let service = try await BridgeService(
            configuration, sockets: InheritedSocket.all(invocation.environment),
            reread: { try BridgeConfiguration(try ConfigurationSources(invocation)) })
        try await service.run(until: termination, reloading: hangup.bell)
        return .done
    }
}

extension Command.Option {
    static let config = Command.Option(
        "--config", value: "FILE",
        help: Words(
            en: "the configuration, JSON5; see docs/bridge.md", sv: "konfigurationen, JSON5; se docs/bridge.md"),
        isRequired: true)
    static let set = Command.Option(
        "--set", value: "KEY=VALUE",
        help: Words(en: "a setting, such as listen.port=8443", sv: "en inställning, som listen.port=8443"),
        repeats: true)
}

extension Invocation {
    /// The configuration that the options name.
    func configuration() throws -> BridgeConfiguration {
        try BridgeConfiguration(try ConfigurationSources(self))
    }
}

extension BlankettError {
    static func usage(_ message: String, advice: String = "See blankett-bridge --help.") -> BlankettError {
        BlankettError("usage", exit: .badInput, message, advice: advice)
    }

    static func notAName(_ text: String) -> BlankettError {
        usage("“\(text)” is no name: write letters a to z, digits and hyphens, such as kiosk-7.")
    }
}
