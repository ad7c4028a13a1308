import Forms
import Reading
import Support
import Testing

private let today = CalendarDay(year: 2026, month: 11, day: 23) ?? .inSweden()

private func field(_ type: FieldType, review: Field.Review = .whenUncertain) -> Field {
    Field(
        name: "f", page: 1, kind: .text, type: type, box: MillimetreRect(x: 0, y: 0, width: 50, height: 8),
        review: review)
}

private func printed(_ text: String, _ confidence: Double = 0.95) -> TextCandidate {
    TextCandidate(text: text, confidence: confidence, reader: "printed")
}

private func general(_ text: String, _ confidence: Double = 0.98) -> TextCandidate {
    TextCandidate(text: text, confidence: confidence, reader: "general")
}

/// A second look of `general`.
private func hand(_ text: String, _ confidence: Double = 0.98) -> TextCandidate {
    TextCandidate(text: text, confidence: confidence, reader: "hand", sharing: "general")
}

extension TextCandidate {
    /// With how likely it is to both looks together.
    fileprivate func likely(_ likelihood: Double) -> TextCandidate {
        var candidate = self
        candidate.likelihood = likelihood
        return candidate
    }
}

/// What two readers read, and what becomes of it.
private struct Case: Sendable, CustomStringConvertible {
    var why: String
    var type: FieldType
    var candidates: [TextCandidate]
    var value: JSONValue?
    var status: FieldReading.Status
    var reason: Reason?

    init(
        _ why: String, _ type: FieldType, _ candidates: [TextCandidate], _ value: JSONValue?,
        _ status: FieldReading.Status, _ reason: Reason? = nil
    ) {
        self.why = why
        self.type = type
        self.candidates = candidates
        self.value = value
        self.status = status
        self.reason = reason
    }

    var description: String { why }
}

