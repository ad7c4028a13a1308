import Forms
import Imaging
import Reading
import Support
import TestSupport
import Testing

private struct Case: CustomTestStringConvertible {
    var testDescription: String
    /// What both readers of lines read.
    var line: String
    /// What the reader of print reads, where it is another.
    var printed: String?
    /// What the cell reader takes the cells for.
    var cells: String
    var sure = 0.97
    /// Cells with a dot above their letter.
    var dots: [Int] = []
    /// Whether a rule is printed right below the letters.
    var isOnRule = false
    var value: String?
    var reason: Reason?
}

private let cases = [
    Case(testDescription: "all agree", line: "AHUS", cells: "AHUS"),
    Case(testDescription: "the cells show another letter", line: "AHUS", cells: "ÅHUS", reason: .readersDiffer),
    Case(testDescription: "the cells are not sure of another letter", line: "AHUS", cells: "ÅHUS", sure: 0.6),
    Case(
        testDescription: "the cells bear out one of two lines", line: "AHUS", printed: "AMUS", cells: "AHUS"),
    Case(
        testDescription: "the cells half guess what one of two lines says", line: "AHUS", printed: "AMUS",
        cells: "AHUS",
        sure: 0.7, value: "AMUS", reason: .readersDiffer),
    Case(testDescription: "the other letter looks the same", line: "VASA", cells: "UA5A"),
    Case(testDescription: "small letters are none that the cells know", line: "ahus", cells: "ÅBCD"),
    Case(
        testDescription: "all lost the dots", line: "AHUS", cells: "AHUS", dots: [0], reason: .marksDiffer),
    Case(testDescription: "the dots were read", line: "ÅHUS", cells: "ÅHUS", dots: [0]),
    Case(testDescription: "one of two was lost", line: "VAXJÖ", cells: "VAXJÖ", dots: [1, 4], reason: .marksDiffer),
    Case(
        testDescription: "a capital was read as its small letter", line: "VÄXJö", cells: "VÄXJÖ", dots: [1, 4],
        value: "VÄXJÖ"),
    Case(testDescription: "and Y, too", line: "yXAHULT", cells: "YXAHULT", value: "YXAHULT"),
    Case(testDescription: "an F may be an E on the rule", line: "AFA", cells: "AFA", isOnRule: true, reason: .onFrame),
    Case(testDescription: "the F stands free of the rule", line: "AFA", cells: "AFA"),
    Case(testDescription: "other letters stand on the rule", line: "AHUS", cells: "AHUS", isOnRule: true),
]

private let today = CalendarDay(year: 2026, month: 11, day: 23) ?? .inSweden()

@Suite struct `A comb of letters` {
    @Test(arguments: cases) fileprivate func `is sure or asks when`(_ row: Case) throws {
        let count = row.line.count
        let field = Field(
            name: "c", page: 1, kind: .comb, type: .text,
            box: MillimetreRect(x: 0, y: 0, width: Double(count) * 5.08, height: 6), cells: count)
        var strokes = (0..<count).map { (x: $0 * 60 + 20, y: 24, width: 18, height: 36) }
        strokes += row.dots.map { (x: $0 * 60 + 25, y: 12, width: 6, height: 6) }
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖ0123456789"
        let opinions = row.cells.map { seen in
            var characters = Dictionary(uniqueKeysWithValues: alphabet.map { ($0, 0.0005) })
            characters[seen] = row.sure
            return CellOpinion(characters: characters)
        }
        let reader = FieldReader(
            printed: ScriptedLineReader("printed", [row.printed ?? row.line]),
            general: ScriptedLineReader("line", [row.line]),
            cells: ScriptedCellReader(opinions), barcodes: ScriptedBarcodeReader(),
            today: today)
        var snippet = drawnSnippet(width: count * 60, height: 71, strokes)
        let below = 18 + 24 + 36
        for y in below..<below + 3 where row.isOnRule {
            for x in 0..<snippet.blank.width { snippet.blank.pixels[y * snippet.blank.width + x] = 20 }
        }
        let reading = try reader.read(FieldJob(field: field, errorTarget: 0.005, evidence: .snippet(snippet)))
        #expect(reading.value == .string(row.value ?? row.line))
        #expect(reading.reason == row.reason?.rawValue)
        #expect((reading.status == .read) == (row.reason == nil))
    }

