import Forms
import Imaging
import Reading
import Support
import Testing

/// Letters of a line as strokes: `count` bars of 8 × 30 pixels from `x`, at the height `y`.
private func letters(_ count: Int, x: Int = 10, y: Int) -> [(x: Int, y: Int, width: Int, height: Int)] {
    (0..<count).map { (x + $0 * 24, y, 8, 30) }
}

private func read(
    _ field: Field, _ evidence: FieldEvidence, printed: [String?] = ["x"], general: [String?] = ["x"],
    barcodes: [[Barcode]] = [], residual: Double = 0
) throws -> (reading: FieldReading, lines: [PageImage]) {
    let first = ScriptedLineReader("printed", printed)
    let reader = FieldReader(
        printed: first, general: ScriptedLineReader("general", general), barcodes: ScriptedBarcodeReader(barcodes))
    return (try reader.read(FieldJob(field: field, evidence: evidence, residual: residual)), first.seen)
}

private func text(lines: Int = 1, height: Double = 7, _ type: FieldType = .text) -> Field {
    Field(
        name: "t", page: 1, kind: .text, type: type, box: MillimetreRect(x: 0, y: 0, width: 40, height: height),
        lines: lines)
}

private let comb = Field(
    name: "c", page: 1, kind: .comb, type: .digits, box: MillimetreRect(x: 0, y: 0, width: 25.4, height: 6), cells: 5)

struct `A field's reading` {
    @Test func `is empty without ink, and no reader is asked`() throws {
        let (reading, lines) = try read(text(), .snippet(drawnSnippet(width: 470, height: 80, [])))
        #expect(reading.status == .empty)
        #expect(reading.value == nil)
        #expect(lines.isEmpty)
    }

    @Test func `is certain where both readers agree`() throws {
        let snippet = drawnSnippet(width: 470, height: 80, letters(6, y: 25))
        let (reading, lines) = try read(text(), .snippet(snippet), printed: ["Lund"], general: ["Lund"])
        #expect(reading.status == .read)
        #expect(reading.value == "Lund")
        #expect(lines.count == 1)
    }

    /// The tall letters of the row below reach into the box, and what was cut out ends in their midst.
    @Test func `is empty where only the next row's letters reach into it`() throws {
        let snippet = drawnSnippet(width: 470, height: 80, [(200, 72, 8, 26), (260, 74, 12, 24)])
        let (reading, lines) = try read(text(), .snippet(snippet))
        #expect(reading.status == .empty && lines.isEmpty)
    }

    /// Strokes that end at the edge of what was cut out: 36 pixels beside a box of 120 x 80.
    @Test(
        arguments: [
            // The tail of a g in the row above, a letter that is cut in half, and the tail of a letter of its own.
            (60, -36, 8, 74, "beyond-box"), (84, 25, 72, 30, "beyond-box"), (60, 20, 8, 96, nil),
        ] as [(Int, Int, Int, Int, String?)])
    func `is asked where a stroke is cut off`(
        _ x: Int, _ y: Int, _ width: Int, _ height: Int, _ reason: String?
    ) throws {
        let snippet = drawnSnippet(
            width: 120, height: 80, margin: 36, letters(2, y: 25) + [(x, y, width, height)])
        let (reading, _) = try read(text(), .snippet(snippet), printed: ["Lundj"], general: ["Lundj"])
        #expect(reading.value == "Lundj" && reading.reason == reason)
    }

    /// Five letters of a word; one more begins where the box ends, or stands elsewhere, or is no letter.
    @Test(
        arguments: [
            (122, 8, 30, "beyond-box"), (-8, 6, 30, "beyond-box"),
            // Far away, it is something else; so are a speck and the wall of the box.
            (145, 6, 30, nil), (122, 3, 4, nil), (121, 4, 78, nil),
        ] as [(Int, Int, Int, String?)])
    func `is asked where the writing goes on beside the box`(
        _ x: Int, _ width: Int, _ height: Int, _ reason: String?
    ) throws {
        let strokes = letters(5, y: 25) + [(x, 25, width, height)]
        let snippet = drawnSnippet(width: 120, height: 80, margin: 36, strokes)
        let (reading, _) = try read(text(), .snippet(snippet), printed: ["Lunda"], general: ["Lunda"])
        #expect(reading.value == "Lunda" && reading.reason == reason)
    }

