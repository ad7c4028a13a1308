import Forms
import Reading
import Support
import Testing

private let box = MillimetreRect(x: 10, y: 10, width: 4, height: 4)

private func mark(_ ink: Double, fill: Double = 0, match: Double = 0.9) -> MarkMeasurement {
    MarkMeasurement(ink: ink, fill: fill, match: match, shift: 0)
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