    @Test func `and a line of text sees the dots that stand above its box`() throws {
        let field = Field(
            name: "t", page: 1, kind: .text, type: .text, box: MillimetreRect(x: 0, y: 0, width: 25, height: 6))
        let strokes =
            (0..<4).map { (x: $0 * 40 + 20, y: 4, width: 18, height: 36) }
            + [(x: 62, y: -12, width: 6, height: 6), (x: 70, y: -12, width: 6, height: 6)]
        let reader = FieldReader(
            printed: ScriptedLineReader("printed", ["HALS"]), general: ScriptedLineReader("line", ["HALS"]), cells: nil,
            barcodes: ScriptedBarcodeReader(), today: today)
        let snippet = drawnSnippet(width: 295, height: 71, strokes)
        let reading = try reader.read(FieldJob(field: field, errorTarget: 0.005, evidence: .snippet(snippet)))
        #expect(reading.reason == Reason.marksDiffer.rawValue)
    }

    /// A label is printed right over the letters: what was taken away as its print may have had a dot beside it.
    @Test func `and a line of text asks where dots may be lost in the print above`() throws {
        let field = Field(
            name: "t", page: 1, kind: .text, type: .text, box: MillimetreRect(x: 0, y: 0, width: 25, height: 6))
        for (dot, reason) in [(nil, nil), (30, Reason.marksDiffer), (200, nil)] as [(Int?, Reason?)] {
            var snippet = drawnSnippet(
                width: 295, height: 71, (0..<4).map { (x: $0 * 40 + 20, y: 24, width: 18, height: 36) })
            func draw(_ x: Int, _ width: Int, on picture: inout PageImage) {
                for row in 32..<38 {
                    for column in x + 18..<x + 18 + width { picture.pixels[row * picture.width + column] = 20 }
                }
            }
            for x in stride(from: 10, to: 280, by: 40) {
                draw(x, 12, on: &snippet.blank)
                draw(x, 12, on: &snippet.scan)
            }
            if let dot { draw(dot, 4, on: &snippet.scan) }
            let reader = FieldReader(
                printed: ScriptedLineReader("printed", ["HALS"]), general: ScriptedLineReader("line", ["HALS"]),
                cells: nil, barcodes: ScriptedBarcodeReader(), today: today)
            let reading = try reader.read(FieldJob(field: field, errorTarget: 0.005, evidence: .snippet(snippet)))
            #expect(reading.reason == reason?.rawValue, "\(dot ?? 0)")
        }
    }

    @Test func `and a line of text asks where all readers lost the dots`() throws {
        let field = Field(
            name: "t", page: 1, kind: .text, type: .text, box: MillimetreRect(x: 0, y: 0, width: 25, height: 6))
        let strokes =
            (0..<4).map { (x: $0 * 40 + 20, y: 24, width: 18, height: 36) } + [(x: 66, y: 12, width: 6, height: 6)]
        for (text, reason) in [("HALS", Reason.marksDiffer), ("HÄLS", nil), ("HiLS", nil), ("4711", nil)] {
            let reader = FieldReader(
                printed: ScriptedLineReader("printed", [text]), general: ScriptedLineReader("line", [text]), cells: nil,
                barcodes: ScriptedBarcodeReader(), today: today)
            let reading = try reader.read(
                FieldJob(
                    field: field, errorTarget: 0.005, evidence: .snippet(drawnSnippet(width: 295, height: 71, strokes)))
            )
            #expect(reading.reason == reason?.rawValue, "\(text)")
        }
    }
}
