public import Foundation

/// One call of a command: what was asked, where to write, and in which language.
public struct Invocation: Sendable {
    public var arguments: Arguments
    public var console: Console
    public var language: Language
    public var environment: [String: String]

    public init(
        arguments: Arguments, console: Console, language: Language = .english, environment: [String: String] = [:]
    ) {
        self.arguments = arguments
        self.console = console
        self.language = language
        self.environment = environment
    }

    public var wantsJSON: Bool { arguments.flag("--json") }

    /// Prints `value` as one line of JSON.
    public func printJSON(_ value: some Encodable) throws {
        console.print(try JSONCoding.encodeText(value))
    }

    /// Where this user's Blankett keeps what it was given, such as profiles: `$XDG_CONFIG_HOME/blankett`.
    public var configurationFolder: URL { folder("XDG_CONFIG_HOME", or: ".config") }

    /// Where this user's Blankett keeps what it learnt, such as the keys of scanners: `$XDG_STATE_HOME/blankett`.
    public var stateFolder: URL { folder("XDG_STATE_HOME", or: ".local/state") }

    private func folder(_ variable: String, or fallback: String) -> URL {
        let base =
            environment[variable].map { URL(filePath: $0) }
            ?? URL(filePath: environment["HOME"] ?? NSHomeDirectory()).appending(path: fallback)
        return base.appending(path: "blankett")
    }
}