    @Test(
        arguments: [
            // How far off the paper may lie there, in millimetres; the status and reason that follow.
            (0.0, FieldReading.Status.read, nil), (0.3, .read, nil), (0.5, .read, nil),
            (0.6, .uncertain, "misplaced"), (4, .uncertain, "misplaced"),
        ] as [(Double, FieldReading.Status, String?)])
    func `is asked where the paper does not lie as the blank`(
        _ residual: Double, _ status: FieldReading.Status, _ reason: String?
    ) throws {
        let snippet = drawnSnippet(width: 470, height: 80, letters(6, y: 25))
        let (reading, _) = try read(
            text(), .snippet(snippet), printed: ["Lund"], general: ["Lund"], residual: residual)
        #expect(reading.value == "Lund" && reading.status == status && reading.reason == reason)
        // Whether there is writing does not depend on it.
        let (empty, _) = try read(text(), .snippet(drawnSnippet(width: 470, height: 80, [])), residual: residual)
        #expect(empty.status == .empty)
    }

    @Test func `is unreadable where there is ink and nobody reads it`() throws {
        let snippet = drawnSnippet(width: 470, height: 80, letters(6, y: 25))
        let (reading, _) = try read(text(), .snippet(snippet), printed: [nil], general: [nil])
        #expect(reading.status == .unreadable)
    }

    @Test func `leaves a neighbour's ink alone`() throws {
        // Letters that belong to the field below, and reach into the margin.
        let snippet = drawnSnippet(
            width: 470, height: 80, letters(6, y: 25) + letters(4, y: 85).map { ($0.x, $0.y, 8, 10) })
        let (_, lines) = try read(text(), .snippet(snippet))
        #expect(lines.count == 1)
        #expect(lines.allSatisfy { $0.height < 60 })
    }

    @Test func `parts lines that stand apart, and those that touch`() throws {
        let apart = drawnSnippet(width: 470, height: 200, letters(8, y: 10) + letters(8, y: 60) + letters(5, y: 110))
        #expect(try read(text(lines: 4, height: 17), .snippet(apart)).lines.count == 3)
        // A descender of the first line reaches the second.
        let touching = drawnSnippet(width: 470, height: 200, letters(8, y: 10) + letters(8, y: 60) + [(30, 10, 4, 75)])
        #expect(try read(text(lines: 4, height: 17), .snippet(touching)).lines.count == 2)
        // Tails of one line and tops of the next lie side by side, and the last line has tails: neither is a line.
        let tails = [34, 130].flatMap { [($0, 35, 4, 25), ($0 + 24, 48, 4, 20), ($0 + 48, 90, 4, 35)] }
        let tailed = drawnSnippet(width: 470, height: 240, letters(8, y: 10) + letters(8, y: 65) + tails)
        #expect(try read(text(lines: 4, height: 20), .snippet(tailed)).lines.count == 2)
    }

    @Test func `keeps dots with their line`() throws {
        let dots = [(x: 12, y: 8, width: 5, height: 5), (x: 20, y: 8, width: 5, height: 5)]
        let snippet = drawnSnippet(width: 470, height: 80, dots + letters(6, y: 25))
        let (_, lines) = try read(text(), .snippet(snippet))
        #expect(lines.count == 1)
        #expect(lines[0].height >= 47 + 20)
    }

