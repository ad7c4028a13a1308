import Forms
import Imaging
import Reading
import Support
import Testing

private let today = CalendarDay(year: 2026, month: 11, day: 23) ?? .inSweden()

/// What a cell is taken for: one character, or two that are possible.
private func sees(_ character: Character, _ share: Double = 0.9999, or other: Character? = nil) -> CellOpinion {
    var characters = [character: share]
    if let other { characters[other] = 1 - share }
    return CellOpinion(characters: characters)
}

private func sees(_ text: String) -> [CellOpinion] { text.map { sees($0) } }

private struct Case: Sendable, CustomStringConvertible {
    var why: String
    var type: FieldType
    var cells: [CellOpinion]
    /// What the line reader reads.
    var line: String?
    var value: JSONValue?
    var status: FieldReading.Status
    var reason: Reason?
    var check: String?
    var description: String { why }

    init(
        _ why: String, _ type: FieldType, _ cells: [CellOpinion], line: String?, _ value: JSONValue?,
        _ status: FieldReading.Status, _ reason: Reason? = nil, check: String? = nil
    ) {
        self.why = why
        self.type = type
        self.cells = cells
        self.line = line
        self.value = value
        self.status = status
        self.reason = reason
        self.check = check
    }
}

private let struck = CellOpinion(characters: ["8": 0.2], struck: 0.8)

private let cases = [
    Case("both readers read the same", .digits, sees("4711"), line: "4711", "4711", .read),
    Case("the line reader lost one", .digits, sees("4711"), line: "471", "4711", .read),
    Case(
        "the readers differ and neither is sure", .digits, sees("471") + [sees("1", 0.7, or: "7")], line: "4717",
        "4717", .uncertain, .readersDiffer),
    Case(
        "a check digit proves the cells", .bankgiro, sees("50501055"), line: "x", "5050-1055", .read, check: "luhn:ok"),
    Case(
        "the line reader found one more", .digits, sees("4711"), line: "47111", "4711", .uncertain, .lengthDiffers),
    Case(
        "a check digit and the line reader decide a doubtful digit", .personnummer,
        sees("19900101238") + [sees("8", 0.55, or: "5")], line: "199001012385", "199001012385", .read, check: "luhn:ok"),
    Case(
        "a check digit alone proposes a doubtful digit", .personnummer,
        sees("19900101238") + [sees("8", 0.55, or: "5")], line: "19900101238x", "199001012385", .uncertain,
        .readersDiffer, check: "luhn:repaired"),
    Case(
        "the calendar decides a doubtful digit", .date, sees("2026") + [sees("1", 0.6, or: "7")] + sees("103"),
        line: "20261103", "2026-11-03", .read),
    Case(
        "a sure number with a wrong check digit", .bankgiro, sees("50501056"), line: "50501056", "50501056",
        .uncertain, .checkDigit),
    Case("one is crossed out", .digits, sees("471") + [struck], line: "4718", "4718", .uncertain, .struckOut),
    Case(
        "one is rather a letter", .digits, sees("471") + [CellOpinion(characters: ["8": 0.3, "B": 0.7])],
        line: "4718", "4718", .uncertain, .readersDiffer),
    Case(
        "an O is a zero", .digits, sees("471") + [CellOpinion(characters: ["0": 0.3, "O": 0.7])], line: "4710", "4710",
        .read),
]

