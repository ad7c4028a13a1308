import Imaging

/// Netpbm's six formats: the simplest pictures there are, and what pdftoppm writes.
///
/// Source: the manual pages pbm(5), pgm(5) and ppm(5).
struct PNMDecoder {
    private let bytes: [UInt8]
    private let kind: UInt8
    private var position = 2
    private(set) var width = 0
    private(set) var height = 0
    private var maximum = 1

    init(_ bytes: [UInt8]) throws(ImageError) {
        self.bytes = bytes
        kind = bytes[1] - 0x30
        width = try number()
        height = try number()
        if !isBitmap { maximum = try number() }
        guard width > 0, height > 0, (1...65535).contains(maximum) else { throw ImageError(.damaged) }
    }

    private var isBitmap: Bool { kind == 1 || kind == 4 }
    private var channels: PageImage.Channels { kind == 3 || kind == 6 ? .color : .gray }

    /// - Precondition: The size was checked against the limits.
    consuming func decode() throws(ImageError) -> PageImage {
        let pixels = kind <= 3 ? try plain() : try raw()
        return PageImage(width: width, height: height, channels: channels, pixels: pixels)
    }

    private func raw() throws(ImageError) -> [UInt8] {
        let start = position + 1
        let samples = width * height * channels.rawValue
        let rowBytes = isBitmap ? (width + 7) / 8 : width * channels.rawValue * (maximum > 255 ? 2 : 1)
        guard bytes.count - start >= rowBytes * height else { throw ImageError(.truncated) }
        if !isBitmap, maximum == 255 { return Array(bytes[start..<(start + samples)]) }
        var pixels = [UInt8](repeating: 0, count: samples)
        for y in 0..<height {
            let row = start + y * rowBytes
            for x in 0..<(samples / height) {
                let value =
                    if isBitmap {
                        bytes[row + x / 8] >> (7 - x % 8) & 1 == 1 ? 0 : 255
                    } else if maximum > 255 {
                        ((Int(bytes[row + 2 * x]) << 8 | Int(bytes[row + 2 * x + 1])) * 255 + maximum / 2) / maximum
                    } else {
                        (Int(bytes[row + x]) * 255 + maximum / 2) / maximum
                    }
                pixels[y * (samples / height) + x] = UInt8(min(value, 255))
            }
        }
        return pixels
    }

    private mutating func plain() throws(ImageError) -> [UInt8] {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * channels.rawValue)
        for _ in 0..<(width * height * channels.rawValue) {
            // In a plain bitmap the digits may stand without space between them.
            let value = try isBitmap ? number(digits: 1) : number()
            pixels.append(isBitmap ? (value == 0 ? 255 : 0) : UInt8(min(value, maximum) * 255 / maximum))
        }
        return pixels
    }

    private mutating func number(digits most: Int = 9) throws(ImageError) -> Int {
        while position < bytes.count, !(0x30...0x39).contains(bytes[position]) {
            switch bytes[position] {
            case 0x23:
                while position < bytes.count, bytes[position] != 0x0A { position += 1 }
            case 0x09...0x0D, 0x20:
                position += 1
            default:
                throw ImageError(.damaged)
            }
        }
        guard position < bytes.count else { throw ImageError(.truncated) }
        var value = 0
        var digits = 0
        while position < bytes.count, digits < most, (0x30...0x39).contains(bytes[position]) {
            value = value * 10 + Int(bytes[position] - 0x30)
            position += 1
            digits += 1
        }
        return value
    }
}