private let cases = [
    Case(
        "two readers agree on a text", .text, [printed("Björkvägen 14"), general("Björkvägen 14")], "Björkvägen 14",
        .read),
    Case("they agree but for runs of space", .text, [printed("Anna  Ek"), general("Anna Ek")], "Anna Ek", .read),
    Case("they agree, both unsure", .text, [printed("rn", 0.4), general("rn", 0.5)], "rn", .uncertain, .lowConfidence),
    Case("they differ", .text, [printed("Ek"), general("Ok")], "Ok", .uncertain, .readersDiffer),
    Case("one lost a space", .text, [printed("12, 13"), general("12,13")], "12, 13", .uncertain, .readersDiffer),
    Case("only one reads a text", .text, [printed("Ek", 0.99)], "Ek", .uncertain, .oneReaderOnly),
    Case(
        "a reader's second thought is no agreement", .text, [printed("Åker"), general("Aker"), general("Åker", 0.4)],
        "Åker", .uncertain, .readersDiffer),
    Case(
        "two that share their sight agree", .text, [general("Åsa Öberg"), hand("Åsa Öberg")], "Åsa Öberg", .uncertain,
        .oneReaderOnly),
    Case(
        "two that share their sight differ", .text, [general("Åsa Oberg", 0.8), hand("Åsa Öberg", 0.9)], "Åsa Öberg",
        .uncertain, .readersDiffer),
    Case(
        "what both looks hold possible is shown, not what one likes best", .text,
        [
            printed("WMh kström"), general("DWikström").likely(-9), general("Wikström", 0.2).likely(-4),
            hand("IVikström").likely(-8),
        ], "Wikström", .uncertain, .readersDiffer),
    Case(
        "what another sight reads is shown when it is held possible", .text,
        [printed("Vårdar"), general("Dardar").likely(-3), hand("Nårdar").likely(-5), hand("Vårdar", 0.1).likely(-7)],
        "Vårdar", .uncertain,
        .readersDiffer),
    Case(
        "the likeliest lost a space", .text, [printed("12, 13"), general("12,13").likely(-1)], "12, 13", .uncertain,
        .readersDiffer),
    Case(
        "the likeliest is no value", .date,
        [printed("2026-11-0B"), general("2026-11-O8").likely(-9), hand("2026-13-08").likely(-1)],
        "2026-11-08", .uncertain, .doubtfulValue),
    Case(
        "a second look bears out the other reader against the first", .text,
        [printed("Lund"), general("Lurd"), hand("Lund")], "Lund", .uncertain, .lowConfidence),
    Case(
        "it does so surely", .text, [printed("Lund", 0.99), general("Lurd"), hand("Lund", 0.99)], "Lund", .read),
    Case(
        "a second look does not undo an agreement", .text, [printed("Lund", 0.9), general("Lund"), hand("Land")],
        "Lund", .read),
    Case(
        "a check digit does not prove a second look", .personnummer, [general("900101-2335"), hand("900101-2385")],
        "199001012385", .uncertain, .readersDiffer),
    Case("a check digit proves one reading", .personnummer, [printed("900101-2385")], "199001012385", .read),
    Case(
        "a check digit decides between two", .personnummer, [printed("900101-2335"), general("900101-2385")],
        "199001012385", .read),
    Case(
        "both agree on a wrong check digit", .personnummer, [printed("900101-2386"), general("900101-2386")],
        "9001012386", .uncertain, .checkDigit),
    Case(
        "two wrong readings have one right mixture", .personnummer, [printed("900101-2335"), general("900107-2385")],
        "199001012385", .uncertain, .checkDigit),
    Case(
        "a samordningsnummer without a real date", .personnummer, [printed("192800642395"), general("192800642395")],
        "192800642395", .uncertain, .doubtfulValue),
    Case("letters that are digits", .postnummer, [printed("1O1 36"), general("101 36")], "101 36", .read),
    Case(
        "letters that both readers see stay doubtful", .postnummer, [printed("1O1 36"), general("1O1 36")], "101 36",
        .uncertain, .doubtfulValue),
    Case(
        "only one reading is a date", .date, [printed("2024-13-05"), general("2024-12-05")], "2024-12-05", .uncertain,
        .readersDiffer),
    Case("no date at all", .date, [printed("snart"), general("snart")], "snart", .uncertain, .notAValue),
    Case(
        "an integer that is none proposes nothing", .integer, [printed("två"), general("två")], nil, .uncertain,
        .notAValue),
    Case(
        "the at sign that one cannot read", .email, [printed("a.ekQexempel.se"), general("a.ek@exempel.se")],
        "a.ek@exempel.se", .read),
    Case("nobody reads anything", .text, [], nil, .unreadable, .illegible),
]

struct `The decision on a text` {
    @Test(arguments: cases) fileprivate func `is right when`(_ row: Case) {
        let reading = Decision(today: today).text(field(row.type), lines: [row.candidates])
        #expect(reading.value == row.value)
        #expect(reading.status == row.status)
        #expect(reading.reason == row.reason?.rawValue)
    }

    @Test func `joins lines, and is as sure as the least sure of them`() {
        let lines = [[printed("rad ett"), general("rad ett")], [printed("rad två"), general("rad tva")]]
        let reading = Decision(today: today).text(field(.text), lines: lines)
        #expect(reading.status == .uncertain)
        #expect(reading.value?.stringValue?.hasPrefix("rad ett\nrad tv") == true)
        #expect(reading.candidates?.count == 2)
    }

    @Test func `follows the form's target error rate`() {
        let candidates = [printed("Ek", 0.8), general("Ek", 0.8)]
        #expect(Decision(errorTarget: 0.01, today: today).text(field(.text), lines: [candidates]).status == .read)
        #expect(
            Decision(errorTarget: 0.0001, today: today).text(field(.text), lines: [candidates]).status == .uncertain)
    }

    @Test func `leaves to a person what the form says a person must see`() {
        let reading = Decision(today: today).text(
            field(.text, review: .always), lines: [[printed("Ek"), general("Ek")]])
        #expect(reading.status == .uncertain)
        #expect(reading.reason == Reason.reviewAlways.rawValue)
        #expect(reading.value == "Ek")
    }

    @Test func `has candidates where a person must choose`() {
        let reading = Decision(today: today).text(field(.text), lines: [[printed("Ek"), general("Ok")]])
        #expect(reading.candidates?.map(\.text) == ["Ek", "Ok"])
    }
}
