import Support

/// A sheet to print that separates documents in a stack: A4 with its barcode twice, across and along the sheet.
public struct SeparatorPage: Sendable {
    private let text: String
    private let caption: String

    /// - Parameters:
    ///   - text: What the barcode says: capital letters, digits, hyphens, full stops and spaces.
    ///   - caption: What it says to people, in Latin letters.
    public init(_ text: String, caption: String) {
        self.text = text
        self.caption = caption
    }

    /// The sheet.
    ///
    /// - Returns: A PDF file; `nil` when the text cannot be a barcode.
    public func pdf() -> [UInt8]? {
        guard let bars = Code39(text)?.bars else { return nil }
        let millimetre = 72 / 25.4
        var file = PDFFile()
        let catalog = file.reserve()
        let tree = file.reserve()
        let font = file.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
        // Half a millimetre is six dots at 300 dpi: it survives a bad copy.
        let module = 0.5 * millimetre
        let width = bars.reduce(0) { max($0, $1.upperBound) } * module
        let height = 30 * millimetre
        let rectangles = bars.map {
            "\(($0.lowerBound * module).pdf) 0 \((($0.upperBound - $0.lowerBound) * module).pdf) \(height.pdf) re"
        }
        .joined(separator: "\n")
        let (page, length) = (210 * millimetre, 297 * millimetre)
        // Across at the top, and turned at the bottom: a sheet that went in crooked or the wrong way has one that reads.
        let places = [
            "1 0 0 1 \(((page - width) / 2).pdf) \((length - 60 * millimetre).pdf) cm",
            "0 1 -1 0 \((page / 2 + height / 2).pdf) \((20 * millimetre).pdf) cm",
        ]
        var content = places.map { "q \($0)\n\(rectangles)\nf Q\n" }.joined()
        let size = 20.0
        let captionWidth = Double(caption.count) * size * 0.6
        content +=
            "BT /Caption \(size.pdf) Tf \(((page - captionWidth) / 2).pdf) \((length - 80 * millimetre).pdf) Td "
            + "<\(caption.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value < 256 ? $0.value : 0x3F) }.hexadecimal)> Tj ET\n"
        let stream = file.add(stream: Array(content.utf8))
        let sheet = file.add(
            """
            << /Type /Page /Parent \(tree) /MediaBox [0 0 \(page.pdf) \(length.pdf)] \
            /Resources << /Font << /Caption \(font) >> >> /Contents \(stream) >>
            """)
        file.set(tree, "<< /Type /Pages /Count 1 /Kids [\(sheet)] >>")
        file.set(catalog, "<< /Type /Catalog /Pages \(tree) >>")
        return file.finish(catalog: catalog, identifier: [UInt8](repeating: 0, count: 16))
    }
}
