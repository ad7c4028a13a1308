extension Technician {
    /// All commands, in the order in which help shows them; each is a value in its own file.
    public static let commands: [Command] = []
}
