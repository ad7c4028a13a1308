import Support

extension Command {
    static let erase = Command(
        "erase",
        summary: Words(
            en: "Destroy a record's content by destroying its key, and print the proof",
            sv: "Förstör en posts innehåll genom att förstöra dess nyckel, och skriv ut beviset"),
        options: [
            .config, .set,
            Option(
                "--undelivered",
                help: Words(
                    en: "even when a subscription has not taken it; it will never have it",
                    sv: "även om en prenumeration inte har hämtat den; den får den aldrig")),
        ],
        operands: Operands("ID", counts: 1...1, help: Words(en: "the record's id", sv: "postens id"))
    ) { invocation in
        guard let id = UUIDv7(invocation.arguments.operands[0]) else {
            throw BlankettError.usage("\(invocation.arguments.operands[0]) is no record's id.")
        }
        try await StoreCommands(invocation.configuration(), invocation.console).erase(
            id, evenUndelivered: invocation.arguments.flag("--undelivered"))
        return .done
    }
}
