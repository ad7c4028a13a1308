import Forms
import Foundation
import ImageCodecs
import Imaging
import Reading
import Support
import Teaching
import TestSupport
import Testing
import VisionReading

/// A page with more on it than its blank: the next edition of a form, with a question more, or what people and offices put there.
@Suite(.needsSharedData) struct `Print that the blank has not` {
    /// What was put where the blank is white.
    enum Addition: String, Sendable, CaseIterable {
        case label, column, line, stamp, fold, shineThrough, hand

        /// Whether it is of a form, and not of a person or an office.
        var isPrint: Bool { [.label, .column, .line].contains(self) }
    }

    private static let form = "fk7263"
    private static let size = (width: 210.0, height: 297.0)

    private static let blank = try? SwedishForms.pages("\(form)-blank")[0]

    private static let scans = [
        ScanEffects(),
        ScanEffects(resolution: 200, turn: 1.5, noise: 6, jpegQuality: 50),
        ScanEffects(turn: -0.8, noise: 3, paper: 225, ink: 70),
        ScanEffects(resolution: 200, turn: 180.5, noise: 3, sway: 0.2, jpegQuality: 70),
        ScanEffects(resolution: 150, turn: -2.5, noise: 4, jpegQuality: 60),
    ]

    @Test(arguments: Addition.allCases, scans)
    func `is asked about, and nothing else is`(_ addition: Addition, _ effects: ScanEffects) throws {
        let (page, place) = try Self.page(with: addition)
        let found = try Self.found(page, effects, fields: [])
        if addition.isPrint {
            #expect(found.contains { $0.page == 1 && $0.box.meets(place) })
            #expect(found.allSatisfy { $0.box.meets(place) })
        } else {
            #expect(found.isEmpty)
        }
    }

    @Test(arguments: [Addition.label, .column, .line])
    func `is an answer where a field is`(_ addition: Addition) throws {
        let (page, place) = try Self.page(with: addition)
        let field = Field(name: "answer", page: 1, kind: .text, box: place)
        #expect(try Self.found(page, ScanEffects(resolution: 200, noise: 3), fields: [field]).isEmpty)
    }

    @Test func `is not what a real hand wrote in figures`() throws {
        let folder = try #require(Checkout.sharedData).appending(path: "forms-formhtr-tara")
        func page(_ name: String) throws -> PageImage {
            try PDFPages(Array(Data(contentsOf: folder.appending(path: name)))).render(1, dpi: 300).gray()
        }
        let blank = try page("template.pdf")
        let package = FormPackage(
            folder: URL(filePath: "/forms/log/"),
            template: FormTemplate(
                id: "log", version: 1, name: "", pages: [.init(image: "1.png", width: 210, height: 297)], fields: []))
        let identifier = try VisionFormIdentifier([package]) { _ in blank }
        guard case .known(let found) = try identifier.identify(page("filled.pdf"), as: nil) else {
            Issue.record("not recognised")
            return
        }
        #expect(found.changes.isEmpty)
    }

    private static func found(
        _ page: PageImage, _ effects: ScanEffects, fields: [Field]
    ) throws -> [PrintDifference] {
        let scan = try effects.scan(page, width: size.width, height: size.height).image
        let identifier = try SwedishForms.identifier(fields: [form: fields]) { $0.template.id == form }
        guard case .known(let found) = try identifier.identify(scan, as: nil) else {
            Issue.record("not recognised")
            return []
        }
        return found.changes
    }

