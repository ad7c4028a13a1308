import BarcodeReading
import Evidence
import ImageCodecs
import Imaging
import Reading
import Testing

/// The sheet that `blankett separator` makes, as a scanner sees it.
@Suite struct `The separator sheet` {
    private static let sheet = SeparatorPage(SeparatorSheet.text, caption: "Skiljeark")

    @Test(arguments: [1.0, 0.5]) func `reads as what it is`(scale: Double) throws {
        let page = try ImageCodec.decode(try #require(Self.sheet.pdf())).gray()
        let small = try page.scaled(
            toWidth: Int(Double(page.width) * scale), height: Int(Double(page.height) * scale))
        #expect(try ZXingReader().read(small).contains { $0.text == SeparatorSheet.text })
    }

    @Test func `has no barcode for what it cannot say`() {
        #expect(SeparatorPage("å", caption: "").pdf() == nil)
    }
}