struct `A comb of digits` {
    @Test(arguments: cases) fileprivate func `is right when`(_ row: Case) throws {
        let field = Field(
            name: "c", page: 1, kind: .comb, type: row.type,
            box: MillimetreRect(x: 0, y: 0, width: Double(row.cells.count) * 5.08, height: 6), cells: row.cells.count)
        let strokes = row.cells.indices.map { (x: $0 * 60 + 20, y: 20, width: 10, height: 30) }
        let reader = FieldReader(
            printed: ScriptedLineReader("printed", [nil]), general: ScriptedLineReader("line", [row.line]),
            cells: ScriptedCellReader(row.cells), barcodes: ScriptedBarcodeReader(), today: today)
        let snippet = drawnSnippet(width: row.cells.count * 60, height: 71, strokes)
        let reading = try reader.read(FieldJob(field: field, errorTarget: 0.005, evidence: .snippet(snippet)))
        #expect(reading.value == row.value)
        #expect(reading.status == row.status)
        #expect(reading.reason == row.reason?.rawValue)
        if let check = row.check { #expect(reading.checks.contains(check)) }
    }

    @Test func `asks the line reader only where no check digit proves the cells`() throws {
        let line = ScriptedLineReader("line", ["50501055"])
        let reader = FieldReader(
            printed: ScriptedLineReader("printed", [nil]), general: line, cells: ScriptedCellReader(sees("50501055")),
            barcodes: ScriptedBarcodeReader(), today: today)
        let field = Field(
            name: "c", page: 1, kind: .comb, type: .bankgiro, box: MillimetreRect(x: 0, y: 0, width: 40.64, height: 6),
            cells: 8)
        let strokes = (0..<8).map { (x: $0 * 60 + 20, y: 20, width: 10, height: 30) }
        let reading = try reader.read(
            FieldJob(field: field, evidence: .snippet(drawnSnippet(width: 480, height: 71, strokes))))
        #expect(reading.readers == ["cells"])
        #expect(line.seen.isEmpty)
    }

    private func parted(
        _ strokes: [(x: Int, y: Int, width: Int, height: Int)], _ type: FieldType = .digits, line: String,
        cells: Int = 4
    ) throws -> (reading: FieldReading, line: ScriptedLineReader) {
        let heard = ScriptedLineReader("line", [line])
        let reader = FieldReader(
            printed: ScriptedLineReader("printed", [nil]), general: heard, cells: WallReader(),
            barcodes: ScriptedBarcodeReader(), today: today)
        let field = Field(
            name: "c", page: 1, kind: .comb, type: type,
            box: MillimetreRect(x: 0, y: 0, width: Double(cells) * 5.08, height: 6), cells: cells)
        let snippet = drawnSnippet(width: cells * 60, height: 71, strokes)
        return (try reader.read(FieldJob(field: field, errorTarget: 0.005, evidence: .snippet(snippet))), heard)
    }

    @Test func `gives each of two characters that touch its own cell`() throws {
        var strokes = (0..<4).map { (x: $0 * 60 + 20, y: 20, width: 10, height: 30) }
        strokes.append((x: 24, y: 48, width: 73, height: 4))
        #expect(try parted(strokes, line: "1111").reading.value == "1111")
    }

    @Test func `parts a round character that leans over its border where it stays round`() throws {
        var strokes = [80 + 60, 80 + 120].map { (x: $0, y: 20, width: 10, height: 30) }
        strokes.append((x: 34, y: 20, width: 16, height: 30))
        for (x, width) in [(50, 8), (102, 8)] { strokes.append((x: x, y: 20, width: width, height: 30)) }
        for y in [20, 44] { strokes.append((x: 50, y: y, width: 60, height: 6)) }
        let reading = try parted(strokes, line: "1011").reading
        #expect(reading.value == "1011")
    }

    @Test func `believes no check digit alone where characters were parted`() throws {
        // 0 and 1 in turn, so that the check digit of the whole is right: 10101107.
        var strokes = (0..<8).map { (x: $0 * 60 + 25, y: 20, width: 10, height: 30) }
        strokes.append((x: 20, y: 46, width: 80, height: 4))
        let (reading, line) = try parted(strokes, .bankgiro, line: "11111111", cells: 8)
        #expect(!line.seen.isEmpty)
        #expect(reading.readers.contains("line"))
    }
}

/// Knows a character by its upright walls: one alone is a 1, two far apart are a 0; it is unsure of anything else.
private final class WallReader: CellReader {
    let name = "cells"

    func read(_ cell: PageImage) throws -> CellOpinion {
        var walls: [ClosedRange<Int>] = []
        for x in 0..<cell.width where (0..<cell.height).count(where: { cell.pixels[$0 * cell.width + x] < 128 }) > 20 {
            if let last = walls.last, last.upperBound == x - 1 {
                walls[walls.count - 1] = last.lowerBound...x
            } else {
                walls.append(x...x)
            }
        }
        let beside = (0..<cell.width).filter { x in !walls.contains { $0.contains(x) } }
            .reduce(0) { sum, x in sum + (0..<cell.height).count { cell.pixels[$0 * cell.width + x] < 128 } }
        if walls.count == 1, beside <= 150 { return CellOpinion(characters: ["1": 0.9999]) }
        let isRound = walls.count == 2 && walls[1].lowerBound - walls[0].upperBound > 20
        return isRound ? CellOpinion(characters: ["0": 0.9999]) : CellOpinion(characters: ["8": 0.4, "3": 0.3])
    }
}
