public import Support

/// What `blankett` can do.
public enum Technician {
    public static let program = Command(
        "blankett",
        summary: Words(
            en: "Teaches an office printer to read paper forms", sv: "Lär en kontorsskrivare att läsa pappersblanketter"
        ),
        subcommands: commands)

    /// All commands, in the order in which help shows them; each is a value in its own file.
    static let commands: [Command] = [
        scanners,
        scan,
        profiles,
        forms,
        read,
        capture,
        separator,
        status,
        operators,
        demo,
    ]
}
