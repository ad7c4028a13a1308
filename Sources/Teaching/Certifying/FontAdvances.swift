import Support

/// How wide the letters of a TrueType or OpenType font are, from its tables `head`, `hhea`, `hmtx` and `cmap`.
///
/// A PDF that names a font of the computer must say this itself: a renderer that is not told spaces the letters like
/// Helvetica's, and then there are gaps within words.
public struct FontAdvances: Sendable {
    /// In thousandths of the size of the letters, for each byte of WinAnsi that is also Latin-1, from 32.
    public let latin: [Int]

    /// `nil` for what is no such font.
    ///
    /// - Parameter file: A whole font file; of a collection, none is read.
    public init?(_ file: [UInt8]) {
        let font = Tables(file)
        guard let head = font["head"], let unitsPerEm = font.number(head + 18), unitsPerEm > 0,
            let hhea = font["hhea"], let measured = font.number(hhea + 34), measured > 0,
            let hmtx = font["hmtx"], let map = font.characterMap
        else { return nil }
        latin = (32...255).map { character in
            let glyph = font.glyph(of: character, map)
            // All glyphs after the last that is measured are as wide as it is.
            let advance = font.number(hmtx + 4 * min(glyph, measured - 1)) ?? 0
            return advance * 1000 / unitsPerEm
        }
    }
}

/// The tables of a font file; no number is read beyond its end.
private struct Tables {
    private let file: ByteReader
    private var starts: [String: Int] = [:]

    init(_ file: [UInt8]) {
        self.file = ByteReader(bytes: file)
        for entry in 0..<min(number(4) ?? 0, 64) {
            let place = 12 + 16 * entry
            guard place + 16 <= file.count, let start = self.file.uint32(place + 8) else { return }
            starts[String(decoding: file[place..<place + 4], as: UTF8.self)] = start
        }
    }

    subscript(tag: String) -> Int? { starts[tag] }

    func number(_ place: Int) -> Int? { file.uint16(place) }

    /// Where the mapping of Unicode's first plane begins, in segments (format 4).
    var characterMap: Int? {
        guard let cmap = self["cmap"], let count = number(cmap + 2) else { return nil }
        return (0..<min(count, 32)).compactMap { index -> Int? in
            let entry = cmap + 4 + 8 * index
            guard let platform = number(entry), let encoding = number(entry + 2), let offset = file.uint32(entry + 4),
                platform == 0 || (platform, encoding) == (3, 1), number(cmap + offset) == 4
            else { return nil }
            return cmap + offset
        }.first
    }

    /// - Returns: 0 where the font has no such letter.
    func glyph(of character: Int, _ map: Int) -> Int {
        guard let twice = number(map + 6) else { return 0 }
        let ends = map + 14
        let (starts, deltas, ranges) = (ends + twice + 2, ends + 2 * twice + 2, ends + 3 * twice + 2)
        for segment in stride(from: 0, to: twice, by: 2) {
            guard let end = number(ends + segment), end >= character else { continue }
            guard let start = number(starts + segment), start <= character, let delta = number(deltas + segment),
                let range = number(ranges + segment)
            else { return 0 }
            if range == 0 { return (character + delta) & 0xFFFF }
            let glyph = number(ranges + segment + range + 2 * (character - start)) ?? 0
            return glyph == 0 ? 0 : (glyph + delta) & 0xFFFF
        }
        return 0
    }
}
