import Support

/// The number that a form's template says is printed on it, such as `SOC 1042`, held against what readers make of the place
/// where it stands.
///
/// Two versions of a form may differ in nothing else: then all print of the one is on the other, and only this tells.
public struct PrintedNumber: Sendable, Hashable {
    private let expected: [Character]

    /// - Parameter text: As in the template; `nil` is returned where too little of it can be compared.
    public init?(_ text: String) {
        expected = Self.folded(text)
        guard expected.count >= 3, text.contains(where: \.isNumber) else { return nil }
    }

    /// Whether it is in a line of print.
    public func isIn(_ line: String) -> Bool { place(in: Self.folded(line), atMost: 0) != nil }

    /// What its place says.
    public enum Finding: Sendable, Hashable {
        case seen
        /// Another number of the same make stands there.
        case replaced
        /// It is illegible, or beyond the edge of the picture.
        case notSeen
    }

    /// - Parameter readings: What each reader that sees for itself made of the place.
    /// - Returns: `replaced` only where two of them read the same other one and none this one.
    public func finding(in readings: [String]) -> Finding {
        let lines = readings.map(Self.folded)
        if lines.contains(where: { place(in: $0, atMost: 0) != nil }) { return .seen }
        let others = lines.compactMap { line in
            place(in: line, atMost: expected.count / 3).map { Array(line[$0..<($0 + expected.count)]) }
        }
        return others.count >= 2 && Set(others).count == 1 ? .replaced : .notSeen
    }

    /// Where as many characters as expected stand in a line, of which the fewest differ.
    private func place(in line: [Character], atMost most: Int) -> Int? {
        guard line.count >= expected.count else { return nil }
        let starts = 0...(line.count - expected.count)
        let best = starts.map { start in
            (start: start, off: zip(expected, line[start...]).count { $0 != $1 })
        }.min { $0.off < $1.off }
        return best.flatMap { $0.off <= most ? $0.start : nil }
    }

    /// Letters and digits only, and those that readers take for each other as one.
    private static func folded(_ text: String) -> [Character] {
        text.uppercased().filter { $0.isLetter || $0.isNumber }.map { alike[$0] ?? $0 }
    }

    private static let alike: [Character: Character] = [
        "O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "S": "5", "B": "8", "Z": "2", "G": "6",
    ]
}
