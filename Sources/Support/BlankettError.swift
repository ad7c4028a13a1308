/// An error for a program to act on and a person to read.
///
/// The string ``code`` is a promise: it is logged, sent, and keyed to the kiosk's words. The message may change.
/// Neither ever holds the contents of a form.
public struct BlankettError: Error, Sendable, CustomStringConvertible {
    /// Lower case with hyphens, such as `"scanner-busy"`.
    public var code: String
    public var exit: ExitCode
    /// What is wrong, as a whole sentence.
    public var message: String
    /// What the person can do about it, as a whole sentence.
    public var advice: String?
    /// Whether the same request can succeed later with nobody doing anything.
    public var isTransient: Bool
    public var cause: (any Error)?
    /// The file that a failed scan left, with what was said to the device.
    public var trace: String?

    public init(
        _ code: String, exit: ExitCode, _ message: String, advice: String? = nil, isTransient: Bool = false,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.exit = exit
        self.message = message
        self.advice = advice
        self.isTransient = isTransient
        self.cause = cause
    }

    public var description: String {
        [message, advice, cause.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
    }
}
