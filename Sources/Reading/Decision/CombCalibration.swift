import Forms

/// How far the readers of comb digits can be believed.
///
/// Measured by `scripts/accuracy combs --calibrate` on real digits in combs that no other figure is taken from; the
/// table beside them in docs/accuracy/combs.json says how often what is said to be so sure is right.
enum CombCalibration {
    /// Powers that the readers' probabilities are raised to: below 1 for readers that are too sure of themselves, and
    /// because they fail together.
    static let cellWeight = 0.7
    static let lineWeight = 0.3
    /// How often the line reader errs where it is quite sure.
    static let lineError = 0.003
    /// How often even the surest digit is wrong.
    static let residualDoubt = 0.0003
    /// What is left of the doubt where a third reader read the same.
    static let thirdReader = 0.1
    /// Less than this for all digits together, and the character is rather a letter.
    static let leastDigit = 0.5
    /// How likely somebody writes down a number whose check digit or date is wrong.
    static let wrongNumber = 0.01
    /// How likely it is one that is possible and odd, such as a day of birth that is still to come.
    static let oddNumber = 0.05

    static func likelihood(of verdict: NormalizedValue.Verdict) -> Double {
        switch verdict {
        case .valid: 1
        case .doubtful: oddNumber
        case .invalid: wrongNumber
        }
    }
}
