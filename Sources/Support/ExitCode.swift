/// What a command's exit code tells the script that called it; the same in every program.
public enum ExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    /// Wrong usage, or input that cannot be used.
    case badInput = 2
    /// Done in part, or a page was not identified.
    case partial = 3
    /// The scanner refused or failed.
    case device = 4
    case bridgeUnreachable = 5
    /// Storage failed or is full.
    case storage = 6
    case notAllowed = 7
    /// A fault of ours.
    case fault = 70
}
