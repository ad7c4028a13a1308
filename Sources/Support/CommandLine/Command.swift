/// One command of a program, a family of them, or the program itself.
///
/// A value: what it is called, what it takes, and what it does. Help and the check of its arguments follow from it.
public struct Command: Sendable {
    public typealias Action = @Sendable (Invocation) async throws -> ExitCode

    /// One word, such as `scan`.
    public var name: String
    /// One line, without a full stop.
    public var summary: Words
    /// What else a person must know, in whole paragraphs.
    public var discussion: Words?
    public var options: [Option]
    /// What may follow the options; `nil` takes nothing.
    public var operands: Operands?
    /// `nil` for a family that does nothing by itself.
    public var action: Action?
    public var subcommands: [Command]

    /// A command that does something, and may have others under it.
    public init(
        _ name: String, summary: Words, discussion: Words? = nil, options: [Option] = [], operands: Operands? = nil,
        subcommands: [Command] = [], action: @escaping Action
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.options = options
        self.operands = operands
        self.action = action
        self.subcommands = subcommands
    }

    /// A family of commands, such as `forms`.
    public init(_ name: String, summary: Words, discussion: Words? = nil, subcommands: [Command]) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        options = []
        self.subcommands = subcommands
    }

    public struct Option: Sendable, Hashable {
        /// With its dashes, such as `--device`.
        public var name: String
        /// What stands for its value in help, such as `DIR`; `nil` when it takes none.
        public var value: String?
        public var help: Words
        public var isRequired: Bool
        /// Whether it may be given more than once.
        public var repeats: Bool

        public init(_ name: String, value: String? = nil, help: Words, isRequired: Bool = false, repeats: Bool = false)
        {
            self.name = name
            self.value = value
            self.help = help
            self.isRequired = isRequired
            self.repeats = repeats
        }

        /// The switch to output for programs, the same in every command that has it.
        public static let json = Option(
            "--json", help: Words(en: "print JSON for programs", sv: "skriv JSON för program"))
    }

    public struct Operands: Sendable, Hashable {
        /// What stands for them in help, such as `FILE`.
        public var name: String
        public var counts: ClosedRange<Int>
        public var help: Words

        public init(_ name: String, counts: ClosedRange<Int>, help: Words) {
            self.name = name
            self.counts = counts
            self.help = help
        }
    }
}
