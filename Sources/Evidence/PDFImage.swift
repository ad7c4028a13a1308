import Delivery
import Imaging
import Support

/// A page image as a PDF holds it: the file's own compressed bytes under a dictionary that says how to read them.
struct PDFImage {
    let width: Int
    let height: Int
    private let entries: String
    private let data: [UInt8]

    /// - Throws: ``EvidenceError`` for what cannot be passed through.
    init(_ file: [UInt8], of page: Record.Page) throws(EvidenceError) {
        func refuse(_ reason: EvidenceError.Reason) -> EvidenceError {
            EvidenceError(page: page.number, reason: reason)
        }
        let format = ImageFormat(sniffing: file)
        guard format == .jpeg || format == .png else { throw refuse(.format) }
        guard let header = ImageHeader(file), header.width > 0 else { throw refuse(.damaged) }
        width = header.width
        // A JPEG may tell its height only behind the image; the record knows it.
        height = header.height > 0 ? header.height : page.heightPx
        guard height > 0 else { throw refuse(.damaged) }
        if format == .jpeg {
            guard header.bitsPerChannel == 8, [1, 3].contains(header.channels) else { throw refuse(.kind) }
            entries = "/ColorSpace \(Self.colours(header.channels)) /BitsPerComponent 8 /Filter /DCTDecode"
            data = file
        } else {
            guard let chunks = PNGChunks(file) else { throw refuse(.damaged) }
            guard chunks.isPlain else { throw refuse(.kind) }
            let channels = chunks.palette == nil ? header.channels : 1
            let space =
                chunks.palette.map { "[/Indexed /DeviceRGB \($0.count / 3 - 1) <\($0.hexadecimal)>]" }
                ?? Self.colours(channels)
            entries = """
                /ColorSpace \(space) /BitsPerComponent \(header.bitsPerChannel) /Filter /FlateDecode \
                /DecodeParms << /Predictor 15 /Colors \(channels) /BitsPerComponent \(header.bitsPerChannel) \
                /Columns \(width) >>
                """
            data = chunks.pixels
        }
    }

    func write(to file: inout PDFFile) -> PDFFile.Reference {
        file.add(
            stream: data,
            "/Type /XObject /Subtype /Image /Width \(width) /Height \(height) /Interpolate false \(entries)")
    }

    private static func colours(_ channels: Int) -> String { channels == 3 ? "/DeviceRGB" : "/DeviceGray" }
}

/// What of a PNG a PDF needs: the palette and the compressed rows.
///
/// Source: W3C, Portable Network Graphics (Third Edition), section 11.
private struct PNGChunks {
    /// Three bytes a colour; `nil` where the image has none or needs none.
    var palette: [UInt8]?
    var pixels: [UInt8] = []
    /// Neither transparent nor interlaced.
    var isPlain: Bool

    private static let indexed: UInt8 = 3
    /// Grey, colour, indexed: those without transparency.
    private static let opaque: Set<UInt8> = [0, 2, indexed]

    init?(_ file: [UInt8]) {
        guard file.count > 33 else { return nil }
        let colour = file[25]
        isPlain = Self.opaque.contains(colour) && file[28] == 0
        var rest = file[8...]
        while rest.count >= 12 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard rest.count - 12 >= length else { return nil }
            let name = String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self)
            let body = rest.dropFirst(8).prefix(length)
            switch name {
            case "PLTE" where colour == Self.indexed:
                guard !body.isEmpty, length % 3 == 0, length <= 768 else { return nil }
                palette = Array(body)
            case "tRNS": isPlain = false
            case "IDAT": pixels += body
            case "IEND":
                guard !pixels.isEmpty, colour != Self.indexed || palette != nil else { return nil }
                return
            default: break
            }
            rest = rest.dropFirst(12 + length)
        }
        return nil
    }
}
