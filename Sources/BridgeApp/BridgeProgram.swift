import Foundation
public import Support

/// The program `blankett-bridge`: its commands, and where they write.
public struct BridgeProgram: Sendable {
    public static let version = Program.version

    private let program: Program

    /// - Parameters:
    ///   - print: Takes what the command answers, without the line's end.
    ///   - complain: Takes what is wrong.
    ///   - environment: The process's variables; those that begin with `BLANKETT_` are settings.
    public init(
        print: @escaping @Sendable (String) -> Void, complain: @escaping @Sendable (String) -> Void,
        environment: [String: String] = [:]
    ) {
        @Sendable func line(_ text: String) -> String { text.hasSuffix("\n") ? String(text.dropLast()) : text }
        program = Program(
            .bridge, console: Console(output: { print(line($0)) }, errors: { complain(line($0)) }),
            environment: environment)
    }

    /// Writes to the process's own standard output and error.
    public init(environment: [String: String]) {
        program = Program(.bridge, environment: environment)
    }

    /// Does what the arguments say; a service returns when it was asked to end.
    @concurrent public func run(_ arguments: [String]) async -> ExitCode {
        await program.run(arguments)
    }
}
