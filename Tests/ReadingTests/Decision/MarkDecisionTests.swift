import Forms
import Reading
import Support
import Testing

private let box = MillimetreRect(x: 10, y: 10, width: 4, height: 4)

private func mark(_ ink: Double, fill: Double = 0, match: Double = 0.9) -> MarkMeasurement {
    MarkMeasurement(ink: ink, fill: fill, match: match, shift: 0)
}

/// A circle with a letter in it.
private func circle(_ darkness: Double, printed: Double = 0.2) -> MarkMeasurement {
    MarkMeasurement(ink: 0, fill: 0, match: 0.9, shift: 0, free: 0.05, darkness: darkness, printed: printed)
}

private func choice(_ select: Field.Select, _ correction: Field.Correction = .none) -> Field {
    Field(
        name: "c", page: 1, kind: .choice, box: box, select: select,
        options: ["a", "b", "c"].map { Field.Option(value: $0, box: box) }, correction: correction)
}

private let boxes: [(MarkMeasurement, Field.Correction, JSONValue, FieldReading.Status, Reason?)] = [
    (mark(0), .none, false, .read, nil),
    (mark(0.02), .none, false, .read, nil),
    (mark(0.045), .none, false, .uncertain, .faintMark),
    (mark(0.08), .none, true, .uncertain, .faintMark),
    (mark(0.2), .none, true, .read, nil),
    (mark(0.98, fill: 0.99), .none, true, .read, nil),
    (mark(0.98, fill: 0.99), .filledMeansUndone, false, .read, nil),
    (mark(0.8, fill: 0.8), .filledMeansUndone, true, .uncertain, .filledOver),
    (mark(0.01, match: 0.1), .none, false, .uncertain, .boxNotFound),
    (circle(0.2), .none, false, .read, nil),
    (circle(0.25), .none, false, .read, nil),
    (circle(0.32), .none, false, .uncertain, .faintMark),
    (circle(0.6), .none, true, .read, nil),
]

/// Darkness of circles with a letter in them on sheets that are printed lighter and darker than the blank.
private let circles: [([Double], JSONValue?, FieldReading.Status, Reason?)] = [
    ([0.2, 0.2, 0.2, 0.2, 0.2], nil, .empty, nil),
    ([0.38, 0.36, 0.37, 0.36, 0.38], nil, .empty, nil),
    ([0.1, 0.1, 0.1, 0.6, 0.1], "d", .read, nil),
    ([0.3, 0.7, 0.3, 0.3, 0.3], "b", .read, nil),
    ([0.2, 0.4, 0.2, 0.2, 0.2], "b", .uncertain, .faintMark),
    ([0.2, 0.7, 0.2, 0.6, 0.2], "b", .uncertain, .twoMarked),
]

private let choices: [([Double], Field.Select, JSONValue?, FieldReading.Status, Reason?)] = [
    ([0, 0, 0], .one, nil, .empty, nil),
    ([0, 0.3, 0], .one, "b", .read, nil),
    ([0.2, 0.3, 0], .one, "b", .uncertain, .twoMarked),
    ([0, 0.3, 0.05], .one, "b", .uncertain, .faintMark),
    ([0, 0.08, 0], .one, "b", .uncertain, .faintMark),
    ([0.2, 0, 0.3], .any, ["a", "c"], .read, nil),
    ([0, 0, 0], .any, nil, .empty, nil),
]

struct `The decision on marks` {
    @Test(arguments: boxes)
    func `takes a box`(
        _ measured: MarkMeasurement, _ correction: Field.Correction, _ value: JSONValue, _ status: FieldReading.Status,
        _ reason: Reason?
    ) {
        let field = Field(
            name: "f", page: 1, kind: .checkbox, type: .boolean, box: box, correction: correction)
        let reading = Decision().checkbox(field, measured)
        #expect(reading.value == value)
        #expect(reading.status == status)
        #expect(reading.reason == reason?.rawValue)
    }

    @Test(arguments: circles)
    func `takes circles with a letter in them`(
        _ darkness: [Double], _ value: JSONValue?, _ status: FieldReading.Status, _ reason: Reason?
    ) {
        let field = Field(
            name: "c", page: 1, kind: .choice, box: box, select: .one,
            options: ["a", "b", "c", "d", "e"].map { Field.Option(value: $0, box: box) })
        let reading = Decision().choice(field, darkness.enumerated().map { ($0.offset, circle($0.element)) })
        #expect(reading.value == value)
        #expect(reading.status == status)
        #expect(reading.reason == reason?.rawValue)
    }

    @Test(arguments: choices)
    func `takes a choice`(
        _ ink: [Double], _ select: Field.Select, _ value: JSONValue?, _ status: FieldReading.Status, _ reason: Reason?
    ) {
        let reading = Decision().choice(choice(select), ink.enumerated().map { ($0.offset, mark($0.element)) })
        #expect(reading.value == value)
        #expect(reading.status == status)
        #expect(reading.reason == reason?.rawValue)
    }

    @Test func `leaves out a mark that was filled over`() {
        let marks = [(option: 0, mark: mark(0.97, fill: 0.99)), (option: 1, mark: mark(0.3, fill: 0.3))]
        let reading = Decision().choice(choice(.one, .filledMeansUndone), marks)
        #expect(reading.value == "b")
        #expect(reading.status == .read)
    }

    @Test(arguments: [
        (0.0, false, FieldReading.Status.read), (0.5, false, .read), (3, true, .uncertain), (20, true, .read),
    ])
    func `says whether a signature is there`(_ ink: Double, _ value: Bool, _ status: FieldReading.Status) {
        let reading = Decision().signature(Field(name: "s", page: 1, kind: .signature, box: box), inkArea: ink)
        #expect(reading.value == .bool(value))
        #expect(reading.status == status)
    }
}
