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
        return decision.text(field, lines: candidates, list: list)
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

extension Decision {
    /// More than this off, in millimetres, and a box may show its neighbour's writing: filled authority forms have 0.3 at most.
    private static let surePlace = 0.5

    /// The same reading, less sure where it may have been cut out beside its place.
    func placed(_ reading: FieldReading, residual: Double) -> FieldReading {
        guard residual > Self.surePlace, reading.status == .read || reading.status == .uncertain else { return reading }
        var reading = reading
        reading.confidence *= max(0.5, 1 - (residual - Self.surePlace))
        if reading.confidence < 1 - errorTarget, reading.status == .read {
            reading.status = .uncertain
            reading.reason = Reason.misplaced.rawValue
        }
        return reading
    }

    /// The same reading, but a person should look, because of `reason`.
    func doubted(_ reading: FieldReading, _ reason: Reason) -> FieldReading {
        guard reading.status == .read || reading.status == .uncertain else { return reading }
        var reading = reading
        reading.status = .uncertain
        reading.reason = reason.rawValue
        reading.confidence = min(reading.confidence, 0.8)
        return reading
    }
}
