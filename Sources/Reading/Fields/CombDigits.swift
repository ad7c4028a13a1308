import Foundation

/// The digits of a comb, cell by cell, as the readers that were heard let one believe.
///
/// The cell reader speaks for each cell; a reader of the joined line is heard after it. Both are weighed by
/// ``CombCalibration``, so that what comes out is a probability.
struct CombDigits {
    struct Cell {
        /// What the cell reader makes of it among the digits 0 to 9, adding up to 1; empty for a hyphen.
        fileprivate let seen: [Double]
        /// What stands here and is no digit, such as a hyphen; empty for a speck.
        fileprivate(set) var sign: String?
        /// What the line reader read here.
        fileprivate(set) var heard: (text: String, confidence: Double)?
        /// Whether the cell reader, were it free to, would read a letter.
        let isForced: Bool
        /// Whether its writer crossed it out.
        let isStruck: Bool
        /// Whether it touched a neighbour: it was parted so that it looks most like a digit, which makes the cell reader too
        /// sure.
        fileprivate(set) var isParted = false
    }

    private(set) var cells: [Cell]
    /// The names of the readers that were heard.
    private(set) var readers: [String]

    /// - Parameters:
    ///   - comb: The cells with ink.
    ///   - reader: Reads each.
    /// - Throws: What the reader throws.
    init(_ comb: CombCells, reader: any CellReader) throws {
        readers = [reader.name]
        cells = try comb.cells.map { cell in
            var seen = cell.isDash ? .hyphen : Cell(try reader.read(cell.picture))
            seen.isParted = cell.isParted
            return seen
        }
    }

    /// Whether a third reader read the very same.
    var isBorneOut = false

    /// What the cells come to.
    var text: String { cells.map(\.reading.text).joined() }

    /// Whether a reader of the joined line found more characters than cells: two may lie in one.
    private(set) var hasMore = false

    /// In how many cells both readers read the same.
    var agreed: Int { cells.count { $0.isAgreed } }

    /// Takes what a reader made of the joined cells into account.
    mutating func hear(_ candidate: TextCandidate) {
        readers.append(candidate.reader)
        var scores = candidate.characterConfidences ?? []
        if scores.count != candidate.text.count {
            scores = Array(repeating: candidate.confidence, count: candidate.text.count)
        }
        let heard = zip(candidate.text, scores).filter { !$0.0.isWhitespace }.map { (String($0.0), $0.1) }
        hasMore = hasMore || heard.count > cells.count
        for (place, index) in Self.alignment(of: heard.map(\.0), to: cells.map(\.cellReading.text)) {
            cells[place].hear(heard[index].0, confidence: heard[index].1)
        }
    }

    /// Which character belongs to which cell, with the fewest differences.
    private static func alignment(of heard: [String], to cells: [String]) -> [(cell: Int, heard: Int)] {
        if heard.count == cells.count { return cells.indices.map { ($0, $0) } }
        // costs[i][j]: of the first i cells against the first j characters; leaving one out costs as much as a wrong one.
        var costs = [[Int]](repeating: Array(0...heard.count), count: cells.count + 1)
        for i in 0..<cells.count {
            costs[i + 1][0] = i + 1
            for j in 0..<heard.count {
                let both = costs[i][j] + (cells[i] == heard[j] ? 0 : 1)
                costs[i + 1][j + 1] = min(both, costs[i][j + 1] + 1, costs[i + 1][j] + 1)
            }
        }
        var pairs: [(cell: Int, heard: Int)] = []
        var (i, j) = (cells.count, heard.count)
        while i > 0, j > 0 {
            let isSame = cells[i - 1] == heard[j - 1]
            if costs[i][j] == costs[i - 1][j - 1] + (isSame ? 0 : 1) {
                (i, j) = (i - 1, j - 1)
                // Where a character is missing nobody knows which of two unlike ones it was.
                if isSame { pairs.append((i, j)) }
            } else if costs[i][j] == costs[i - 1][j] + 1 {
                i -= 1
            } else {
                j -= 1
            }
        }
        return pairs
    }
}

extension CombDigits.Cell {
    fileprivate static var hyphen: Self { Self(seen: [], sign: "-", isForced: false, isStruck: false) }

    fileprivate init(_ opinion: CellOpinion) {
        let digits = "0123456789".map { opinion.characters[$0] ?? 0 }
        seen = digits.scaledToOne
        // By hand these cannot be told from 0 and 1, and in a field for digits they need not be.
        let alike = (opinion.characters["O"] ?? 0) + (opinion.characters["I"] ?? 0)
        sign = opinion.empty > 0.5 ? "" : nil
        isStruck = opinion.struck > 0.5
        isForced = sign == nil && !isStruck && digits.reduce(alike, +) < CombCalibration.leastDigit
    }

    /// What the cell reader alone reads, and how sure it is.
    var cellReading: (text: String, confidence: Double) { sign.map { ($0, 1) } ?? seen.highest }

    /// What all that were heard come to.
    var reading: (text: String, confidence: Double) { sign.map { ($0, $0.isEmpty ? 0.5 : 1) } ?? shares.highest }

    /// Both readers read the same here.
    var isAgreed: Bool { heard?.text == cellReading.text }

    /// The probability of each digit by all that were heard; empty where there is a ``sign``.
    var shares: [Double] {
        guard sign == nil else { return [] }
        let belief = isParted ? CombCalibration.parted : CombCalibration.alone
        var weights = seen.map { pow(max($0, 1e-9), belief.cell) }
        if let heard, let digit = Int(heard.text), weights.indices.contains(digit) {
            let error = min(0.9, belief.lineError + 1 - min(1, heard.confidence))
            for place in weights.indices {
                weights[place] *= pow(place == digit ? 1 - error : error / 9, belief.line)
            }
        }
        return weights.scaledToOne.map { $0 * (1 - belief.residualDoubt) + belief.residualDoubt / 10 }
    }

    /// With what each reader took it for.
    func described(by readers: [String]) -> FieldReading.Cell {
        let likely = seen.enumerated().filter { $0.element > 0.0001 }.sorted { $0.element > $1.element }
        var opinions = likely.map {
            FieldReading.Candidate(text: "\($0.offset)", confidence: $0.element, reader: readers[0])
        }
        if let heard {
            opinions.append(.init(text: heard.text, confidence: heard.confidence, reader: readers[readers.count - 1]))
        }
        return FieldReading.Cell(
            text: reading.text, confidence: reading.confidence, readers: opinions, isParted: isParted)
    }

    fileprivate mutating func hear(_ text: String, confidence: Double) {
        heard = (text, confidence)
        // A speck may be a comma or a point.
        if sign == "", "-+.,/:".contains(text) { sign = text }
    }
}

extension [Double] {
    fileprivate var scaledToOne: [Double] {
        let sum = Swift.max(reduce(0, +), .leastNormalMagnitude)
        return map { $0 / sum }
    }

    fileprivate var highest: (text: String, confidence: Double) {
        indices.max { self[$0] < self[$1] }.map { ("\($0)", self[$0]) } ?? ("", 0)
    }
}
