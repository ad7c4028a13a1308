import Forms
import Foundation
import Imaging
import Reading
import Support
import TestSupport
import Testing
import VisionReading

/// Blanks of one sender, drawn by chance: lines, frames and words in other places on each.
private struct DrawnForms {
    /// More than are compared closely, so that the coarse look decides first.
    static let count = 240
    static let (width, height) = (827, 1169)

    static func blank(_ number: Int) -> PageImage {
        var random = SplitMix(state: UInt64(number) &* 7919 &+ 1)
        var page = PageImage(width: width, height: height, filledWith: 255, channels: .gray, resolution: 100)
        func fill(_ x: Int, _ y: Int, _ columns: Int, _ rows: Int) {
            for row in max(0, y)..<min(height, y + rows) {
                for column in max(0, x)..<min(width, x + columns) { page.pixels[row * width + column] = 30 }
            }
        }
        func pick(_ range: Range<Int>) -> Int { range.lowerBound + Int(random.next() % UInt64(range.count)) }
        // The head is the sender's, on every form.
        for letter in 0..<24 { fill(80 + letter * 14, 50, 9, 16) }
        var y = 110
        while y < 1080 {
            let x = 80 + pick(0..<4) * 150
            for _ in 0..<pick(4..<14) {
                fill(x + pick(0..<160), y + pick(0..<12), pick(3..<9), pick(2..<6))
            }
            switch pick(0..<3) {
            case 0: fill(x, y + 22, pick(120..<300), 2)
            case 1:
                let (w, h) = (pick(40..<280), pick(14..<30))
                fill(x, y + 16, w, 2)
                fill(x, y + 16 + h, w, 2)
                fill(x, y + 16, 2, h)
                fill(x + w, y + 16, 2, h + 2)
            default: break
            }
            y += pick(22..<56)
        }
        return page
    }

    static func identifier(cache: URL? = nil) throws -> VisionFormIdentifier {
        let packages = (0..<count).map { number in
            FormPackage(
                folder: cache?.appending(path: "form-\(number)") ?? URL(filePath: "/forms/\(number)/"),
                template: FormTemplate(
                    id: "form-\(number)", version: 1, name: "",
                    pages: [.init(image: "1.png", width: 210, height: 297)], fields: []))
        }
        return try VisionFormIdentifier(packages) { file in
            blank(Int(file.deletingLastPathComponent().lastPathComponent.filter(\.isNumber)) ?? 0)
        }
    }
}

@Suite(.temporaryDirectory) struct `Layouts on disk` {
    private func identifier(decoding: @escaping () -> Void) throws -> VisionFormIdentifier {
        let root = TemporaryDirectory.url
        let packages = try (0..<8).map { number in
            let folder = root.appending(path: "form-\(number)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("\(number)".utf8).write(to: folder.appending(path: "1.png"))
            return FormPackage(
                folder: folder,
                template: FormTemplate(
                    id: "form-\(number)", version: 1, name: "",
                    pages: [.init(image: "1.png", width: 210, height: 297)], fields: []))
        }
        return try VisionFormIdentifier(packages, cache: root.appending(path: "cache")) { file in
            decoding()
            return DrawnForms.blank(Int(file.deletingLastPathComponent().lastPathComponent.filter(\.isNumber)) ?? 0)
        }
    }

    @Test func `are computed once, and anew where they are gone while pages are read`() throws {
        var decoded = 0
        _ = try identifier { decoded += 1 }
        #expect(decoded == 8)
        decoded = 0
        let kept = try identifier { decoded += 1 }
        #expect(decoded == 0)
        let scan = try ScanEffects(resolution: 150, turn: 0.8, noise: 5)
            .scan(DrawnForms.blank(3), width: 210, height: 297).image
        #expect(try kept.known(scan)?.form.id == "form-3")
        let again = try identifier { decoded += 1 }
        try FileManager.default.removeItem(at: TemporaryDirectory.url.appending(path: "cache"))
        #expect(try again.known(scan)?.form.id == "form-3")
    }
}

@Suite struct `Among hundreds of forms` {
    @Test func `each page is found, a stranger is refused, and a page in another place changes nothing`() throws {
        let identifier = try DrawnForms.identifier()
        for (number, turn) in [(3, 0.8), (117, 181.0), (239, -1.5)] {
            let effects = ScanEffects(resolution: 150, turn: turn, noise: 5)
            let scan = try effects.scan(DrawnForms.blank(number), width: 210, height: 297).image
            let found = try #require(try identifier.known(scan), "form \(number)")
            #expect(found.form.id == "form-\(number)")
        }
        let stranger = try ScanEffects(resolution: 150, noise: 5).scan(DrawnForms.blank(5000), width: 210, height: 297)
        guard case .unknownForm = try identifier.identify(stranger.image, as: nil) else {
            Issue.record("a form that is not in the library was taken for one that is")
            return
        }
    }
}
