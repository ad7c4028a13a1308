import Support

extension Technician {
    static let operators = Command(
        "operators",
        summary: Words(en: "Says who works at the kiosk page", sv: "Anger vilka som arbetar på kiosksidan"),
        discussion: Words(
            en: """
                Where nobody is named, whoever opens the page with its start link may work at it. The first one is an
                administrator; from then on everybody signs in with name and PIN, or is taken from the computer's account.
                A PIN is asked for on the terminal, or taken from the first line of standard input.
                """,
            sv: """
                Där ingen är angiven får den arbeta som öppnar sidan med startlänken. Den första är administratör; sedan
                loggar alla in med namn och PIN-kod, eller känns igen på datorns konto. PIN-koden frågas efter på terminalen,
                eller tas från första raden av standard in.
                """),
        subcommands: [
            Command(
                "list", summary: Words(en: "Shows who works here", sv: "Visar vilka som arbetar här"),
                options: [AgentConnection.option, .json], action: OperatorsCommand.list),
            Command(
                "add", summary: Words(en: "Adds somebody", sv: "Lägger till någon"),
                options: [
                    role,
                    Command.Option(
                        "--account", value: "USER",
                        help: Words(
                            en: "the user of this computer who needs no PIN",
                            sv: "datorns användare som inte behöver PIN-kod")),
                    AgentConnection.option, .json,
                ], operands: name, action: OperatorsCommand.add),
            Command(
                "role", summary: Words(en: "Gives somebody another role", sv: "Ger någon en annan roll"),
                options: [role, AgentConnection.option, .json], operands: name, action: OperatorsCommand.changeRole),
            Command(
                "pin", summary: Words(en: "Gives somebody a new PIN", sv: "Ger någon en ny PIN-kod"),
                options: [AgentConnection.option, .json], operands: name, action: OperatorsCommand.changePIN),
            Command(
                "remove", summary: Words(en: "Removes somebody", sv: "Tar bort någon"),
                options: [AgentConnection.option], operands: name, action: OperatorsCommand.remove),
        ])

    private static let role = Command.Option(
        "--role", value: "ROLE",
        help: Words(
            en: "clerk, technician or administrator; clerk where it is left out",
            sv: "clerk, technician eller administrator; clerk om det utelämnas"))

    private static let name = Command.Operands(
        "NAME", counts: 1...1, help: Words(en: "as the person is called, or their id", sv: "personens namn eller id"))
}
