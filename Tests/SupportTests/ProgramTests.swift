import Support
import Synchronization
import Testing

struct `A program on the command line` {
    /// Runs `words` and gives the exit code, standard output and standard error.
    private func run(_ words: [String], environment: [String: String] = [:]) async -> (ExitCode, String, String) {
        let output = Mutex("")
        let errors = Mutex("")
        let console = Console(
            output: { text in output.withLock { $0 += text } }, errors: { text in errors.withLock { $0 += text } })
        let greet = Command(
            "greet", summary: Words(en: "Says hello", sv: "Hälsar"),
            options: [
                Command.Option("--name", value: "N", help: Words(en: "whom", sv: "vem"), isRequired: true),
                Command.Option("--times", value: "N", help: Words(en: "how often", sv: "hur ofta")), .json,
            ], operands: Command.Operands("FILE", counts: 0...1, help: Words(en: "a file", sv: "en fil"))
        ) { call in
            let times = try call.arguments.integer("--times", in: 1...3) ?? 1
            for _ in 0..<times { call.console.print("hello \(call.arguments["--name"] ?? "")") }
            return call.wantsJSON ? .partial : .done
        }
        let root = Command(
            "tool", summary: Words(en: "A tool", sv: "Ett verktyg"),
            subcommands: [Command("say", summary: Words(en: "Talks", sv: "Talar"), subcommands: [greet])])
        let code = await Program(root, console: console, environment: environment).run(words)
        return (code, output.withLock { $0 }, errors.withLock { $0 })
    }

    static let calls: [(words: [String], code: ExitCode, output: String, errors: String)] = [
        (["say", "greet", "--name", "Åsa"], .done, "hello Åsa\n", ""),
        (["say", "greet", "--name=Åsa", "--times", "2", "--json"], .partial, "hello Åsa\nhello Åsa\n", ""),
        (
            ["say", "greet"], .badInput, "",
            "tool: tool say greet needs --name. Add --name N. See: tool say greet --help\n"
        ),
        (
            ["say", "greet", "--nane", "x"], .badInput, "",
            "tool: tool say greet has no option --nane. Did you mean \"--name\"? See: tool say greet --help\n"
        ),
        (
            ["say", "gret"], .badInput, "",
            "tool: tool say has no command “gret”. Did you mean \"greet\"? See: tool say --help\n"
        ),
        (
            ["say", "greet", "--name", "x", "--times", "9"], .badInput, "",
            "tool: --times is “9”, which is no usable number. Write a whole number from 1 to 3.\n"
        ),
        (
            ["say", "greet", "--name", "x", "a", "b"], .badInput, "",
            "tool: tool say greet takes at most 1 of FILE, not 2. Leave some out. See: tool say greet --help\n"
        ),
        // An option's value is taken as it stands, dashes and all.
        (["say", "greet", "--name", "--"], .done, "hello --\n", ""),
        (["--version"], .done, "tool \(Program.version)\n", ""),
    ]

    @Test(arguments: calls.indices) func `checks what it is given`(_ index: Int) async {
        let (words, code, output, errors) = Self.calls[index]
        let result = await run(words)
        #expect(result.0 == code)
        #expect(result.1 == output)
        #expect(result.2 == errors)
    }

    @Test(arguments: [
        ([String](), "LANG", "sv_SE.UTF-8", "Hälsar"), (["--language", "sv"], "X", "", "Hälsar"),
        ([], "LANG", "C", "Says hello"),
    ])
    func `helps in the person's language`(_ extra: [String], _ name: String, _ value: String, _ summary: String) async {
        let (code, output, _) = await run(["say", "greet", "--help"] + extra, environment: [name: value])
        #expect(code == .done)
        #expect(output.hasPrefix(summary + "."))
    }
}
