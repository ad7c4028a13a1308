public import Support

/// What the rules of a type make of a written text.
public struct NormalizedValue: Sendable, Hashable {
    public enum Verdict: Sendable, Hashable {
        /// The text is a value of the type, and every check digit or calendar there is agrees.
        case valid
        /// Possible but odd, such as a samordningsnummer without a real date: a person should look.
        case doubtful
        /// The text cannot be a value of the type.
        case invalid
    }

    /// The normal form of DESIGN §5; `nil` when ``verdict`` is `.invalid`.
    public var value: JSONValue?
    public var verdict: Verdict
    /// Such as `luhn:ok`, `date:bad`.
    public var checks: [String]
    /// Whether a check digit was there and agreed: then one wrong digit is impossible to miss.
    public var isSelfChecking: Bool

    public init(value: JSONValue?, verdict: Verdict, checks: [String] = [], isSelfChecking: Bool = false) {
        self.value = value
        self.verdict = verdict
        self.checks = checks
        self.isSelfChecking = isSelfChecking
    }
}
