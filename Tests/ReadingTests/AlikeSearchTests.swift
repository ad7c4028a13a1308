import Imaging
import Support
import Testing
import VisionReading

/// A sheet of 120 × 120 mm with lines on it, at 300 dpi.
private struct RuledSheet {
    private static let scale = 300 / 25.4
    static let size = (width: 120.0, height: 120.0)
    private let side = Int((120 * RuledSheet.scale).rounded())
    private(set) var pixels: [UInt8]

    private let ink: UInt8

    init(ink: UInt8 = 30) {
        self.ink = ink
        pixels = [UInt8](repeating: 250, count: side * side)
    }

    var image: PageImage { PageImage(width: side, height: side, channels: .gray, resolution: 300, pixels: pixels) }

    mutating func fill(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
        let scale = Self.scale
        for row in max(0, Int(y * scale))..<min(side, Int((y + height) * scale)) {
            for column in max(0, Int(x * scale))..<min(side, Int((x + width) * scale)) {
                pixels[row * side + column] = ink
            }
        }
    }

    mutating func across(_ x: Double, _ y: Double, _ width: Double) { fill(x, y - 0.15, width, 0.3) }
    mutating func down(_ x: Double, _ y: Double, _ height: Double) { fill(x - 0.15, y, 0.3, height) }

    mutating func frame(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
        across(x, y, width)
        across(x, y + height, width)
        down(x, y, height)
        down(x + width, y, height)
    }

    /// Where boxes like these are found, from top to bottom and left to right, in whole millimetres.
    func places(like boxes: MillimetreRect..., on other: RuledSheet? = nil) throws -> [[Int]] {
        try AlikeSearch(image, size: Self.size, boxes: boxes)
            .offsets(on: (other ?? self).image, size: Self.size)
            .map { [boxes[0].y + $0.y, boxes[0].x + $0.x].map { Int($0.rounded()) } }
            .sorted { $0.lexicographicallyPrecedes($1) }.map { [$0[1], $0[0]] }
    }
}

struct `What is printed like a given place` {
    @Test func `is every box to mark of its size`() throws {
        var sheet = RuledSheet()
        for (x, y) in [(10.0, 10.0), (40, 10), (10, 30), (80, 64)] { sheet.frame(x, y, 4, 4) }
        // Larger, and too low.
        sheet.frame(60, 30, 6, 6)
        sheet.frame(90, 30, 4, 2)
        // What is printed in one of them is its own.
        sheet.fill(41.5, 11.5, 1, 1)
        let found = try sheet.places(like: .init(x: 10, y: 10, width: 4, height: 4))
        #expect(found == [[10, 10], [40, 10], [10, 30], [80, 64]])
    }

    @Test func `is told to a tenth of a millimetre, though the given place is drawn a little aside`() throws {
        var sheet = RuledSheet()
        sheet.frame(10, 10, 30, 8)
        sheet.frame(60.37, 81.22, 30, 8)
        let found = try AlikeSearch(
            sheet.image, size: RuledSheet.size, boxes: [.init(x: 10.3, y: 9.8, width: 29.7, height: 8.2)]
        ).offsets(on: sheet.image, size: RuledSheet.size)
        #expect(found.count == 2)
        let other = try #require(found.first { abs($0.x) > 1 })
        #expect(abs(other.x - 50.37) < 0.1 && abs(other.y - 71.22) < 0.1, "\(other)")
    }

    @Test func `is no wider frame, and no narrower one`() throws {
        var sheet = RuledSheet()
        sheet.frame(10, 10, 30, 8)
        sheet.frame(10, 30, 40, 8)
        sheet.frame(10, 50, 25, 8)
        sheet.frame(60, 50, 30, 8)
        #expect(try sheet.places(like: .init(x: 10, y: 10, width: 30, height: 8)) == [[10, 10], [60, 50]])
    }

    @Test func `is a rule of its length, and no part of a longer one`() throws {
        var sheet = RuledSheet()
        sheet.across(10, 20, 40)
        sheet.across(60, 40, 40)
        sheet.across(10, 60, 90)
        #expect(try sheet.places(like: .init(x: 10, y: 14, width: 40, height: 6)) == [[10, 14], [60, 34]])
    }

    @Test func `is nothing where it is a piece of a longer rule, which has no beginning and no end`() throws {
        var sheet = RuledSheet()
        sheet.across(10, 20, 100)
        sheet.across(10, 40, 100)
        for x in [40.0, 10, 70] { #expect(try sheet.places(like: .init(x: x, y: 14, width: 40, height: 6)).isEmpty) }
    }

    @Test func `is found where it is printed thin and pale`() throws {
        var sheet = RuledSheet(ink: 170)
        sheet.frame(10, 10, 30, 8)
        sheet.frame(60, 50, 30, 8)
        #expect(try sheet.places(like: .init(x: 10, y: 10, width: 30, height: 8)) == [[10, 10], [60, 50]])
    }

    @Test func `is each cell of a table, also where others lie beside it`() throws {
        var sheet = RuledSheet()
        for row in 0..<3 {
            for column in 0..<2 { sheet.frame(10 + 30 * Double(column), 10 + 8 * Double(row), 30, 8) }
        }
        #expect(
            try sheet.places(like: .init(x: 10, y: 10, width: 30, height: 8))
                == [[10, 10], [40, 10], [10, 18], [40, 18], [10, 26], [40, 26]])
    }

    @Test func `has all of its parts: cells of a comb, boxes of a choice`() throws {
        var sheet = RuledSheet()
        for (x, y) in [(10.0, 10.0), (60, 40), (10, 70)] {
            for cell in 0..<4 { sheet.frame(x + 5 * Double(cell), y, 5, 7) }
        }
        // One cell more is another number.
        sheet.frame(30, 70, 5, 7)
        let cells = (0..<4).map { MillimetreRect(x: 10 + 5 * Double($0), y: 10, width: 5, height: 7) }
        let found = try AlikeSearch(sheet.image, size: RuledSheet.size, boxes: cells)
            .offsets(on: sheet.image, size: RuledSheet.size)
        #expect(found.contains { abs($0.x - 50) < 0.2 && abs($0.y - 30) < 0.2 })
        #expect(found.contains { abs($0.x) < 0.2 && abs($0.y) < 0.2 })
    }

    @Test func `is found on another sheet, too`() throws {
        var (first, second) = (RuledSheet(), RuledSheet())
        first.frame(10, 10, 4, 4)
        second.frame(50, 90, 4, 4)
        #expect(try first.places(like: .init(x: 10, y: 10, width: 4, height: 4), on: second) == [[50, 90]])
    }

    @Test func `is nothing where nothing is printed, or at the sheet's edge`() throws {
        var sheet = RuledSheet()
        sheet.frame(10, 10, 4, 4)
        #expect(try sheet.places(like: .init(x: 60, y: 60, width: 30, height: 8)).isEmpty)
        #expect(try sheet.places(like: .init(x: 119.9, y: 119.9, width: 30, height: 8)).isEmpty)
        #expect(try sheet.places(like: .init(x: 0, y: 0, width: 120, height: 120)).isEmpty)
    }
}
