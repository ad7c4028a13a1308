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

    /// What one column says at a glance, so that nothing has to look through all its classes again.
    private struct Column {
        /// The likeliest class.
        var best: Int
        /// Where its ``CTCDecoder/likely`` characters are.
        var likely: Range<Int>
    }

    /// How many classes there are, the blank among them.
    let classes: Int
    /// `columns` rows of ``classes`` probabilities; 0 for a class that may not appear.
    private let probabilities: [Float]
    private let columns: [Column]
    /// The characters that come into question, column by column, each column's in their order.
    private let likely: [(character: Int, probability: Double)]

    // Characters that are all but impossible in a column open no beam.
    private static let leastLikely: Float = 0.01

    /// - Parameters:
    ///   - classes: How many there are, the blank among them.
    ///   - probabilities: Columns, one after the other, of as many probabilities.
    init(classes: Int, probabilities: [Float]) {
        var columns: [Column] = []
        var likely: [(character: Int, probability: Double)] = []
        columns.reserveCapacity(probabilities.count / classes)
        for start in stride(from: 0, through: probabilities.count - classes, by: classes) {
            let (first, row) = (likely.count, probabilities[start..<(start + classes)])
            var best = row.startIndex
            for place in row.indices {
                if row[place] > row[best] { best = place }
                guard row[place] > Self.leastLikely, place > start else { continue }
                likely.append((place - start, Double(row[place])))
            }
            columns.append(Column(best: best - start, likely: first..<likely.count))
        }
        self.classes = classes
        self.probabilities = probabilities
        self.columns = columns
        self.likely = likely
    }

    /// The same where only some classes may appear.
    ///
    /// - Parameter allowed: For each class whether it may; the blank always may.
    /// - Returns: The probabilities of the others unchanged.
    func masked(_ allowed: [Bool]) -> CTCDecoder {
        var masked = probabilities
        for place in masked.indices where place % classes > 0 && !allowed[place % classes] { masked[place] = 0 }
        return CTCDecoder(classes: classes, probabilities: masked)
    }

    private func probability(_ column: Int, _ character: Int) -> Double {
        Double(probabilities[column * classes + character])
    }

    /// The likeliest class of each column, repetitions and blanks dropped.
    func greedy() -> Text {
        var text = Text(characters: [], confidences: [], confidence: 0)
        var before = 0
        for (column, said) in columns.enumerated() {
            let best = said.best
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

    /// The likeliest texts by a prefix beam search, best first; of equally likely ones those that were found first.
    ///
    /// - Parameters:
    ///   - count: How many at most.
    ///   - width: How many beginnings are followed.
    /// - Returns: Character lists with their share of the probability of all that were followed.
    func best(_ count: Int, width: Int = 8) -> [(characters: [Int], share: Double)] {
        var beginnings = CTCBeginnings()
        var beams = [CTCBeam(beginning: CTCBeginnings.empty, blank: 1, character: 0)]
        var next: [CTCBeam] = []
        for (column, said) in columns.enumerated() {
            next.removeAll(keepingCapacity: true)
            let none = probability(column, 0)
            for beam in beams {
                // The same text, of which nothing or the last character goes on.
                let last = beginnings.last(beam.beginning)
                next.append(
                    CTCBeam(
                        beginning: beam.beginning, blank: beam.total * none,
                        character: last.map { beam.character * probability(column, $0) } ?? 0))
            }
            for beam in beams {
                let last = beginnings.last(beam.beginning)
                for (character, probability) in likely[said.likely] {
                    let more = (character == last ? beam.blank : beam.total) * probability
                    let longer = beginnings.longer(beam.beginning, by: character)
                    // Two ways lead to a text that is followed already; all others are new here.
                    if let place = beams.firstIndex(where: { $0.beginning == longer }) {
                        next[place].character += more
                    } else {
                        next.append(CTCBeam(beginning: longer, blank: 0, character: more))
                    }
                }
            }
            beams = Self.likeliest(&next, width)
            // Only shares count: without this a long line underflows.
            let sum = max(beams.reduce(0) { $0 + $1.total }, .leastNormalMagnitude)
            for place in beams.indices {
                beams[place].blank /= sum
                beams[place].character /= sum
            }
        }
        // Rounding may have changed their order.
        return Self.likeliest(&beams, count).map { (beginnings.characters($0.beginning), $0.total) }
    }

    /// The `count` likeliest, best first; of equally likely ones those that came first.
    ///
    /// - Parameters:
    ///   - beams: In any order, and in another one afterwards.
    ///   - count: How many at most.
    /// - Returns: As many as there are, up to `count`.
    private static func likeliest(_ beams: inout [CTCBeam], _ count: Int) -> [CTCBeam] {
        // Each is put in its place among the best so far: there are few, and most are none of them.
        var kept = 0
        for place in beams.indices {
            let beam = beams[place]
            var free = kept
            while free > 0, beams[free - 1].total < beam.total { free -= 1 }
            guard free < count else { continue }
            kept = min(kept + 1, count)
            var moved = kept - 1
            while moved > free {
                beams[moved] = beams[moved - 1]
                moved -= 1
            }
            beams[free] = beam
        }
        return Array(beams.prefix(kept))
    }

    /// How likely a text is, over all ways in which its characters can lie in the columns.
    ///
    /// - Parameter characters: Classes, none of them the blank.
    /// - Returns: The natural logarithm of the probability; `-.infinity` where the text cannot be.
    func likelihood(of characters: [Int]) -> Double {
        // Between the characters and around them there may be blanks: places 0, 2, 4 … of these states.
        let count = 2 * characters.count + 1
        var now = [Double](repeating: 0, count: count)
        var sum = 0.0
        for column in columns.indices {
            let row = column * classes
            // What a network rules out, another may see: nothing is impossible.
            let none = max(Double(probabilities[row]), 1e-7)
            // From the last state on, so that those before it are still the previous column's.
            for state in stride(from: count - 1, through: 0, by: -1) {
                let character = state.isMultiple(of: 2) ? 0 : characters[state / 2]
                var from = column == 0 ? (state < 2 ? 1 : 0) : now[state]
                if column > 0, state > 0 { from += now[state - 1] }
                if column > 0, state > 1, character != 0, character != characters[state / 2 - 1] {
                    from += now[state - 2]
                }
                now[state] = from * (character == 0 ? none : max(Double(probabilities[row + character]), 1e-7))
            }
            // Only shares are kept: without this a long line underflows.
            var total = 0.0
            for share in now { total += share }
            guard total > 0 else { return -.infinity }
            sum += log(total)
            for state in now.indices { now[state] /= total }
        }
        let end = now[count - 1] + (count > 1 ? now[count - 2] : 0)
        return end > 0 ? sum + log(end) : -.infinity
    }

    static func mean(_ confidences: [Double]) -> Double {
        guard !confidences.isEmpty else { return 0 }
        let product = confidences.reduce(1) { $0 * max($1, 1e-6) }
        return pow(product, 1 / Double(confidences.count))
    }
}
