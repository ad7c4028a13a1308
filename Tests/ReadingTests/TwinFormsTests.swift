import Forms
import Foundation
import ImageCodecs
import Imaging
import Reading
import Support
import TestSupport
import Testing
import VisionReading

/// Two forms of the library with the same print, under ids of their own.
@Suite(.needsSharedData) struct `A page that fits two forms` {
    /// How the second form's blank was made from the same paper.
    enum Twin: Sendable, CaseIterable {
        case same, coarser, finer, jpeg, pale, scanned, skewed, moved

        func blank(_ pdf: String) throws -> PageImage {
            func scan(_ effects: ScanEffects) throws -> PageImage {
                try effects.scan(SwedishForms.pages(pdf, dpi: 300)[0], width: 210, height: 297).image
            }
            return switch self {
            case .same: try SwedishForms.pages(pdf, dpi: 200)[0]
            case .coarser: try SwedishForms.pages(pdf, dpi: 150)[0]
            case .finer: try SwedishForms.pages(pdf, dpi: 300)[0]
            case .jpeg:
                try ImageCodec.decode(ImageCodec.encodeJPEG(SwedishForms.pages(pdf, dpi: 150)[0], quality: 50)).gray()
            case .pale: try scan(ScanEffects(shift: (0, 0), paper: 235, ink: 70))
            case .scanned: try scan(ScanEffects(resolution: 200, shift: (0.6, -0.8), noise: 4, jpegQuality: 80))
            case .moved: try scan(ScanEffects(resolution: 200, turn: -0.7, shift: (-3, 2.5), scale: 1.005, noise: 4))
            case .skewed: try scan(ScanEffects(resolution: 200, turn: 0.5, shift: (1, -1.2), noise: 4, jpegQuality: 80))
            }
        }
    }

    @Test(arguments: Twin.allCases, [(200.0, 0.8, 4.0), (150, 180.6, 6), (300, -1.5, 2)])
    func `is never taken for one of them alone`(_ twin: Twin, _ scan: (resolution: Double, turn: Double, noise: Double))
        throws
    {
        let pdf = "fk7263-blank"
        let blanks = ["first": try SwedishForms.pages(pdf, dpi: 200)[0], "second": try twin.blank(pdf)]
        let identifier = try VisionFormIdentifier(blanks.keys.sorted().map(Self.package)) { file in
            guard let blank = blanks[file.deletingLastPathComponent().lastPathComponent] else {
                throw CocoaError(.fileNoSuchFile)
            }
            return blank
        }
        let effects = ScanEffects(resolution: scan.resolution, turn: scan.turn, noise: scan.noise, jpegQuality: 60)
        let page = try effects.scan(SwedishForms.pages("fk7263-filled")[0], width: 210, height: 297).image
        switch try identifier.identify(page, as: nil) {
        case .known(let found):
            #expect(Set([found.form] + found.alternatives).map(\.id).sorted() == ["first", "second"])
        case .unknownVersion(let near, _):
            // A blank of half the scan's resolution has letters that seem others.
            #expect(near.id == "second" && [.coarser, .jpeg].contains(twin))
        default: Issue.record("not recognised")
        }
    }

    private static func package(_ id: String) -> FormPackage {
        FormPackage(
            folder: URL(filePath: "/forms/\(id)/"),
            template: FormTemplate(
                id: id, version: 1, name: "", pages: [.init(image: "1.png", width: 210, height: 297)], fields: []))
    }
}