    /// The first page of the blank with something more on it, and where that is, in millimetres.
    private static func page(with addition: Addition) throws -> (PageImage, MillimetreRect) {
        var page = try #require(blank)
        let perMillimetre = Double(page.width) / size.width
        func pixels(_ millimetres: Double) -> Int { Int((millimetres * perMillimetre).rounded()) }
        let line = try #require(
            BlankPage(page, isScan: false).printed.lines.map(\.box).first {
                $0.width > 40 && $0.height < 4 && $0.y > 60
            })
        // A row of its letters.
        let row = page.cut(
            x: pixels(line.x - 1), y: pixels(line.y - 1), width: pixels(32), height: pixels(line.height + 2))
        let picture: PageImage
        switch addition {
        case .label: picture = row
        case .column: picture = row.turned()
        case .line: picture = row.filled(height: pixels(0.4))
        case .stamp:
            let (cosine, sine) = (cos(4 * Double.pi / 180), sin(4 * Double.pi / 180))
            picture = try row.warped(
                by: Homography([cosine, -sine, 0, sine, cosine, -30, 0, 0, 1]), width: row.width,
                height: row.height + 40)
        case .fold: picture = row.filled(width: page.width, height: pixels(0.6), value: 120)
        case .shineThrough:
            var pale = row.mirrored()
            pale.pixels = pale.pixels.map { 255 - (255 - $0) / 4 }
            picture = pale
        case .hand: picture = row.shaken(by: pixels(0.8))
        }
        let (width, height) = (Double(picture.width) / perMillimetre, Double(picture.height) / perMillimetre)
        if addition == .fold {
            // Across print and fields, as it comes.
            page.put(picture, x: 0, y: pixels(99))
            return (page, MillimetreRect(x: 0, y: 99, width: width, height: height))
        }
        let free = try #require(page.white(width: picture.width + pixels(8), height: picture.height + pixels(5)))
        let (x, y) = (free.x + pixels(4), free.y + pixels(2.5))
        page.put(picture, x: x, y: y)
        return (
            page,
            MillimetreRect(x: Double(x) / perMillimetre, y: Double(y) / perMillimetre, width: width, height: height)
        )
    }
}

extension PageImage {
    fileprivate func cut(x: Int, y: Int, width: Int, height: Int) -> PageImage {
        var part = PageImage(
            width: width, height: height, filledWith: 255, channels: .gray, resolution: resolution ?? 300)
        for row in 0..<height {
            for column in 0..<width { part.pixels[row * width + column] = pixels[(y + row) * self.width + x + column] }
        }
        return part
    }

    fileprivate func turned() -> PageImage {
        var result = PageImage(
            width: height, height: width, filledWith: 255, channels: .gray, resolution: resolution ?? 300)
        for row in 0..<height {
            for column in 0..<width {
                result.pixels[(width - 1 - column) * height + row] = pixels[row * width + column]
            }
        }
        return result
    }

    fileprivate func mirrored() -> PageImage {
        var result = self
        for row in 0..<height {
            for column in 0..<width { result.pixels[row * width + column] = pixels[row * width + width - 1 - column] }
        }
        return result
    }

    fileprivate func filled(width: Int? = nil, height: Int, value: UInt8 = 0) -> PageImage {
        PageImage(
            width: width ?? self.width, height: height, filledWith: value, channels: .gray,
            resolution: resolution ?? 300)
    }

    /// Each letter moved up or down by chance, as people write without a line.
    fileprivate func shaken(by most: Int) -> PageImage {
        var random = SplitMix(state: 11)
        var result = filled(height: height + 2 * most, value: 255)
        var offset = most
        for column in 0..<width {
            let isGap = (0..<height).allSatisfy { pixels[$0 * width + column] > 200 }
            if isGap { offset = Int(random.next() % UInt64(2 * most + 1)) }
            for row in 0..<height { result.pixels[(row + offset) * width + column] = pixels[row * width + column] }
        }
        return result
    }

    fileprivate mutating func put(_ picture: PageImage, x: Int, y: Int) {
        for row in 0..<picture.height {
            for column in 0..<picture.width {
                let place = (y + row) * width + x + column
                pixels[place] = min(pixels[place], picture.pixels[row * picture.width + column])
            }
        }
    }

    /// The first place from the middle down, so large and without ink.
    fileprivate func white(width: Int, height: Int) -> (x: Int, y: Int)? {
        for y in stride(from: self.height / 4, to: self.height * 9 / 10 - height, by: 12) {
            for x in stride(from: self.width / 10, to: self.width * 9 / 10 - width, by: 12) {
                let isWhite = stride(from: 0, to: height, by: 2).allSatisfy { row in
                    stride(from: 0, to: width, by: 2).allSatisfy { pixels[(y + row) * self.width + x + $0] > 240 }
                }
                if isWhite { return (x, y) }
            }
        }
        return nil
    }
}
