/// The bars of a barcode Code 39 (ISO/IEC 16388), whose wide elements are three modules.
public struct Code39: Sendable {
    /// Where the bars are, in modules from the left edge of the first.
    public let bars: [Range<Double>]

    /// How wide all of it is, in modules.
    public var width: Double { bars.last?.upperBound ?? 0 }

    /// - Returns: `nil` when a character has no code.
    public init?(_ text: String) {
        var bars: [Range<Double>] = []
        var at = 0.0
        for character in "*\(text)*" {
            guard let widths = Self.widths[character] else { return nil }
            // Bars and spaces in turn, five and four.
            for (index, width) in widths.enumerated() {
                let end = at + (width == "w" ? 3 : 1)
                if index.isMultiple(of: 2) { bars.append(at..<end) }
                at = end
            }
            at += 1
        }
        self.bars = bars
    }

    /// Of each character the nine elements, narrow or wide.
    private static let widths: [Character: String] = [
        "0": "nnnwwnwnn", "1": "wnnwnnnnw", "2": "nnwwnnnnw", "3": "wnwwnnnnn", "4": "nnnwwnnnw", "5": "wnnwwnnnn",
        "6": "nnwwwnnnn", "7": "nnnwnnwnw", "8": "wnnwnnwnn", "9": "nnwwnnwnn", "A": "wnnnnwnnw", "B": "nnwnnwnnw",
        "C": "wnwnnwnnn", "D": "nnnnwwnnw", "E": "wnnnwwnnn", "F": "nnwnwwnnn", "G": "nnnnnwwnw", "H": "wnnnnwwnn",
        "I": "nnwnnwwnn", "J": "nnnnwwwnn", "K": "wnnnnnnww", "L": "nnwnnnnww", "M": "wnwnnnnwn", "N": "nnnnwnnww",
        "O": "wnnnwnnwn", "P": "nnwnwnnwn", "Q": "nnnnnnwww", "R": "wnnnnnwwn", "S": "nnwnnnwwn", "T": "nnnnwnwwn",
        "U": "wwnnnnnnw", "V": "nwwnnnnnw", "W": "wwwnnnnnn", "X": "nwnnwnnnw", "Y": "wwnnwnnnn", "Z": "nwwnwnnnn",
        "-": "nwnnnnwnw", ".": "wwnnnnwnn", " ": "nwwnnnwnn", "*": "nwnnwnwnn",
    ]
}
