import Forms
import Foundation
import Reading
import Support

/// What a list of known values does for a reading: it puts the likely value first, and asks about an unlikely one.
///
/// It makes no value certain: a wrong one that is often right elsewhere would pass.
extension JournalRows {
    /// - Parameters:
    ///   - reading: As the machine gave it.
    ///   - template: Its form.
    ///   - tallies: Of that form.
    /// - Returns: The reading with known values proposed where a person is asked anyway, and with a reason to look where a
    ///   certain value is new in a field that has known ones only.
    /// - Throws: ``BlankettError`` when the journal cannot be read.
    func withKnownValues(
        _ reading: DocumentReading, _ template: FormTemplate?, _ tallies: inout FieldTallies
    ) throws -> DocumentReading {
        guard let template, [.read, .needsReview].contains(reading.outcome) else { return reading }
        let fields = Dictionary(template.fields.map { ($0.name, $0) }) { first, _ in first }
        var result = reading
        for index in result.fields.indices {
            guard let field = fields[result.fields[index].name], let list = ValueList(field, of: template.key),
                case .string(let value)? = result.fields[index].value
            else { continue }
            switch result.fields[index].status {
            case .read where result.fields[index].reason == nil && field.review != .never:
                guard try tallies.tally(of: field.name).isClosed,
                    try count(of: mark(of: value, in: list), in: list) == 0
                else { continue }
                result.fields[index].reason = Reason.newHere.rawValue
                result.outcome = .needsReview
            case .uncertain:
                let tally = try tallies.tally(of: field.name)
                try propose(for: &result.fields[index], field, from: list, isTrusted: tally.trustsKnownValues)
            default: continue
            }
        }
        return result
    }

    /// Forgets values that have not come again for long.
    func forgetOldValues(at time: Date) throws {
        func daysAgo(_ days: Int) -> Date { time.addingTimeInterval(-Double(days) * 86_400) }
        try forgetValues(sentBefore: daysAgo(ValueList.keptDays.rare), atMost: ValueList.proposedAfter - 1)
        try forgetValues(sentBefore: daysAgo(ValueList.keptDays.known), atMost: nil)
    }

    func forgetAllValues() throws {
        try forgetValues(sentBefore: .distantFuture, atMost: nil)
    }

    // `isTrusted`: whether another value than the readers' may be put first.
    private func propose(
        for reading: inout FieldReading, _ field: Field, from list: ValueList, isTrusted: Bool
    ) throws {
        let known = try marks(in: list, atLeast: ValueList.proposedAfter)
        guard !known.isEmpty, case .string(let value)? = reading.value else { return }
        let others = (reading.candidates ?? []).compactMap { field.normalize($0.text).value?.stringValue }
        var seen: Set<String> = []
        let readings = ([value] + others).filter { seen.insert($0).inserted }
        let search = KnownValueSearch { known.contains(self.mark(of: $0, in: list)) }
        func offer(_ text: String, at place: Int) {
            let candidate = FieldReading.Candidate(text: text, confidence: 0, reader: KnownCheck.reader)
            reading.candidates = (reading.candidates ?? []).filter { $0.text != text }
            reading.candidates?.insert(candidate, at: place)
        }
        switch search.finding(among: readings) {
        case .asRead: reading.checks.append(KnownCheck.ok.rawValue)
        case .instead(let text) where isTrusted:
            // What the readers read stays at hand.
            reading.value = .string(text)
            reading.checks.append(KnownCheck.repaired.rawValue)
            if reading.candidates == nil { reading.candidates = [] }
            if !others.contains(value) {
                reading.candidates?.insert(.init(text: value, confidence: reading.confidence, reader: "read"), at: 0)
            }
        case .instead(let text): offer(text, at: 0)
        case .choice(let texts): for (place, text) in texts.prefix(2).enumerated() { offer(text, at: place) }
        case nil: break
        }
    }
}

/// What ``FieldReading/checks`` tells of a value's list.
enum KnownCheck: String {
    /// The value was sent before.
    case ok = "known:ok"
    /// It was sent before, and stands there in place of what was read.
    case repaired = "known:repaired"

    /// Who offers a value from a list among the candidates.
    static let reader = "known"
}
