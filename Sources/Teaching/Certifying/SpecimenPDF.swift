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
        var objects: [[UInt8]] = []
        let kids = pages.indices.map { "\(4 + 2 * $0) 0 R" }.joined(separator: " ")
        objects.append(Array("<< /Type /Catalog /Pages 2 0 R >>".utf8))
        objects.append(Array("<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>".utf8))
        let widths = advances.map { " /FirstChar 32 /LastChar 255 /Widths \($0.latin)".replacing(",", with: "") } ?? ""
        objects.append(
            Array(
                ("<< /Type /Font /Subtype /TrueType /BaseFont /\(specimen.hand.rawValue)"
                    + " /Encoding /WinAnsiEncoding\(widths) >>").utf8))
        for (index, page) in pages.enumerated() {
            let (width, height) = (page.width * point, page.height * point)
            objects.append(
                Array(
                    ("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(width) \(height)] /Contents \(5 + 2 * index) 0 R"
                        + " /Resources << /Font << /F 3 0 R >> >> >>").utf8))
            let content = specimen.ink[index].flatMap { Self.content($0, height: page.height, point: point) }
            objects.append(Array("<< /Length \(content.count) >>\nstream\n".utf8) + content + Array("endstream".utf8))
        }
        bytes = Self.file(objects)
    }

    private static func file(_ objects: [[UInt8]]) -> [UInt8] {
        var file = Array("%PDF-1.4\n".utf8)
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.count)
            file += Array("\(index + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let start = file.count
        var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            let digits = String(offset)
            table += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        table += "trailer << /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return file + Array(table.utf8)
    }

    private static func content(_ ink: Specimen.Ink, height: Double, point: Double) -> [UInt8] {
        func at(_ x: Double, _ y: Double) -> String {
            "\((x * point).rounded(to: 2)) \(((height - y) * point).rounded(to: 2))"
        }
        switch ink {
        case .text(let text, let x, let y, let size):
            // Letters of Latin-1 are the same in WinAnsi.
            let letters = text.unicodeScalars.map { $0.value < 256 ? UInt8($0.value) : UInt8(ascii: "?") }
                .flatMap {
                    [UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\\")].contains($0)
                        ? [UInt8(ascii: "\\"), $0] : [$0]
                }
            return Array("0.05 0.05 0.25 rg BT /F \((size * 1.38 * point).rounded(to: 2)) Tf \(at(x, y)) Td (".utf8)
                + letters
                + Array(") Tj ET\n".utf8)
        case .cross(let box):
            let inner = box.insetBy(min(box.width, box.height) * 0.16)
            return Array(
                ("0.05 0.05 0.25 RG 1.2 w \(at(inner.x, inner.y)) m \(at(inner.maxX, inner.maxY)) l S "
                    + "\(at(inner.maxX, inner.y)) m \(at(inner.x, inner.maxY)) l S\n").utf8)
        case .signature(let box):
            let (x, y, w, h) = (box.x + 2, box.y + box.height * 0.6, min(box.width - 4, 45), box.height * 0.35)
            let curve = (0..<6).map { step -> String in
                let from = x + w * Double(step) / 6
                let up = step.isMultiple(of: 2) ? -h : h * 0.6
                return "\(at(from + w / 18, y + up)) \(at(from + w / 9, y + up)) \(at(from + w / 6, y)) c"
            }
            return Array("0.05 0.05 0.25 RG 1.1 w \(at(x, y)) m \(curve.joined(separator: " ")) S\n".utf8)
        }
    }
}
