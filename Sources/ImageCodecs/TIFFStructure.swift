import Support

/// The directories of a TIFF, walked without decoding: how many pages, how large, all inside the file.
///
/// Source: TIFF Revision 6.0, section 2.
struct TIFFStructure {
    struct Frame {
        var width = 0
        var height = 0
        var isTiled = false
        /// Where the data of the last strip ends.
        var end = 0
    }

    let frames: [Frame]

    init(_ bytes: [UInt8], limit: Int) throws(ImageError) {
        var reader = ByteReader(bytes: bytes)
        reader.order = bytes.first == 0x49 ? .littleEndian : .bigEndian
        var frames: [Frame] = []
        var seen: Set<Int> = []
        guard var next = reader.uint32(4) else { throw ImageError(.truncated) }
        while next != 0 {
            guard seen.insert(next).inserted else { throw ImageError(.damaged, "its pages form a circle") }
            guard frames.count < limit else { throw ImageError(.tooLarge, "more than \(limit) pages") }
            guard let entries = reader.uint16(next), let following = reader.uint32(next + 2 + entries * 12) else {
                throw ImageError(.truncated)
            }
            frames.append(Self.frame(in: reader, at: next + 2, entries: entries))
            next = following
        }
        guard !frames.isEmpty else { throw ImageError(.damaged, "no pages") }
        self.frames = frames
    }

    func frame(_ number: Int, fileSize: Int) throws(ImageError) -> Frame {
        guard frames.indices.contains(number - 1) else { throw ImageError(.noSuchFrame, "\(frames.count) pages") }
        let frame = frames[number - 1]
        guard frame.end <= fileSize else { throw ImageError(.truncated) }
        guard !frame.isTiled else { throw ImageError(.unsupported, "a tiled TIFF") }
        return frame
    }

    private static func frame(in reader: ByteReader, at start: Int, entries: Int) -> Frame {
        var frame = Frame()
        var offsets: [Int] = []
        var counts: [Int] = []
        for entry in 0..<entries {
            let place = start + entry * 12
            switch reader.uint16(place) {
            case 256: frame.width = values(in: reader, at: place).first ?? 0
            case 257: frame.height = values(in: reader, at: place).first ?? 0
            case 273: offsets = values(in: reader, at: place)
            case 279: counts = values(in: reader, at: place)
            case 322, 323: frame.isTiled = true
            default: break
            }
        }
        frame.end = zip(offsets, counts).map { $0 + $1 }.max() ?? 0
        return frame
    }

    /// The numbers of one directory entry of type SHORT or LONG.
    private static func values(in reader: ByteReader, at entry: Int) -> [Int] {
        guard let type = reader.uint16(entry + 2), let count = reader.uint32(entry + 4), type == 3 || type == 4,
            count <= reader.count
        else { return [] }
        let size = type == 3 ? 2 : 4
        let inside = count * size <= 4
        guard let start = inside ? entry + 8 : reader.uint32(entry + 8) else { return [] }
        return (0..<count).compactMap { type == 3 ? reader.uint16(start + $0 * 2) : reader.uint32(start + $0 * 4) }
    }
}
