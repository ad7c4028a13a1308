import Forms
import Imaging
import Support

extension FieldReader {
    /// Free writing on one line or several.
    func text(_ field: Field, _ snippet: Snippet, list: [String], _ decision: Decision) throws -> FieldReading {
        guard snippet.inkArea >= Self.leastInk else { return decision.empty(field) }
        let handwork = Handwork(snippet)
        let picture = handwork.picture
        let lines = LineSplitter.lines(of: handwork, allowsMany: field.lines > 1 || field.box.height > 9)
            .compactMap { picture.line(rows: $0) }
        guard !lines.isEmpty else { return decision.empty(field) }
        let candidates = try lines.map { try read($0, field: field, list: list, decision) }
        if candidates.allSatisfy(\.isEmpty), snippet.inkArea < Self.stain { return decision.empty(field) }
        let reading = decision.text(field, lines: candidates, list: list)
            .comparing(marksAbove: lines, hidden: HiddenMarks(snippet, handwork).count, decision)
        guard reading.status == .read, handwork.goesOn || handwork.isCutOff(lines: field.lines) else { return reading }
        return decision.doubted(reading, .beyondBox)
    }

    /// The cascade: the cheap reader; then, unless a check digit proves it, the other.
    func read(_ line: PageImage, field: Field, list: [String], _ decision: Decision) throws
        -> [TextCandidate]
    {
        var candidates: [TextCandidate] = []
        if field.writing != .handwriting {
            // Its alphabet stays open: what it forced into digits could agree with what the other forced.
            candidates = try printed.read(line, alphabet: .any)
            if let first = candidates.first, first.confidence >= 0.9, field.type.hasCheckDigit,
                decision.text(field, lines: [[first]], list: list).status == .read
            {
                return candidates
            }
        }
        // What was taught handwriting has nothing to say about print.
        return candidates
            + (try general.read(line, alphabet: field.type.alphabet)).filter {
                field.writing != .print || $0.sharing == nil
            }
    }
}

extension FieldReading {
    /// The same, but doubted where more letters have dots or rings above them than its text has: all readers may have lost them.
    ///
    /// - Parameters:
    ///   - lines: As they were read.
    ///   - hidden: How many marks may be lost in print; only looked for where the reading would pass.
    ///   - decision: Doubts it.
    /// - Returns: The reading.
    func comparing(
        marksAbove lines: [PageImage], hidden: @autoclosure () -> Int = 0, _ decision: Decision
    ) -> FieldReading {
        guard status == .read, let raw, raw.contains(where: \.isLetter) else { return self }
        let seen = lines.reduce(hidden()) { $0 + MarksAbove(in: $1).count }
        let expected = max(MarksAbove.expected(in: raw), MarksAbove.expected(in: value?.stringValue ?? ""))
        return seen > expected ? decision.doubted(self, .marksDiffer) : self
    }
}
