import Forms
import Foundation
import ImageCodecs
import Imaging
import Reading
import Support
import TestSupport
import Testing
import VisionReading

@Suite(.needsSharedData) struct `A page that may be a stranger` {
    private static let versions = [("V0607", 1), ("V06U08", 2)]

    @Test(arguments: versions)
    func `is told from its sibling version`(_ name: String, _ version: Int) throws {
        let identifier = try SwedishForms.identifier()
        for (index, page) in try SwedishForms.pages("tstrk1007-\(name)-blank", dpi: 200).enumerated() {
            let effects = ScanEffects(resolution: 200, turn: 178, noise: 6)
            let result = try identifier.identify(effects.scan(page, width: 210, height: 297).image, as: nil)
            #expect(describe(result) == "tstrk1007 version \(version) page \(index + 1)")
        }
    }

    @Test(arguments: versions)
    func `is an unknown version when only its sibling is known`(_ name: String, _ version: Int) throws {
        let identifier = try SwedishForms.identifier { $0.template.id != "tstrk1007" || $0.template.version != version }
        // Page 3 is the same in both versions.
        for (index, page) in try SwedishForms.pages("tstrk1007-\(name)-blank", dpi: 200).enumerated() where index != 2 {
            let effects = ScanEffects(resolution: 200, turn: 1, noise: 6)
            let result = try identifier.identify(effects.scan(page, width: 210, height: 297).image, as: nil)
            #expect(describe(result) == "unknown version near tstrk1007", "page \(index + 1)")
        }
    }

    @Test func `is laid on the version that a person says it is, but on no form that it is not`() throws {
        let identifier = try SwedishForms.identifier { $0.template.id != "tstrk1007" || $0.template.version != 2 }
        let known = FormKey(id: "tstrk1007", version: 1)
        let page = try ScanEffects(resolution: 200, turn: 1, noise: 6).scan(
            SwedishForms.pages("tstrk1007-V06U08-blank", dpi: 200)[0], width: 210, height: 297
        ).image
        let laid = try #require(try identifier.register(page, to: known))
        #expect(laid.form == known && laid.page == 1 && laid.alternatives.isEmpty)
        #expect(try identifier.register(page, to: FormKey(id: "fk7263", version: 1)) == nil)
        #expect(try identifier.register(page, to: FormKey(id: "tstrk1007", version: 7)) == nil)
    }

    @Test(arguments: [
        "forms-zesje/scanned_pdfs/sample_exam.jpg", "forms-zesje/scanned_pdfs/tilted_extreme.jpg",
        "forms-quexf/test_filled_1.pdf", "forms-formhtr-tara/filled.pdf", "skew/deskew-1.png", "skew/deskew-4.png",
        "pages-typed-tapuscorpus/p-c0b8873d.jpeg", "omr-omrchecker/sample1/MobileCamera/sheet1.jpg",
    ])
    func `of another sender is unknown`(_ file: String) throws {
        let result = try SwedishForms.identifier().identify(try picture(file), as: nil)
        #expect(describe(result) == "unknown")
    }

    @Test func `is unknown to a form that it is not`() throws {
        let page = try SwedishForms.pages("fk7263-filled", dpi: 200)[0]
        let identifier = try SwedishForms.identifier()
        #expect(try describe(identifier.identify(page, as: "tstrk1007")) == "unknown")
        #expect(try describe(identifier.identify(page, as: "fk7263")) == "fk7263 version 1 page 1")
    }

    @Test func `is blank without ink, and not with a word`() throws {
        let identifier = try SwedishForms.identifier()
        #expect(try describe(identifier.identify(picture("forms-zesje/scanned_pdfs/blank.jpg"), as: nil)) == "blank")
        var page = PageImage(width: 1654, height: 2339, filledWith: 240, resolution: 200)
        #expect(try describe(identifier.identify(page, as: nil)) == "blank")
        for x in 400..<480 {
            for y in 1000..<1006 { page.pixels[(y + x / 8 % 4 * 6) * page.width + x] = 70 }
        }
        #expect(try describe(identifier.identify(page, as: nil)) == "unknown")
    }

    @Test func `is unreadable when it is too small`() throws {
        let identifier = try SwedishForms.identifier()
        let result = try identifier.identify(PageImage(width: 240, height: 400, filledWith: 0), as: nil)
        #expect(describe(result) == "unreadable too-small")
    }

    @Test(arguments: [
        ("forms-quexf/test_blank.pdf", "forms-quexf/test_filled_1.pdf"),
        ("forms-formhtr-tara/template.pdf", "forms-formhtr-tara/filled.pdf"),
    ])
    func `is known on a real scan`(_ blank: String, _ filled: String) throws {
        let pages = try PDFPages(bytes(blank))
        let blanks = try (1...pages.count).map { try pages.render($0, dpi: 200) }
        let template = FormTemplate(
            id: "real", version: 1, name: "",
            pages: blanks.enumerated().map { index, page in
                .init(image: "\(index)", width: Double(page.width) * 0.127, height: Double(page.height) * 0.127)
            }, fields: [])
        let identifier = try VisionFormIdentifier([FormPackage(folder: URL(filePath: "/real/"), template: template)]) {
            blanks[Int($0.lastPathComponent) ?? 0]
        }
        let scan = try PDFPages(bytes(filled))
        for number in 1...scan.count {
            let result = try identifier.identify(scan.render(number), as: nil)
            #expect(describe(result) == "real version 1 page \(number)")
            guard case .known(let page) = result else { continue }
            #expect(page.residual < 0.1)
            let preview = try page.preview()
            #expect(abs(preview.width - blanks[number - 1].width * 3 / 4) <= 1)
        }
    }

    private func bytes(_ file: String) throws -> [UInt8] {
        try Array(Data(contentsOf: try #require(Checkout.sharedData).appending(path: file)))
    }

    private func picture(_ file: String) throws -> PageImage { try ImageCodec.decode(bytes(file)) }

    private func describe(_ result: Identification) -> String {
        switch result {
        case .known(let page): "\(page.form) page \(page.page)"
        case .unknownVersion(let near, _): "unknown version near \(near.id)"
        case .unknownForm: "unknown"
        case .blank: "blank"
        case .unreadable(let reason): "unreadable \(reason)"
        }
    }
}