    @Test func `asks no second reader where a check digit proves the first`() throws {
        let snippet = drawnSnippet(width: 470, height: 80, letters(11, y: 25))
        let second = ScriptedLineReader("general", ["x"])
        let reader = FieldReader(
            printed: ScriptedLineReader("printed", ["900101-2385"]), general: second, barcodes: ScriptedBarcodeReader())
        let reading = try reader.read(FieldJob(field: text(.personnummer), evidence: .snippet(snippet)))
        #expect(reading.status == .read)
        #expect(reading.value == "199001012385")
        #expect(second.seen.isEmpty)
    }

    @Test func `counts the cells of a comb that have ink`() throws {
        let cells = [0, 1, 2, 4].map { (x: $0 * 60 + 20, y: 20, width: 10, height: 30) }
        let snippet = drawnSnippet(width: 300, height: 71, cells)
        let agreed = try read(comb, .snippet(snippet), printed: ["1 234"], general: ["1234"]).reading
        #expect(agreed.value == "1234")
        #expect(agreed.status == .read)
        let tooLong = try read(comb, .snippet(snippet), printed: ["12345"], general: ["12345"]).reading
        #expect(tooLong.status == .uncertain)
        #expect(tooLong.reason == Reason.lengthDiffers.rawValue)
    }

    @Test func `of a barcode comes from its zone, or from near it`() throws {
        let field = Field(name: "b", page: 1, kind: .barcode, box: MillimetreRect(x: 0, y: 0, width: 20, height: 20))
        let snippet = drawnSnippet(width: 236, height: 236, letters(8, y: 25))
        let page = PageImage(width: 2480, height: 3508, filledWith: 255)
        let near = Barcode(text: "E-17", symbology: "QRCode", corners: [90, 90, 110, 90, 110, 110, 90, 110])
        let far = Barcode(text: "E-18", symbology: "QRCode", corners: near.corners.map { $0 + 2000 })
        let evidence = FieldEvidence.barcode(zone: snippet, page: page, middle: (100, 100))
        #expect(try read(field, evidence, barcodes: [[near]]).reading.value == "E-17")
        #expect(try read(field, evidence, barcodes: [[], [far, near]]).reading.value == "E-17")
        #expect(try read(field, evidence, barcodes: [[], [far]]).reading.status == .unreadable)
    }

    @Test func `of a table has a row for each row with ink`() throws {
        let field = Field(
            name: "t", page: 1, kind: .table, box: MillimetreRect(x: 0, y: 0, width: 80, height: 21), rows: 3,
            columns: [
                Field.Column(name: "who", x: 0, width: 40),
                Field.Column(name: "here", kind: .checkbox, type: .boolean, x: 40, width: 5),
            ])
        let inked = FieldEvidence.snippet(drawnSnippet(width: 470, height: 80, letters(6, y: 25)))
        let empty = FieldEvidence.snippet(drawnSnippet(width: 470, height: 80, []))
        func box(_ ink: Double) -> FieldEvidence {
            .marks([(0, MarkMeasurement(ink: ink, fill: 0, match: 1, shift: 0))])
        }
        let rows = FieldEvidence.rows([[inked, box(0.3)], [empty, box(0)], [inked, box(0)]])
        let reading = try read(field, rows, printed: ["Ek"], general: ["Ek"]).reading
        #expect(reading.value == [["who": "Ek", "here": true], ["who": "Ek", "here": false]])
        #expect(reading.status == .read)
    }

    @Test func `fails when a reader fails, instead of guessing`() {
        let snippet = drawnSnippet(width: 470, height: 200, letters(8, y: 10) + letters(8, y: 60))
        let reader = FieldReader(
            printed: ScriptedLineReader("printed", ["a"]),
            general: ScriptedLineReader("general", ["a"], failsOnLine: 2),
            barcodes: ScriptedBarcodeReader())
        #expect(throws: ScriptedLineReader.Broken.self) {
            try reader.read(FieldJob(field: text(lines: 4, height: 17), evidence: .snippet(snippet)))
        }
    }
}
