import Support

/// A PDF with what is written on the pages of a specimen, for Poppler to draw with the fonts of this computer.
public struct SpecimenPDF {
    public let bytes: [UInt8]

    /// - Parameters:
    ///   - specimen: What is written.
    ///   - pages: Width and height of each page in millimetres.
    ///   - advances: How wide the letters of the hand's font are; `nil` where that is not known.
    public init(
        _ specimen: Specimen, pages: [(width: Double, height: Double)], advances: FontAdvances?
    ) {
        let point = 72 / 25.4
        var file = PDFFile()
        let (catalog, tree) = (file.reserve(), file.reserve())
        let widths = advances.map { " /FirstChar 32 /LastChar 255 /Widths \($0.latin)".replacing(",", with: "") } ?? ""
        let font = file.add(
            "<< /Type /Font /Subtype /TrueType /BaseFont /\(specimen.hand.rawValue) /Encoding /WinAnsiEncoding\(widths) >>"
        )
        let kids = pages.enumerated().map { index, page in
            let (width, height) = (page.width * point, page.height * point)
            let content = specimen.ink[index].map { Self.content($0, height: page.height, point: point) }.joined()
            let stream = file.add(stream: Array(content.utf8))
            return file.add(
                """
                << /Type /Page /Parent \(tree) /MediaBox [0 0 \(width.pdf) \(height.pdf)] \
                /Resources << /Font << /F \(font) >> >> /Contents \(stream) >>
                """)
        }
        let names = kids.map(\.description).joined(separator: " ")
        file.set(tree, "<< /Type /Pages /Count \(kids.count) /Kids [\(names)] >>")
        file.set(catalog, "<< /Type /Catalog /Pages \(tree) >>")
        bytes = file.finish(catalog: catalog, identifier: [UInt8](repeating: 0, count: 16))
    }

    private static func content(_ ink: Specimen.Ink, height: Double, point: Double) -> String {
        func at(_ x: Double, _ y: Double) -> String {
            "\((x * point).pdf) \(((height - y) * point).pdf)"
        }
        switch ink {
        case .text(let text, let x, let y, let size):
            // Letters of Latin-1 are the same in WinAnsi.
            let letters = text.unicodeScalars.map { $0.value < 256 ? UInt8($0.value) : UInt8(ascii: "?") }
            return
                "0.05 0.05 0.25 rg BT /F \((size * 1.38 * point).pdf) Tf \(at(x, y)) Td <\(letters.hexadecimal)> Tj ET\n"
        case .barcode(let text, let box, let module):
            guard let code = Code39(text) else { return "" }
            let left = box.x + (box.width - code.width * module) / 2
            let (bottom, high) = (box.y + box.height * 0.88, box.height * 0.76)
            let bars = code.bars.map { bar in
                "\(at(left + bar.lowerBound * module, bottom)) \(((bar.upperBound - bar.lowerBound) * module * point).pdf) "
                    + "\((high * point).pdf) re"
            }
            return "0 g \(bars.joined(separator: " ")) f\n"
        case .drawing(let box):
            let inner = box.insetBy(min(box.width, box.height) * 0.2)
            let corners = [
                (inner.x, inner.y), (inner.maxX, inner.y), (inner.maxX, inner.maxY), (inner.x, inner.maxY),
            ].map { at($0.0, $0.1) }
            return "0.05 0.05 0.25 RG 1.2 w \(corners[0]) m \(corners[2]) l S \(corners[1]) m \(corners[3]) l S "
                + "\(corners[0]) m \(corners.dropFirst().map { "\($0) l" }.joined(separator: " ")) s\n"
        case .cross(let box):
            let inner = box.insetBy(min(box.width, box.height) * 0.16)
            return "0.05 0.05 0.25 RG 1.2 w \(at(inner.x, inner.y)) m \(at(inner.maxX, inner.maxY)) l S "
                + "\(at(inner.maxX, inner.y)) m \(at(inner.x, inner.maxY)) l S\n"
        case .signature(let box):
            let (x, y, w, h) = (box.x + 2, box.y + box.height * 0.6, min(box.width - 4, 45), box.height * 0.35)
            let curve = (0..<6).map { step -> String in
                let from = x + w * Double(step) / 6
                let up = step.isMultiple(of: 2) ? -h : h * 0.6
                return "\(at(from + w / 18, y + up)) \(at(from + w / 9, y + up)) \(at(from + w / 6, y)) c"
            }
            return "0.05 0.05 0.25 RG 1.1 w \(at(x, y)) m \(curve.joined(separator: " ")) S\n"
        }
    }
}
