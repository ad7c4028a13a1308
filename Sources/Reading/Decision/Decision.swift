public import Forms
import Support

/// Turns what readers read into a value, and says how sure it is.
///
/// The rules of the type work inside the choice: candidates are weighed together with them. The confidence is one
/// number on one scale; the form's target error rate is its threshold. Two independent readers that agree make a value
/// certain; one alone only where a check digit proves it. Nothing else does.
public struct Decision: Sendable {
    /// Share of wrong values among those passed as certain that the form accepts.
    public var errorTarget: Double
    public var today: CalendarDay

    public init(errorTarget: Double = 0.001, today: CalendarDay = .inSweden()) {
        self.errorTarget = errorTarget
        self.today = today
    }

    /// Decides a field from what was read in each of its lines.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - lines: For each line of writing, all that was read of it; candidates of one reader count once.
    ///   - list: The lines of the field's list file.
    /// - Returns: The reading; `unreadable` where no reader read anything.
    public func text(_ field: Field, lines: [[TextCandidate]], list: [String] = []) -> FieldReading {
        let lines = lines.filter { !$0.isEmpty }
        guard !lines.isEmpty else { return reading(field, status: .unreadable, confidence: 0, reason: .illegible) }
        guard lines.count > 1 else { return line(field, lines[0], list: list) }

        // Line by line, as plain text; the whole is as sure as its lines.
        var plain = field
        plain.type = .text
        plain.review = .whenUncertain
        let parts = lines.map { line(plain, $0, list: []) }
        let whole = parts.map { $0.value?.stringValue ?? $0.raw ?? "" }.joined(separator: "\n")
        let doubts = parts.compactMap(\.reason)
        let confidence = parts.map(\.confidence).reduce(1, *)
        let readers = Array(Set(parts.flatMap(\.readers))).sorted()
        var candidate = Interpretation(
            TextCandidate(text: whole, confidence: confidence, reader: readers.joined(separator: "+")), field: field,
            list: list, today: today)
        if candidate.normalized.verdict == .invalid {
            // Typed values may be wrapped anywhere.
            candidate = Interpretation(
                TextCandidate(
                    text: whole.replacing("\n", with: " "), confidence: confidence, reader: candidate.candidate.reader),
                field: field, list: list, today: today)
        }
        var result = settled(
            field, candidate, confidence: confidence, readers: readers, others: [],
            reason: doubts.first.flatMap(Reason.init(rawValue:)))
        if result.status == .uncertain { result.candidates = wholes(of: lines) }
        return result
    }

    /// For each reader what it makes of all lines.
    private func wholes(of lines: [[TextCandidate]]) -> [FieldReading.Candidate] {
        Set(lines.flatMap { $0.map(\.reader) }).sorted().map { reader in
            let own = lines.map { $0.first { $0.reader == reader } }
            return FieldReading.Candidate(
                text: own.map { $0?.text ?? "" }.joined(separator: "\n"),
                confidence: own.map { $0?.confidence ?? 0 }.min() ?? 0, reader: reader)
        }
    }

    private func line(_ field: Field, _ candidates: [TextCandidate], list: [String]) -> FieldReading {
        var heard: Set<String> = []
        let interpretations = candidates.map { candidate in
            let isFirst = heard.insert(candidate.reader).inserted
            return Interpretation(candidate, isFirst: isFirst, field: field, list: list, today: today)
        }
        let opinions = Opinion.grouped(interpretations)
        guard var best = opinions.first else {
            return reading(field, status: .unreadable, confidence: 0, reason: .illegible)
        }
        let others = opinions.dropFirst().filter { !$0.readers.isEmpty && !$0.isOnlyASecondLook(beside: best) }
        var lead = best.best
        var reason: Reason?
        let confidence: Double
        if best.sources.count >= 2 {
            // A third reader that differs does not undo an agreement, but weakens it.
            confidence = agreement(of: best, against: others.count)
            if confidence < 1 - errorTarget { reason = .lowConfidence }
        } else if lead.normalized.isSelfChecking, lead.normalized.verdict == .valid, best.hasItsOwnSight,
            !others.contains(where: { $0.best.normalized.isSelfChecking && $0.best.normalized.verdict != .invalid })
        {
            // The check digit speaks for this one and against the others.
            confidence = lead.candidate.confidence >= 0.8 ? 0.9992 : 0.99
            reason = confidence < 1 - errorTarget ? .lowConfidence : nil
        } else {
            let isDisputed = opinions.dropFirst().contains { !$0.readers.isEmpty }
            if let likeliest = Opinion.likeliest(of: opinions) { (best, lead) = (likeliest, likeliest.best) }
            reason = isDisputed ? .readersDiffer : .oneReaderOnly
            confidence = min(0.95, lead.candidate.confidence * (isDisputed ? 0.8 : 0.9))
        }
        var result = settled(
            field, lead, confidence: confidence, readers: best.readers.sorted(), others: interpretations,
            reason: reason)
        if result.reason == Reason.checkDigit.rawValue, let mixed = mixture(of: interpretations, field, list) {
            result.value = mixed.normalized.value
            result.raw = mixed.candidate.text
            result.checks = mixed.normalized.checks + ["luhn:repaired"]
        }
        return result
    }

