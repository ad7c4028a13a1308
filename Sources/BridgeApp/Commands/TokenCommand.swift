import Foundation
import Support

extension Command {
    /// Long-lived tokens: the documented way round short-lived ones, for a trial or an old client.
    static let token = Command(
        "token",
        summary: Words(
            en: "Make, list or take back long-lived tokens; a token is printed once",
            sv: "Gör, lista eller ta tillbaka långlivade tokens; en token skrivs ut en gång"),
        subcommands: [
            making(
                "agent",
                Words(en: "A token for a kiosk; enrolment is better", sv: "En token för en kiosk; enrol är bättre")
            ) { name, _, _ in (name, nil, false) },
            making(
                "consumer",
                Words(
                    en: "A token for a back-office system; a client is better",
                    sv: "En token för ett verksamhetssystem; en client är bättre"),
                options: [
                    Option(
                        "--subscription", value: "NAME", help: Words(en: "whose records", sv: "vems poster"),
                        isRequired: true)
                ]
            ) { name, arguments, configuration in
                let subscription = arguments["--subscription"] ?? ""
                try configuration.requireSubscription(subscription)
                return (name, subscription, false)
            },
            making(
                "operator",
                Words(
                    en: "A token for who watches counters and redrives dead letters",
                    sv: "En token för den som följer räknare och kör om avvisade poster")
            ) { name, _, _ in (name, nil, true) },
            Command("list", summary: Words(en: "Who has tokens", sv: "Vilka som har tokens"), options: [.config, .set])
            {
                invocation in
                for entry in try TokenFile(try invocation.configuration().tokenFile).entries() {
                    let whose = entry.isOperator == true ? "operator" : entry.subscription ?? "agent"
                    invocation.console.print("\(entry.name)\t\(whose)\t\(entry.created.formatted(.iso8601))")
                }
                return .done
            },
            Command(
                "remove",
                summary: Words(en: "Take back all tokens of a name", sv: "Ta tillbaka alla tokens för ett namn"),
                options: [.config, .set],
                operands: Operands("NAME", counts: 1...1, help: Words(en: "whose", sv: "vems"))
            ) { invocation in
                let name = invocation.arguments.operands[0]
                guard try TokenFile(try invocation.configuration().tokenFile).remove(name: name) else {
                    throw BlankettError.usage("Nobody named \(name) has a token.")
                }
                try invocation.note("token.remove", name)
                return .done
            },
        ])

    private typealias Wish = (name: String, subscription: String?, isOperator: Bool)

    private static func making(
        _ word: String, _ summary: Words, options: [Option] = [],
        wish: @escaping @Sendable (String, Arguments, BridgeConfiguration) throws -> Wish
    ) -> Command {
        Command(
            word, summary: summary, options: [.config, .set] + options,
            operands: Operands("NAME", counts: 1...1, help: Words(en: "who gets it", sv: "vem som får den"))
        ) { invocation in
            let configuration = try invocation.configuration()
            let name = invocation.arguments.operands[0]
            guard Caller.isName(name) else { throw BlankettError.notAName(name) }
            let wish = try wish(name, invocation.arguments, configuration)
            try DurableFile.makeFolder(configuration.dataFolder)
            try DurableFile.makeFolder(configuration.accessFolder ?? configuration.dataFolder)
            let token = try TokenFile(configuration.tokenFile).add(
                name: wish.name, subscription: wish.subscription, isOperator: wish.isOperator)
            try invocation.note("token.add", name)
            invocation.console.print(token)
            return .done
        }
    }
}
