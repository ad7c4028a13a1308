/// A ``BlankettError`` on its way from one process to another: all of it but the cause.
public struct ErrorReport: Sendable, Hashable, Codable {
    public var code: String
    public var exit: Int32
    public var message: String
    public var advice: String?
    public var isTransient: Bool

    public init(_ error: BlankettError) {
        code = error.code
        exit = error.exit.rawValue
        message = error.message
        advice = error.advice
        isTransient = error.isTransient
    }

    public var error: BlankettError {
        BlankettError(
            code, exit: ExitCode(rawValue: exit) ?? .fault, message, advice: advice, isTransient: isTransient)
    }
}
