import Forms
import Foundation
import ImageCodecs
import Imaging
import Support
import TestSupport
import Testing
import VisionReading

@Suite(.temporaryDirectory, .serialized, .needsSharedData) struct `A PDF that is only pictures of a blank` {
    private static let blank = "forms-swedish/dodsorsaksintyg-blank"

    /// How it lay on the glass: degrees clockwise askew, quarters clockwise; and how far the page has to be turned counter-clockwise.
    @Test(arguments: [
        (PicturePDF(), 1.5, 0, 1.5), (PicturePDF(strips: 7), -2.0, 0, -2.0),
        (PicturePDF(text: "Personnummer"), 1.0, 0, 1.0), (PicturePDF(), 0.0, 0, 0.0), (PicturePDF(), -1.2, 2, -181.2),
        (PicturePDF(rotate: 90), 1.3, 3, 1.3),
    ])
    func `is made straight as any scan`(_ pdf: PicturePDF, askew: Double, quarters: Int, turned: Double) async throws {
        let data = try #require(Checkout.sharedData)
        let page = try ImageCodec.decode([UInt8](Data(contentsOf: data.appending(path: "\(Self.blank).pdf")))).gray()
        let file = TemporaryDirectory.url.appending(path: "scan.pdf")
        try Data(pdf.bytes(of: try page.turned(byDegrees: askew).turned(quarters: quarters))).write(to: file)
        let run = try await ProgramRun(
            "blankett",
            [
                "--language", "en", "forms", "propose", file.path(), "--id", "test", "--out",
                TemporaryDirectory.url.path(), "--json",
            ])
        try #require(run.code == 0, "\(run.errors)")
        let told: JSONValue = try JSONCoding.decode(from: Array(run.output.utf8))
        let by = try #require(told["turned"]?[0]?.numberValue)
        #expect(abs(by - turned) < 0.1, "\(by)")
        let found = try FormPackage.load(TemporaryDirectory.url.appending(path: "test")).template.fields
        let given = found.flatMap(\.places)
        let wanted = try BlankTruth.places(
            onFirstPageOf: data.appending(path: "\(Self.blank).fields.json"))
        let hit = wanted.count { place in given.contains { $0.overlap(place) >= 0.5 } }
        #expect(Double(hit) >= 0.9 * Double(wanted.count), "\(hit) of \(wanted.count)")
    }

    @Test(arguments: ["dodsorsaksintyg", "fk7263", "tstrk1007-V0607"])
    func `is not taken for one that was drawn`(name: String) throws {
        let data = try #require(Checkout.sharedData)
        let pdf = try PDFPages([UInt8](Data(contentsOf: data.appending(path: "forms-swedish/\(name)-blank.pdf"))))
        for page in 1...pdf.count { #expect(try !pdf.isPicture(page)) }
    }
}

extension PageImage {
    /// About its middle, clockwise.
    fileprivate func turned(byDegrees degrees: Double) throws -> PageImage {
        let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        let (x, y) = (Double(width - 1) / 2, Double(height - 1) / 2)
        let map = Homography([c, s, x - c * x - s * y, -s, c, y + s * x - c * y, 0, 0, 1])
        return try warped(by: map, width: width, height: height, ground: 240)
    }
}
