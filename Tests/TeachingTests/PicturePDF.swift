import Foundation
import ImageCodecs
import Imaging
import Support

/// A PDF of one A4 page that is only pictures, as copiers and scanning programs write it.
struct PicturePDF {
    /// How many pictures the page is put together of, from top to bottom.
    var strips = 1
    /// As it is fed, clockwise; the page is shown turned back.
    var rotate = 0
    /// Invisible, as programs put it there that have found it in the picture.
    var text: String?

    /// - Parameter page: Grey, of A4's shape; the side that is fed first is its top.
    /// - Returns: The file.
    /// - Throws: ``ImageError``.
    func bytes(of page: PageImage) throws -> [UInt8] {
        let isAcross = page.width > page.height
        let (width, height) = isAcross ? (841.89, 595.28) : (595.28, 841.89)
        var objects: [[UInt8]] = []
        var content = ""
        for strip in 0..<strips {
            let (top, bottom) = (page.height * strip / strips, page.height * (strip + 1) / strips)
            let part = PageImage(
                width: page.width, height: bottom - top, channels: .gray, resolution: 300,
                pixels: Array(page.pixels[top * page.width..<bottom * page.width]))
            let (low, high) = (
                height * (1 - Double(bottom) / Double(page.height)), height * Double(bottom - top) / Double(page.height)
            )
            content += "q \(width) 0 0 \(high) 0 \(low) cm /I\(strip) Do Q\n"
            let jpeg = try ImageCodec.encodeJPEG(part, quality: 85)
            objects.append(
                Self.stream(
                    jpeg,
                    """
                    /Type /XObject /Subtype /Image /Width \(part.width) /Height \(part.height) /ColorSpace /DeviceGray \
                    /BitsPerComponent 8 /Filter /DCTDecode
                    """))
        }
        if let text { content += "BT 3 Tr /F0 10 Tf 100 700 Td (\(text)) Tj ET\n" }
        objects.append(Self.stream(Array(content.utf8), ""))
        let pictures = (0..<strips).map { "/I\($0) \($0 + 4) 0 R" }.joined(separator: " ")
        let first = [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            """
            << /Type /Page /Parent 2 0 R /MediaBox [0 0 \(width) \(height)] /Rotate \(rotate) \
            /Contents \(strips + 4) 0 R /Resources << /XObject << \(pictures) >> \
            /Font << /F0 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>
            """,
        ]
        return Self.file(first.map { Array($0.utf8) } + objects)
    }

    private static func stream(_ bytes: [UInt8], _ entries: String) -> [UInt8] {
        Array("<< /Length \(bytes.count) \(entries) >>\nstream\n".utf8) + bytes + Array("\nendstream".utf8)
    }

    private static func file(_ objects: [[UInt8]]) -> [UInt8] {
        var file = Array("%PDF-1.4\n".utf8)
        var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for (index, object) in objects.enumerated() {
            let offset = String(file.count)
            table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
            file += Array("\(index + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let start = file.count
        let trailer = "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return file + Array((table + trailer).utf8)
    }
}
