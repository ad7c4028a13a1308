public import Delivery
import Foundation
import Imaging
import Support

/// The pages of one record as a PDF/A-2u: the images as they came, and the read values as invisible text above them.
///
/// The images are passed through without decoding, so that the document depicts the paper exactly as the scanner
/// delivered it. A value stands where its field stands on the form; a sheet that went in turned or shifted is not
/// followed. The same record always gives the same bytes.
/// Sources: ISO 32000-1 (PDF 1.7), ISO 19005-2 (PDF/A-2), level U.
public struct EvidenceDocument {
    /// Rises whenever the same record would give other bytes.
    public static let version = 1

    private let record: Record
    private let digest: [UInt8]

    /// - Parameters:
    ///   - record: What is to be shown.
    ///   - digest: The SHA-256 of the record as it was stored; becomes the file's identifier.
    public init(_ record: Record, digest: [UInt8]) {
        self.record = record
        self.digest = digest
    }

    /// The document.
    ///
    /// - Parameter image: Gives the image of a page.
    /// - Returns: A PDF file.
    /// - Throws: ``EvidenceError`` for a page that cannot be passed through; what `image` throws.
    public func pdf(image: (Record.Page) throws -> [UInt8]) throws -> [UInt8] {
        let pages = record.data.pages.sorted { $0.number < $1.number }
        let text = TextFont(Set(record.data.fields.flatMap { FieldText($0)?.text.unicodeScalars.map(\.self) ?? [] }))
        var file = PDFFile()
        let catalog = file.reserve()
        let tree = file.reserve()
        let font = text.write(to: &file)
        var kids: [PDFFile.Reference] = []
        for page in pages {
            let image = try PDFImage(image(page), of: page)
            let size = PageSize(image, dpi: page.dpi)
            let picture = image.write(to: &file)
            var content = "q \(size.width.pdf) 0 0 \(size.height.pdf) 0 0 cm /Page Do Q\n"
            for field in record.data.fields where field.page == page.number {
                if let value = FieldText(field) { content += value.operators(in: text, on: size) }
            }
            let stream = file.add(stream: Array(content.utf8))
            kids.append(
                file.add(
                    """
                    << /Type /Page /Parent \(tree) /MediaBox [0 0 \(size.width.pdf) \(size.height.pdf)] \
                    /Resources << /XObject << /Page \(picture) >> /Font << /Value \(font) >> >> /Contents \(stream) >>
                    """))
        }
        file.set(
            tree, "<< /Type /Pages /Count \(kids.count) /Kids [\(kids.map(\.description).joined(separator: " "))] >>")
        let profile = file.add(stream: StandardRGB.profile, "/N 3")
        let metadata = file.add(
            stream: Array(DocumentMetadata(record).xmp.utf8), "/Type /Metadata /Subtype /XML")
        file.set(
            catalog,
            """
            << /Type /Catalog /Pages \(tree) /Metadata \(metadata) /Lang \(PDFText.hexadecimal(record.data.form.language)) \
            /OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) \
            /Info (sRGB IEC61966-2.1) /DestOutputProfile \(profile) >>] >>
            """)
        return file.finish(catalog: catalog, identifier: digest)
    }
}

/// The size of a page in points.
struct PageSize {
    let width: Double
    let height: Double

    init(_ image: PDFImage, dpi: Int) {
        // A scanner that tells no resolution gave a page of this one more often than of any other.
        let dots = dpi > 0 ? Double(dpi) : 300
        width = Double(image.width) / dots * 72
        height = Double(image.height) / dots * 72
    }
}
