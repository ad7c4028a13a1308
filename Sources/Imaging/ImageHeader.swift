/// What an image file says of itself before its first pixel; nothing is decoded.
public struct ImageHeader: Sendable, Hashable {
    public var format: ImageFormat
    public var width: Int
    /// 0 where a JPEG tells its height only behind the image.
    public var height: Int
    /// 1 for grey and for black and white, 3 for colour.
    public var channels: Int
    public var bitsPerChannel: Int
    /// In dots per inch; `nil` where the file does not say.
    public var resolution: Double?

    /// `nil` unless the file begins as a JPEG or PNG.
    public init?(_ file: [UInt8]) {
        switch ImageFormat(sniffing: file) {
        case .jpeg: self.init(jpeg: file)
        case .png: self.init(png: file)
        default: return nil
        }
    }

    // ITU-T T.81 annex B: segments up to the frame's; T.871 (JFIF) for the density.
    private init?(jpeg file: [UInt8]) {
        var position = 2
        var resolution: Double?
        while let marker = Self.number(file, position, 2), let length = Self.number(file, position + 2, 2), length >= 2
        {
            let body = position + 4
            if marker == 0xFFE0, file.count >= body + 12,
                file[body..<(body + 5)].elementsEqual([0x4A, 0x46, 0x49, 0x46, 0])
            {
                let density = Self.number(file, body + 8, 2).map(Double.init) ?? 0
                // 0 says only how long a pixel is for its width.
                switch file[body + 7] {
                case 1 where density > 0: resolution = density
                case 2 where density > 0: resolution = density * 2.54
                default: break
                }
            }
            if (0xFFC0...0xFFCF).contains(marker), ![0xFFC4, 0xFFC8, 0xFFCC].contains(marker) {
                guard file.count > body + 5, let height = Self.number(file, body + 1, 2),
                    let width = Self.number(file, body + 3, 2)
                else { return nil }
                format = .jpeg
                self.width = width
                self.height = height
                channels = Int(file[body + 5])
                bitsPerChannel = Int(file[body])
                self.resolution = resolution
                return
            }
            position += 2 + length
        }
        return nil
    }

    // PNG, clause 11: IHDR first, pHYs before the image.
    private init?(png file: [UInt8]) {
        guard file.count > 33, let width = Self.number(file, 16, 4), let height = Self.number(file, 20, 4) else {
            return nil
        }
        format = .png
        self.width = width
        self.height = height
        bitsPerChannel = Int(file[24])
        channels = [2, 3, 6].contains(file[25]) ? 3 : 1
        var position = 8
        while let length = Self.number(file, position, 4), let type = Self.number(file, position + 4, 4) {
            // "IDAT": nothing that counts comes later.
            if type == 0x4944_4154 { return }
            // "pHYs", in pixels per metre.
            if type == 0x7048_5973, length == 9, file.count > position + 16, file[position + 16] == 1,
                let perMetre = Self.number(file, position + 8, 4)
            {
                resolution = Double(perMetre) * 0.0254
            }
            position += 12 + length
        }
    }

    private static func number(_ file: [UInt8], _ position: Int, _ count: Int) -> Int? {
        guard position >= 0, position + count <= file.count else { return nil }
        return file[position..<(position + count)].reduce(0) { $0 << 8 | Int($1) }
    }
}
