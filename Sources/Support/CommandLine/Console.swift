import Foundation

/// Where a command writes: results to standard output, all else to standard error.
///
/// Progress is shown only where a person is looking at a terminal.
public struct Console: Sendable {
    private let output: @Sendable (String) -> Void
    private let errors: @Sendable (String) -> Void
    /// Whether standard error is a terminal.
    public let showsProgress: Bool

    /// - Parameters:
    ///   - output: Takes results, with their line ends.
    ///   - errors: Takes messages and progress.
    ///   - showsProgress: Whether a person is looking.
    public init(
        output: @escaping @Sendable (String) -> Void, errors: @escaping @Sendable (String) -> Void,
        showsProgress: Bool = false
    ) {
        self.output = output
        self.errors = errors
        self.showsProgress = showsProgress
    }

    /// The process's own.
    public static let standard = Console(
        output: { try? FileHandle.standardOutput.write(contentsOf: Data($0.utf8)) },
        errors: { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) },
        showsProgress: isatty(STDERR_FILENO) == 1)

    public func print(_ line: String = "") { output(line + "\n") }

    /// A message beside the result.
    public func note(_ line: String) {
        errors((showsProgress ? "\r\u{1B}[K" : "") + line + "\n")
    }

    /// Replaces the last progress line; nothing where nobody looks.
    public func progress(_ line: String) {
        if showsProgress { errors("\r\u{1B}[K\(line)") }
    }

    /// Takes the progress line away.
    public func endProgress() {
        if showsProgress { errors("\r\u{1B}[K") }
    }
}