    private func agreement(of opinion: Opinion, against others: Int) -> Double {
        let lead = opinion.best.normalized
        let weakest = opinion.weakestReader
        let doubt: Double
        if lead.isSelfChecking {
            doubt = 0.0001
        } else if lead.verdict == .valid, !lead.checks.isEmpty {
            doubt = 0.0004 + 0.002 * (1 - weakest)
        } else {
            doubt = 0.0004 + 0.004 * (1 - weakest)
        }
        return max(0, 1 - doubt * Double(1 + others))
    }

    /// The one place where a value gets its status.
    func settled(
        _ field: Field, _ lead: Interpretation, confidence: Double, readers: [String], others: [Interpretation],
        reason: Reason?
    ) -> FieldReading {
        var reason = reason
        var confidence = confidence
        switch lead.normalized.verdict {
        case .invalid:
            let isCheckDigit = lead.normalized.checks.contains { $0 == "luhn:bad" || $0 == "mod97:bad" }
            reason = isCheckDigit ? .checkDigit : .notAValue
            confidence = min(confidence, 0.3)
        case .doubtful:
            reason = reason ?? .doubtfulValue
            confidence = min(confidence, 0.9)
        case .valid:
            if confidence < 1 - errorTarget { reason = reason ?? .lowConfidence }
        }
        if reason == nil, field.review.isAlways { reason = .reviewAlways }
        var result = reading(
            field, status: reason == nil ? .read : .uncertain, confidence: confidence, reason: reason)
        // What is no value is still proposed as it stands: a person sees more easily which digit is wrong.
        result.value = lead.normalized.value
        if result.value == nil, field.type.isText { result.value = .string(lead.written) }
        result.raw = lead.candidate.text
        result.checks = lead.normalized.checks
        result.readers = readers
        if !others.isEmpty {
            result.candidates = TextCandidate.likeliestFirst(others.map(\.candidate)).map {
                FieldReading.Candidate(text: $0.text, confidence: $0.confidence, reader: $0.reader)
            }
        }
        return result
    }

    /// Where two readings of one length differ in single characters: the only mixture of them that passes the check digit.
    private func mixture(of interpretations: [Interpretation], _ field: Field, _ list: [String]) -> Interpretation? {
        guard field.type.hasCheckDigit, let first = interpretations.first,
            let second = interpretations.first(where: { $0.candidate.reader != first.candidate.reader })
        else { return nil }
        let (a, b) = (Array(first.candidate.text), Array(second.candidate.text))
        let places = zip(a, b).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
        guard a.count == b.count, (1...4).contains(places.count) else { return nil }
        let right = (0..<(1 << places.count)).compactMap { choice -> Interpretation? in
            var mixed = a
            for (bit, place) in places.enumerated() where choice & (1 << bit) != 0 { mixed[place] = b[place] }
            let candidate = TextCandidate(text: String(mixed), confidence: 0.5, reader: first.candidate.reader)
            let result = Interpretation(candidate, field: field, list: list, today: today)
            return result.normalized.verdict == .invalid ? nil : result
        }
        return right.count == 1 ? right[0] : nil
    }

    func reading(_ field: Field, status: FieldReading.Status, confidence: Double, reason: Reason? = nil)
        -> FieldReading
    {
        FieldReading(
            name: field.name, confidence: confidence, status: status, page: field.page, box: field.box,
            reason: reason?.rawValue)
    }
}

/// Readings that come to the same value.
private struct Opinion {
    var members: [Interpretation]

