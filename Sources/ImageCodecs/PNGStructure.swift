import Support

/// The chunks of a PNG, walked without decoding: they tell whether the file is whole and how large.
///
/// Source: W3C, Portable Network Graphics (Third Edition), section 5.
struct PNGStructure {
    let width: Int
    let height: Int
    /// The file with only the chunks that decide the pixels and the resolution; the rest (profiles, texts) is never
    /// shown to the decoder.
    let essential: [UInt8]

    private static let kept: Set = ["IHDR", "PLTE", "tRNS", "pHYs", "IDAT", "IEND"]

    init(_ bytes: [UInt8]) throws(ImageError) {
        let reader = ByteReader(bytes: bytes)
        guard let width = reader.uint32(16), let height = reader.uint32(20), bytes.count >= 33 else {
            throw ImageError(.truncated)
        }
        guard bytes[12..<16].elementsEqual("IHDR".utf8) else { throw ImageError(.damaged) }
        var position = 8
        var ranges: [Range<Int>] = [0..<8]
        var hasEnd = false
        while !hasEnd {
            guard let length = reader.uint32(position), position + 12 + length <= bytes.count else {
                throw ImageError(.truncated)
            }
            let name = String(decoding: bytes[(position + 4)..<(position + 8)], as: UTF8.self)
            let next = position + 12 + length
            if Self.kept.contains(name) { ranges.append(position..<next) }
            hasEnd = name == "IEND"
            position = next
        }
        self.width = width
        self.height = height
        essential = ranges.reduce(into: []) { $0 += bytes[$1] }
    }
}
