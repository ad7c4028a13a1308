import Foundation
import Imaging
import Reading
import Support
import TestSupport
import Testing
import VisionReading

@Suite(.needsSharedData) struct `Ink in a field` {
    @Test(arguments: [
        ScanEffects(turn: 2, noise: 8),
        ScanEffects(resolution: 200, turn: -1, noise: 6, isFat: true, sway: 0.2, jpegQuality: 40),
        ScanEffects(resolution: 200, turn: -3, noise: 6, paper: 250, ink: 150),
    ])
    func `is the difference from the blank`(_ effects: ScanEffects) throws {
        let identifier = try SwedishForms.identifier()
        for form in ["fk7263", "dodsorsaksintyg"] {
            for variant in ["blank", "filled"] {
                let (fields, height) = try SwedishForms.fields("\(form)-\(variant)")
                let page = try SwedishForms.pages("\(form)-\(variant)", dpi: 200)[0]
                let found = try #require(try identifier.known(effects.scan(page, width: 210, height: 297).image))
                for field in fields where field.page == 1 {
                    let box = field.box(height)
                    guard box.width > 2, box.height > 2, box.width < 190 else { continue }
                    switch field.kind {
                    case "text":
                        let ink = try found.snippet(of: box, margin: 1).inkArea
                        #expect(field.text.isEmpty ? ink < 0.05 : ink > 1, "\(form) \(variant) \(field.name): \(ink)")
                    case "checkbox":
                        let mark = try found.mark(in: box)
                        #expect(
                            field.isOn ? mark.ink > 0.12 : mark.ink < 0.06, "\(form) \(variant) \(field.name): \(mark)")
                        #expect(mark.shift < 0.3)
                    default: break
                    }
                }
            }
        }
    }

    @Test func `keeps strokes that cross the printed frame`() throws {
        let identifier = try SwedishForms.identifier()
        var page = try SwedishForms.pages("fk7263-blank", dpi: 300)[0]
        let (fields, height) = try SwedishForms.fields("fk7263-blank")
        let box = try #require(fields.first { $0.name.contains("flt_PatNamn") }).box(height)
        // A pen of half a millimetre, down through the whole field and its frame.
        let x = Int((box.x + 20) * 300 / 25.4)
        let rows = Int((box.y - 2) * 300 / 25.4)..<Int((box.maxY + 2) * 300 / 25.4)
        for y in rows { for dx in 0..<6 { page.pixels[y * page.width + x + dx] = 40 } }
        let effects = ScanEffects(turn: 1, noise: 6)
        let found = try #require(try identifier.known(effects.scan(page, width: 210, height: 297).image))
        let cleaned = try found.snippet(of: box, margin: 1.5).cleaned
        let inked = (0..<cleaned.height).filter { y in
            (0..<cleaned.width).contains { cleaned.pixels[y * cleaned.width + $0] < 160 }
        }
        #expect(Double(inked.count) > 0.97 * Double(cleaned.height))
        let ink = cleaned.pixels.count { $0 < 160 }
        #expect(ink < 12 * cleaned.height)
    }

    @Test func `keeps strokes along a frame that is paler than the pen`() throws {
        let identifier = try SwedishForms.identifier()
        var page = try SwedishForms.pages("fk7263-blank", dpi: 300)[0]
        let (left, line) = try #require(Self.lonelyLine(on: page))
        // As from a printer that is short of toner.
        page.pixels = page.pixels.map { 110 + UInt8(Int($0) * 145 / 255) }
        // A seven: a bar of 7 by 70 pixels on the line, and a stem of 6 by 53 down from its end.
        for y in (line - 3)..<(line + 4) { for x in left..<(left + 70) { page.pixels[y * page.width + x] = 20 } }
        for y in line..<(line + 57) { for x in (left + 64)..<(left + 70) { page.pixels[y * page.width + x] = 20 } }
        let found = try #require(
            try identifier.known(ScanEffects(turn: 0.5, noise: 3).scan(page, width: 210, height: 297).image))
        let box = MillimetreRect(
            x: Double(left - 10) / 300 * 25.4, y: Double(line - 15) / 300 * 25.4, width: 60, height: 7)
        let cleaned = try found.snippet(of: box, margin: 1.5).cleaned
        let ink = cleaned.pixels.count { $0 < 160 }
        #expect(ink > 650 && ink < 1100, "\(ink) pixels")
    }

    /// Where a printed line runs for six centimetres with nothing else around it.
    private static func lonelyLine(on page: PageImage) -> (x: Int, y: Int)? {
        func isDark(_ x: Int, _ y: Int) -> Bool { page.pixels[y * page.width + x] < 160 }
        for y in 100..<(page.height - 100) {
            for x in stride(from: 200, to: page.width - 800, by: 40) where isDark(x, y) {
                let columns = (x - 20)..<(x + 720)
                let isLine = columns.allSatisfy { isDark($0, y) || isDark($0, y + 1) }
                let above = ((y - 40)..<(y - 3)).allSatisfy { row in columns.allSatisfy { !isDark($0, row) } }
                let below = ((y + 5)..<(y + 90)).allSatisfy { row in columns.allSatisfy { !isDark($0, row) } }
                if isLine, above, below { return (x, y + 1) }
            }
        }
        return nil
    }

    @Test(.needsLineModel) func `is read by the line network`() throws {
        let models = try #require(Checkout.models)
        let reader = try LineNetwork(models: models)
        let identifier = try SwedishForms.identifier()
        let (fields, height) = try SwedishForms.fields("fk7263-filled")
        let page = try SwedishForms.pages("fk7263-filled", dpi: 300)[0]
        let found = try #require(
            try identifier.known(ScanEffects(turn: 1, noise: 6).scan(page, width: 210, height: 297).image))
        var wrong = 0
        var read = 0
        for field in fields where field.page == 1 && field.kind == "text" {
            guard (3...40).contains(field.text.count), field.box(height).height < 8 else { continue }
            let candidates = try reader.read(found.snippet(of: field.box(height), margin: 0.5).cleaned, alphabet: .any)
            read += 1
            if candidates.first?.text != field.text { wrong += 1 }
        }
        #expect(read >= 4 && wrong * 4 <= read)
    }
}

extension VisionFormIdentifier {
    func known(_ scan: PageImage) throws -> (any RegisteredPage)? {
        if case .known(let page) = try identify(scan, as: nil) { page } else { nil }
    }
}

extension SwedishForms.Field {
    func box(_ height: Double) -> MillimetreRect {
        let k = 25.4 / 72
        return MillimetreRect(
            x: rect_pt[0] * k, y: (height - rect_pt[3]) * k, width: (rect_pt[2] - rect_pt[0]) * k,
            height: (rect_pt[3] - rect_pt[1]) * k)
    }

    var text: String { value?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "" }
    var isOn: Bool { checked ?? false }
}