    /// The readers whose opinion it is.
    var readers: Set<String> { Set(members.filter(\.isFirst).map(\.candidate.reader)) }

    /// Those of them that see for themselves: readers that share their sight count once.
    var sources: Set<String> { Set(members.filter(\.isFirst).map(\.candidate.source)) }

    /// Whether a reader stands for it that shares no other's sight.
    ///
    /// Each further look at the same is a further chance that a check digit agrees with what is wrong.
    var hasItsOwnSight: Bool { members.contains { $0.isFirst && $0.candidate.sharing == nil } }

    /// Whether only a second look of a reader stands for it whose first look bears out the other opinion.
    func isOnlyASecondLook(beside other: Opinion) -> Bool {
        members.filter(\.isFirst).allSatisfy { member in
            member.candidate.sharing.map { other.readers.contains($0) } ?? false
        }
    }

    /// The readers that hold it possible.
    var supporters: Set<String> { Set(members.map(\.candidate.reader)) }

    /// The soundest member, and of these the one surest of itself.
    var best: Interpretation {
        func rank(_ member: Interpretation) -> (Int, Int, Double) {
            (member.normalized.soundness, member.isFirst ? 1 : 0, member.candidate.confidence)
        }
        return members.max { rank($0) < rank($1) } ?? members[0]
    }

    /// The confidence of the less sure of the two surest readers.
    var weakestReader: Double {
        let perReader = Dictionary(grouping: members.filter(\.isFirst), by: \.candidate.source)
            .mapValues { $0.map(\.candidate.confidence).max() ?? 0 }
        return perReader.values.sorted(by: >).prefix(2).last ?? 0
    }

    /// How likely its text is to readers of one sight together.
    var likelihood: Double? { members.compactMap(\.candidate.likelihood).max() }

    /// What a person is shown where no two readers agree: of the soundest, what readers of different sight at least hold
    /// possible; of these the likeliest.
    ///
    /// - Returns: `nil` where nobody says how likely they are.
    static func likeliest(of opinions: [Opinion]) -> Opinion? {
        func rank(_ opinion: Opinion) -> (Int, Int, Double) {
            (
                opinion.best.normalized.soundness, Set(opinion.members.map(\.candidate.source)).count,
                opinion.likelihood ?? -.infinity
            )
        }
        guard let best = opinions.max(by: { rank($0) < rank($1) }), best.likelihood != nil else { return nil }
        // Readers lose spaces more often than they invent them.
        let spaced = opinions.filter { $0.best.key.filter { $0 != " " } == best.best.key.filter { $0 != " " } }
        return spaced.max { $0.best.key.count < $1.best.key.count } ?? best
    }

    /// Sound values first, then the opinion of more readers, then what more readers hold possible, then the surer.
    static func grouped(_ interpretations: [Interpretation]) -> [Opinion] {
        var order: [String] = []
        var groups: [String: Opinion] = [:]
        for interpretation in interpretations {
            if groups[interpretation.key] == nil { order.append(interpretation.key) }
            groups[interpretation.key, default: Opinion(members: [])].members.append(interpretation)
        }
        func isBetter(_ a: Opinion, _ b: Opinion) -> Bool {
            let (first, second) = (a.best, b.best)
            if first.normalized.soundness != second.normalized.soundness {
                return first.normalized.soundness > second.normalized.soundness
            }
            if a.readers.count != b.readers.count { return a.readers.count > b.readers.count }
            // Readers lose spaces more often than they invent them.
            if first.key != second.key, first.key.filter({ $0 != " " }) == second.key.filter({ $0 != " " }) {
                return first.key.count > second.key.count
            }
            if a.supporters.count != b.supporters.count { return a.supporters.count > b.supporters.count }
            return first.candidate.confidence > second.candidate.confidence
        }
        return order.compactMap { groups[$0] }.enumerated()
            .sorted { a, b in
                isBetter(a.element, b.element) || !isBetter(b.element, a.element) && a.offset < b.offset
            }
            .map(\.element)
    }
}

extension NormalizedValue {
    fileprivate var soundness: Int {
        switch verdict {
        case .valid: 2
        case .doubtful: 1
        case .invalid: 0
        }
    }
}

extension FieldType {
    /// Whether its normal form is a string, so that any text can be proposed.
    fileprivate var isText: Bool { self != .integer && self != .boolean }
}
