import Support

extension Command {
    static let rekey = Command(
        "rekey",
        summary: Words(
            en: "Change the key that seals all contents; the bridge must be stopped, and killed on the way it goes on",
            sv: "Byt nyckeln som förseglar allt innehåll; bryggan måste vara stoppad, och avbrutet fortsätter det"),
        options: [.config, .set]
    ) { invocation in
        try await StoreCommands(invocation.configuration(), invocation.console).rekey()
        return .done
    }
}
