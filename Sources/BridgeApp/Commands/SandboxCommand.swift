import Foundation
import Support

extension Command {
    /// For who builds a consumer.
    static let sandbox = Command(
        "sandbox",
        summary: Words(
            en: "A bridge with made-up records, to build a consumer against",
            sv: "En brygga med påhittade poster, att bygga en konsument mot"),
        discussion: Words(
            en: """
                On this machine only. It prints its address and tokens, and writes them into sandbox.json. With --chaos a share
                of the answers comes late, twice or never; docs/integrate has a consumer that books each record once all the
                same.
                """,
            sv: """
                Bara på den här datorn. Den skriver ut sin adress och sina tokens, och skriver dem i sandbox.json. Med --chaos
                kommer en andel av svaren sent, två gånger eller aldrig; docs/integrate har en konsument som ändå bokar varje
                post en gång.
                """),
        options: [
            Option(
                "--data", value: "DIR",
                help: Words(
                    en: "where it keeps its records (a folder that is removed at the end)",
                    sv: "var den har sina poster (en mapp som tas bort till slut)")),
            Option("--port", value: "N", help: Words(en: "its port (a free one)", sv: "dess port (en ledig)")),
            Option(
                "--records", value: "N", help: Words(en: "how many at the start (20)", sv: "hur många från början (20)")
            ),
            Option(
                "--every", value: "SECONDS",
                help: Words(
                    en: "how often one more comes; 0 is never (10)", sv: "hur ofta en till kommer; 0 är aldrig (10)")),
            Option(
                "--chaos", value: "PERCENT",
                help: Words(
                    en: "share of a consumer's requests that go wrong (0)",
                    sv: "andel av en konsuments anrop som går fel (0)")),
        ]
    ) { invocation in
        let arguments = invocation.arguments
        let own = arguments["--data"].map { URL(filePath: $0) }
        let folder = own ?? FileManager.default.temporaryDirectory.appending(path: "blankett-sandbox-\(UUIDv7())")
        let sandbox = Sandbox(
            folder: folder, port: UInt16(try arguments.integer("--port", in: 0...65535) ?? 0),
            records: try arguments.integer("--records", in: 0...1_000_000) ?? 20,
            every: Double(try arguments.integer("--every", in: 0...86400) ?? 10),
            chaos: Double(try arguments.integer("--chaos", in: 0...100) ?? 0) / 100)
        umask(0o077)
        let console = invocation.console
        let log = arguments["--data"] == nil ? Logger.silent : Logger.standardError
        defer { if own == nil { try? FileManager.default.removeItem(at: folder) } }
        try await sandbox.run(until: Termination(), log: log) { facts in
            console.print("address       \(facts.address)")
            console.print("subscription  \(facts.subscription)")
            console.print("token         \(facts.token)")
            console.print("operator      \(facts.operatorToken)")
            console.print("all of it     \(folder.appending(path: "sandbox.json").path(percentEncoded: false))")
            console.print("")
            console.print(
                "curl -H 'Authorization: Bearer \(facts.token)' -d '{\"limit\":1}' \(facts.address)/v1/subscriptions/\(facts.subscription)/claims"
            )
        }
        return .done
    }
}
