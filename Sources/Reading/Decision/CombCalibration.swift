import Forms

/// How far the readers of comb digits can be believed.
///
/// Measured by `scripts/accuracy combs --calibrate` on real digits in combs that no other figure is taken from; the
/// table beside them in docs/accuracy/combs.json says how often what is said to be so sure is right.
enum CombCalibration {
    /// How far one kind of digit can be believed.
    struct Weights {
        /// Powers that the readers' probabilities are raised to: below 1 for readers that are too sure of themselves, and
        /// because they fail together.
        let cell, line: Double
        /// How often the line reader errs where it is quite sure.
        let lineError: Double
        /// How often even the surest digit is wrong.
        let residualDoubt: Double
    }

    /// Digits that stand by themselves: their cell says nearly all, and the line reader sees just the same strokes.
    static let alone = Weights(cell: 0.9, line: 0.25, lineError: 0.01, residualDoubt: 0.0003)
    /// Digits that touched a neighbour: they were parted to look like some, while the line reader saw them as they stood.
    static let parted = Weights(cell: 0.4, line: 0.7, lineError: 0.002, residualDoubt: 0.001)
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
