import Support

/// The markers of a JPEG, walked without decoding: they tell whether the file is whole and how large.
///
/// libjpeg fills what is missing with grey and only warns, so the end has to be looked for here.
/// Source: ITU-T T.81, annex B.
struct JPEGStructure {
    let width: Int
    let height: Int
    /// Up to and with the end-of-image marker.
    let length: Int

    /// More scans than any sane progressive file has; each costs a pass over the whole picture.
    private static let mostScans = 100

    init(_ bytes: [UInt8]) throws(ImageError) {
        let reader = ByteReader(bytes: bytes)
        var size: (width: Int, height: Int)?
        var position = 2
        var scans = 0
        while true {
            guard let start = Self.marker(in: bytes, from: position) else { throw ImageError(.truncated) }
            let code = bytes[start]
            position = start + 1
            switch code {
            case 0xD9:
                guard let size, scans > 0 else { throw ImageError(.damaged) }
                (width, height) = size
                length = position
                return
            case 0x01, 0xD0...0xD8:
                continue
            default:
                guard let segment = reader.uint16(position), position + segment <= bytes.count else {
                    throw ImageError(.truncated)
                }
                guard segment >= 2 else { throw ImageError(.damaged) }
                if (0xC0...0xCF).contains(code), ![0xC4, 0xC8, 0xCC].contains(code) {
                    guard segment >= 8, let high = reader.uint16(position + 3), let wide = reader.uint16(position + 5)
                    else { throw ImageError(.damaged) }
                    size = (wide, high)
                }
                if code == 0xDA {
                    scans += 1
                    guard scans <= Self.mostScans else { throw ImageError(.damaged, "more than 100 scans") }
                }
                position += segment
            }
        }
    }

    /// The place of the next marker's code: a byte after 0xFF that is neither stuffing nor filling.
    private static func marker(in bytes: [UInt8], from start: Int) -> Int? {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index + 1 < bytes.count {
                if unsafe bytes[index] == 0xFF, unsafe bytes[index + 1] != 0, unsafe bytes[index + 1] != 0xFF {
                    return index + 1
                }
                index += 1
            }
            return nil
        }
    }
}
