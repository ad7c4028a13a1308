import Support

/// A font without shapes for text that nobody sees: each character used gets a code and the table back to Unicode.
///
/// PDF/A wants font programs only for text that is rendered (ISO 19005-2, 6.2.11.4.1), and level U the way back to
/// Unicode for all of it (6.2.11.7.2).
struct TextFont {
    /// Each character's width for a size of 1.
    static let advance = 0.5

    private let scalars: [Unicode.Scalar]
    private let codes: [Unicode.Scalar: Int]

    init(_ used: Set<Unicode.Scalar>) {
        // Two bytes name a character; a form has never used as many.
        scalars = Array(used.sorted().prefix(0xFFFE))
        codes = Dictionary(uniqueKeysWithValues: scalars.enumerated().map { ($1, $0 + 1) })
    }

    /// In hexadecimal, four digits a character.
    func codes(of text: String) -> String {
        text.unicodeScalars.compactMap { codes[$0] }.map(Self.digits).joined()
    }

    func write(to file: inout PDFFile) -> PDFFile.Reference {
        let descriptor = file.add(
            """
            << /Type /FontDescriptor /FontName /Unseen /Flags 4 /FontBBox [0 0 500 1000] /ItalicAngle 0 /Ascent 1000 \
            /Descent 0 /CapHeight 1000 /StemV 80 >>
            """)
        let descendant = file.add(
            """
            << /Type /Font /Subtype /CIDFontType2 /BaseFont /Unseen /DW 500 /CIDToGIDMap /Identity \
            /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor \(descriptor) >>
            """)
        let unicode = file.add(stream: Array(unicodeMap.utf8))
        return file.add(
            """
            << /Type /Font /Subtype /Type0 /BaseFont /Unseen /Encoding /Identity-H /DescendantFonts [\(descendant)] \
            /ToUnicode \(unicode) >>
            """)
    }

    // ISO 32000-1, 9.10.3; at most 100 entries a block.
    private var unicodeMap: String {
        let entries = scalars.map { "<\(Self.digits(codes[$0] ?? 0))> <\(PDFText.utf16([$0]))>" }
        let blocks = stride(from: 0, to: entries.count, by: 100).map { start in
            let block = entries[start..<min(start + 100, entries.count)]
            return "\(block.count) beginbfchar\n\(block.joined(separator: "\n"))\nendbfchar\n"
        }
        return """
            /CIDInit /ProcSet findresource begin
            12 dict begin
            begincmap
            /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
            /CMapName /Adobe-Identity-UCS def
            /CMapType 2 def
            1 begincodespacerange
            <0000> <FFFF>
            endcodespacerange
            \(blocks.joined())endcmap
            CMapName currentdict /CMap defineresource pop
            end
            end

            """
    }

    private static func digits(_ code: Int) -> String { [UInt8(code >> 8), UInt8(code & 0xFF)].hexadecimal }
}
