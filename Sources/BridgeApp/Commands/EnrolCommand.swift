import Foundation
import Support

extension Command {
    static let enrol = Command(
        "enrol",
        summary: Words(
            en: "Make a code with which one kiosk fetches its certificate, once, within 15 minutes",
            sv: "Gör en kod med vilken en kiosk hämtar sitt certifikat, en gång, inom 15 minuter"),
        options: [.config, .set],
        operands: Operands(
            "NAME", counts: 1...1, help: Words(en: "of the kiosk, such as kiosk-7", sv: "kioskens, som kiosk-7"))
    ) { invocation in
        let name = invocation.arguments.operands[0]
        guard Caller.isName(name) else { throw BlankettError.notAName(name) }
        let code = try invocation.registry().enrol(name)
        try invocation.note("agent.code", name)
        invocation.console.print(code)
        return .done
    }

    static let agents = Command(
        "agents", summary: Words(en: "Kiosks and their certificates", sv: "Kiosker och deras certifikat"),
        subcommands: [
            Command(
                "list", summary: Words(en: "All kiosks that have enrolled", sv: "Alla kiosker som har certifikat"),
                options: [.config, .set]
            ) { invocation in
                for agent in try invocation.registry().read().agents {
                    if agent.isDenied { invocation.console.print("\(agent.name)\tdenied") }
                    for certificate in agent.certificates where !agent.isDenied {
                        let state = certificate.isDenied ? "denied" : "until"
                        invocation.console.print(
                            "\(agent.name)\t\(state)\t\(certificate.notAfter.formatted(.iso8601))\t\(certificate.serial)"
                        )
                    }
                }
                return .done
            },
            deciding(
                "deny", true,
                Words(
                    en: "Let a kiosk in no longer, from its next request on",
                    sv: "Släpp inte in en kiosk, från nästa begäran")),
            deciding("allow", false, Words(en: "Let a denied kiosk in again", sv: "Släpp in en nekad kiosk igen")),
        ])

    static let client = Command(
        "client",
        summary: Words(
            en: "Clients that fetch tokens of 15 minutes at /v1/token",
            sv: "Klienter som hämtar tokens för 15 minuter på /v1/token"),
        subcommands: [
            Command(
                "add",
                summary: Words(
                    en: "Make a client, or one more secret for it; the secret is printed once",
                    sv: "Gör en klient, eller en hemlighet till för den; hemligheten skrivs ut en gång"),
                options: [
                    .config, .set,
                    Option(
                        "--subscription", value: "NAME",
                        help: Words(en: "whose records; an operator has none", sv: "vems poster; en operatör har ingen")
                    ),
                ],
                operands: Operands("NAME", counts: 1...1, help: Words(en: "its client_id", sv: "dess client_id"))
            ) { invocation in
                let name = invocation.arguments.operands[0]
                guard Caller.isName(name) else { throw BlankettError.notAName(name) }
                let subscription = invocation.arguments["--subscription"]
                if let subscription { try invocation.configuration().requireSubscription(subscription) }
                let secret = try invocation.registry().addClient(name, subscription: subscription)
                try invocation.note("client.add", name)
                invocation.console.print(secret)
                return .done
            },
            Command(
                "list", summary: Words(en: "All clients", sv: "Alla klienter"), options: [.config, .set]
            ) { invocation in
                for client in try invocation.registry().read().clients {
                    invocation.console.print(
                        "\(client.id)\t\(client.subscription ?? "operator")\t\(client.secrets.count)")
                }
                return .done
            },
            Command(
                "remove",
                summary: Words(
                    en: "Take a client away, with its tokens", sv: "Ta bort en klient, med dess tokens"),
                options: [
                    .config, .set,
                    Option(
                        "--old-secrets",
                        help: Words(en: "only its secrets but the newest", sv: "bara dess hemligheter utom den nyaste")),
                ], operands: Operands("NAME", counts: 1...1, help: Words(en: "its client_id", sv: "dess client_id"))
            ) { invocation in
                let name = invocation.arguments.operands[0]
                guard
                    try invocation.registry().removeClient(
                        name, onlyOldSecrets: invocation.arguments.flag("--old-secrets"))
                else { throw BlankettError.usage("There is no client \(name).") }
                try invocation.note("client.remove", name)
                return .done
            },
        ])

    private static func deciding(_ word: String, _ isDenied: Bool, _ summary: Words) -> Command {
        Command(
            word, summary: summary,
            options: [
                .config, .set,
                Option(
                    "--serial", value: "SERIAL",
                    help: Words(en: "only this certificate of it", sv: "bara detta certifikat för den")),
            ], operands: Operands("NAME", counts: 1...1, help: Words(en: "of the kiosk", sv: "kioskens"))
        ) { invocation in
            let name = invocation.arguments.operands[0]
            guard
                try invocation.registry().setDenied(isDenied, agent: name, serial: invocation.arguments["--serial"])
            else {
                throw BlankettError.usage(
                    "There is no such kiosk or certificate.", advice: "See blankett-bridge agents list.")
            }
            try invocation.note("agent.\(word)", name)
            return .done
        }
    }
}

extension Invocation {
    /// Keeps a line for the audit log, under the name of who ran the command.
    func note(_ action: String, _ object: String) throws {
        let user = environment["SUDO_USER"] ?? environment["USER"] ?? ""
        let isName = user.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.-]{0,31}/) != nil
        try registry().note(action, object: object, by: isName ? "user:\(user)" : "uid:\(getuid())")
    }

    /// Who may come in, in the folder that the configuration names.
    func registry() throws -> AccessRegistry {
        let configuration = try configuration()
        try DurableFile.makeFolder(configuration.accessFolder ?? configuration.dataFolder)
        return AccessRegistry(configuration.registryFile)
    }
}
