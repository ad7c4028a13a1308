import Forms
import Imaging
import Reading
import Support
import Teaching
import TestSupport
import Testing
import VisionReading

/// A page on which a printed letter or a word is another than on the known blank: another edition of the form, or a copy of one.
@Suite(.needsSharedData)
struct `Print that is another than on the blank` {
    private static let form = "fk7263"

    /// A printed line of the first page that is long enough, and the blank.
    private func line() throws -> (blank: PageImage, page: FormTemplate.Page, line: MillimetreRect) {
        let blank = try SwedishForms.pages("\(Self.form)-blank")[0]
        let printed = try BlankPage(blank, isScan: false).printed
        let line = try #require(printed.lines.map(\.box).first { $0.width > 40 && $0.height < 4 && $0.y > 60 })
        return (blank, .init(image: "", width: printed.width, height: printed.height), line)
    }

    /// The blank with a part of it turned upside down: other letters of the same size and ink.
    private func turned(_ blank: PageImage, _ box: MillimetreRect, of page: FormTemplate.Page) -> PageImage {
        let scale = Double(blank.width) / page.width
        let (left, right) = (Int(box.x * scale), Int(box.maxX * scale))
        let (top, bottom) = (Int(box.y * scale), Int(box.maxY * scale))
        var result = blank
        let depth = blank.pixels.count / (blank.width * blank.height)
        for row in top..<bottom {
            for byte in left * depth..<right * depth {
                result.pixels[row * blank.width * depth + byte] =
                    blank.pixels[(top + bottom - 1 - row) * blank.width * depth + byte]
            }
        }
        return result
    }

    static let scans = [
        ScanEffects(),
        ScanEffects(resolution: 200, turn: 1.5, noise: 6, jpegQuality: 50),
        ScanEffects(turn: -0.8, noise: 3, paper: 225, ink: 70),
        ScanEffects(resolution: 200, turn: 180.5, noise: 3, sway: 0.2, jpegQuality: 70),
    ]

    @Test(arguments: scans)
    func `is not seen where all print is there`(_ effects: ScanEffects) throws {
        let (blank, page, _) = try line()
        let scan = try effects.scan(blank, width: page.width, height: page.height).image
        guard case .known(let found) = try SwedishForms.identifier().identify(scan, as: nil) else {
            Issue.record("not recognised")
            return
        }
        #expect(found.changes.isEmpty)
    }

    @Test(arguments: scans)
    func `is asked about where it is a letter or two`(_ effects: ScanEffects) throws {
        let (blank, page, line) = try line()
        let box = MillimetreRect(x: line.x + 8, y: line.y, width: 3.5, height: line.height)
        let scan = try effects.scan(turned(blank, box, of: page), width: page.width, height: page.height).image
        guard case .known(let found) = try SwedishForms.identifier().identify(scan, as: nil) else {
            Issue.record("not recognised")
            return
        }
        #expect(found.changes.contains { $0.page == 1 && $0.box.meets(box) })
        #expect(found.changes.allSatisfy { $0.box.meets(box) })
    }

    @Test(arguments: scans)
    func `makes it an unknown version where it is a word, which is named`(_ effects: ScanEffects) throws {
        let (blank, page, line) = try line()
        let box = MillimetreRect(x: line.x + 8, y: line.y, width: 20, height: line.height)
        let scan = try effects.scan(turned(blank, box, of: page), width: page.width, height: page.height).image
        guard case .unknownVersion(_, let changes) = try SwedishForms.identifier().identify(scan, as: nil) else {
            Issue.record("recognised")
            return
        }
        #expect(changes.contains { $0.page == 1 && $0.box.meets(box) })
    }

    /// Beyond the picture's edge by so many millimetres, or as far from it.
    @Test(arguments: [(-3, true), (1, false)])
    func `may stand where the picture does not show the page`(_ beyond: Double, _ isWhole: Bool) throws {
        let (blank, page, _) = try line()
        let lines = try BlankPage(blank, isScan: false).printed.lines.map(\.box)
        let highest = try #require(lines.filter { $0.width > 10 }.map(\.y).min())
        let effects = ScanEffects(shift: (x: 0, y: -highest - beyond))
        let scan = try effects.scan(blank, width: page.width, height: page.height).image
        guard case .known(let found) = try SwedishForms.identifier().identify(scan, as: nil) else {
            Issue.record("not recognised")
            return
        }
        #expect(found.isWhole == isWhole)
    }

    @Test(arguments: scans)
    func `is each copy's own where a field for print lies over it`(_ effects: ScanEffects) throws {
        let (blank, page, line) = try line()
        let box = MillimetreRect(x: line.x + 8, y: line.y, width: 20, height: line.height)
        let scan = try effects.scan(turned(blank, box, of: page), width: page.width, height: page.height).image
        let number = Field(name: "number", page: 1, kind: .text, box: box, writing: .print)
        let identifier = try SwedishForms.identifier(fields: [Self.form: [number]])
        guard case .known(let found) = try identifier.identify(scan, as: nil) else {
            Issue.record("not recognised")
            return
        }
        #expect(found.changes.isEmpty)
    }
}
