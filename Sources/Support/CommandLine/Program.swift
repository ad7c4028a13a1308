/// A program on the command line: finds the command, checks what it was given, runs it, and says what went wrong.
public struct Program: Sendable {
    /// Of the whole project; programs are released together.
    public static let version = "0.1.0"

    private let root: Command
    private let console: Console
    private let environment: [String: String]

    /// - Parameters:
    ///   - root: The program: its name, and what it does or the commands it has.
    ///   - console: Where it writes.
    ///   - environment: The process's variables; the language and the user's folders come from there.
    public init(_ root: Command, console: Console = .standard, environment: [String: String] = [:]) {
        self.root = root
        self.console = console
        self.environment = environment
    }

    /// Runs one call.
    ///
    /// - Parameter words: The arguments, without the program's name.
    /// - Returns: What the process is to exit with.
    public func run(_ words: [String]) async -> ExitCode {
        var words = words
        var language = Language(
            locale: ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty })
        do throws(BlankettError) {
            if let chosen = try takeLanguage(from: &words) { language = chosen }
        } catch {
            return report(error, language)
        }

        var command = root
        var path = root.name
        if words.first == "--version" {
            console.print("\(root.name) \(Self.version)")
            return .done
        }
        while !command.subcommands.isEmpty {
            if command.action != nil, words.first?.hasPrefix("-") ?? true { break }
            guard let word = words.first, word != "--help", word != "-h" else {
                let text = Help(command: command, path: path, language: language).text
                if words.isEmpty { console.note(text) } else { console.print(text) }
                return words.isEmpty ? .badInput : .done
            }
            guard let next = command.subcommands.first(where: { $0.name == word }) else {
                return report(unknown(word, in: command, path: path), language)
            }
            words.removeFirst()
            command = next
            path += " \(word)"
        }
        return await run(command, path: path, words: words, language: language)
    }

    private func run(_ command: Command, path: String, words: [String], language: Language) async -> ExitCode {
        do {
            let arguments = try Arguments(words, for: command, path: path)
            if arguments.wantsHelp {
                console.print(Help(command: command, path: path, language: language).text)
                return .done
            }
            let invocation = Invocation(
                arguments: arguments, console: console, language: language, environment: environment)
            let code = try await command.action?(invocation)
            console.endProgress()
            return code ?? .fault
        } catch let error as BlankettError {
            return report(error, language)
        } catch is CancellationError {
            console.note(Words(en: "Stopped.", sv: "Avbrutet.")[language])
            return .partial
        } catch {
            return report(
                BlankettError(
                    "internal", exit: .fault, "\(path) failed in a way that was not foreseen.",
                    advice: "Please report it.", cause: error), language)
        }
    }

    private func takeLanguage(from words: inout [String]) throws(BlankettError) -> Language? {
        let end = words.firstIndex(of: "--") ?? words.endIndex
        guard let index = words[..<end].firstIndex(where: { $0 == "--language" || $0.hasPrefix("--language=") }) else {
            return nil
        }
        var text = String(words.remove(at: index).dropFirst("--language=".count))
        if text.isEmpty, index < words.count { text = words.remove(at: index) }
        guard let language = Language(rawValue: text) else {
            throw BlankettError(
                "wrong-usage", exit: .badInput, "--language is “\(text)”.", advice: "Write --language en or sv.")
        }
        return language
    }

    private func unknown(_ word: String, in command: Command, path: String) -> BlankettError {
        BlankettError(
            "wrong-usage", exit: .badInput, "\(path) has no command “\(word)”.",
            advice: Nearest.advice(for: word, among: command.subcommands.map(\.name)) + " See: \(path) --help")
    }

    private func report(_ error: BlankettError, _ language: Language) -> ExitCode {
        console.note("\(root.name): \(error)")
        return error.exit
    }
}
