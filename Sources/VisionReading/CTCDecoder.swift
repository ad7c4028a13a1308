import Foundation

/// Turns a line network's answer, one distribution over the characters for each column, into texts.
///
/// Connectionist temporal classification: class 0 is "no character"; a character may last for several columns.
struct CTCDecoder {
    struct Text: Hashable {
        var characters: [Int]
        /// For each character its highest probability.
        var confidences: [Double]
        /// The mean of these, geometrically.
        var confidence: Double
    }

    /// How many classes there are, the blank among them.
    let classes: Int
    /// `columns` rows of ``classes`` probabilities.
    let probabilities: [Float]
    /// Which classes may appear, or `nil` for all; the blank always may.
    var allowed: [Bool]?

    private var columns: Int { probabilities.count / classes }

    private func probability(_ column: Int, _ character: Int) -> Double {
        if let allowed, character > 0, !allowed[character] { return 0 }
        return Double(probabilities[column * classes + character])
    }

    /// The likeliest class of each column, repetitions and blanks dropped.
    func greedy() -> Text {
        var text = Text(characters: [], confidences: [], confidence: 0)
        var before = 0
        for column in 0..<columns {
            let best = (0..<classes).max { probability(column, $0) < probability(column, $1) } ?? 0
            let value = probability(column, best)
            if best != 0, best == before {
                text.confidences[text.confidences.count - 1] = max(text.confidences[text.confidences.count - 1], value)
            } else if best != 0 {
                text.characters.append(best)
                text.confidences.append(value)
            }
            before = best
        }
        text.confidence = Self.mean(text.confidences)
        return text
    }

    /// The likeliest texts by a prefix beam search, best first.
    ///
    /// - Parameters:
    ///   - count: How many at most.
    ///   - width: How many beginnings are followed.
    /// - Returns: Character lists with their share of the probability of all that were followed.
    func best(_ count: Int, width: Int = 8) -> [(characters: [Int], share: Double)] {
        var beams: [[Int]: Beam] = [[]: Beam(blank: 1, character: 0)]
        for column in 0..<columns {
            // Characters that are all but impossible here open no beam.
            let likely = (1..<classes).filter { probability(column, $0) > 0.01 }
            let none = probability(column, 0)
            var next: [[Int]: Beam] = [:]
            for (text, beam) in beams {
                next[text, default: .none].blank += beam.total * none
                if let last = text.last {
                    next[text, default: .none].character += beam.character * probability(column, last)
                }
                for character in likely {
                    let from = character == text.last ? beam.blank : beam.total
                    next[text + [character], default: .none].character += from * probability(column, character)
                }
            }
            let kept = next.sorted { $0.value.total > $1.value.total }.prefix(width)
            // Only shares count: without this a long line underflows.
            let sum = max(kept.reduce(0) { $0 + $1.value.total }, .leastNormalMagnitude)
            beams = Dictionary(
                uniqueKeysWithValues: kept.map {
                    ($0.key, Beam(blank: $0.value.blank / sum, character: $0.value.character / sum))
                })
        }
        return beams.sorted { $0.value.total > $1.value.total }.prefix(count).map { ($0.key, $0.value.total) }
    }

    /// How likely a text is, over all ways in which its characters can lie in the columns.
    ///
    /// - Parameter characters: Classes, none of them the blank.
    /// - Returns: The natural logarithm of the probability; `-.infinity` where the text cannot be.
    func likelihood(of characters: [Int]) -> Double {
        // Between the characters and around them there may be blanks: places 0, 2, 4 … of these states.
        let count = 2 * characters.count + 1
        func character(_ state: Int) -> Int { state.isMultiple(of: 2) ? 0 : characters[state / 2] }
        var now = [Double](repeating: 0, count: count)
        var sum = 0.0
        for column in 0..<columns {
            var next = [Double](repeating: 0, count: count)
            for state in 0..<count {
                var from = column == 0 ? (state < 2 ? 1 : 0) : now[state]
                if column > 0, state > 0 { from += now[state - 1] }
                if column > 0, state > 1, character(state) != 0, character(state) != character(state - 2) {
                    from += now[state - 2]
                }
                // What a network rules out, another may see: nothing is impossible.
                next[state] = from * max(probability(column, character(state)), 1e-7)
            }
            // Only shares are kept: without this a long line underflows.
            let total = next.reduce(0, +)
            guard total > 0 else { return -.infinity }
            sum += log(total)
            now = next.map { $0 / total }
        }
        let end = now[count - 1] + (count > 1 ? now[count - 2] : 0)
        return end > 0 ? sum + log(end) : -.infinity
    }

    static func mean(_ confidences: [Double]) -> Double {
        guard !confidences.isEmpty else { return 0 }
        let product = confidences.reduce(1) { $0 * max($1, 1e-6) }
        return pow(product, 1 / Double(confidences.count))
    }

    private struct Beam {
        static let none = Beam(blank: 0, character: 0)

        /// Probability of the text with a blank at its end, and with its last character.
        var blank: Double
        var character: Double
        var total: Double { blank + character }
    }
}
