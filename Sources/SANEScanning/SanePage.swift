public import Imaging

/// Puts the frames of one page together and gives an image only when every byte of it came.
public struct SanePage: Sendable {
    /// Why a page's image is not whole, or not one that we read.
    public struct Defect: Error, Sendable, Hashable, CustomStringConvertible {
        public var description: String
    }

    private var frames: [(frame: SaneFrame, bytes: [UInt8])] = []

    /// More than A3 in colour at 600 dpi: no device has a right to more memory.
    private static let longest = 512 << 20

    public init() {}

    /// Begins a frame.
    ///
    /// - Throws: ``Defect`` for a frame of a kind or size that cannot be a page.
    public mutating func begin(_ frame: SaneFrame) throws(Defect) {
        // A grey or colour page is one frame; three are one colour each.
        guard frames.count < 3 else { throw Defect(description: "the page has more frames than colours") }
        let samples = frame.format == .rgb ? 3 : 1
        guard frame.format != .other, [1, 8, 16].contains(frame.depth), frame.pixelsPerLine > 0,
            frame.pixelsPerLine <= 100_000,
            frame.bytesPerLine >= (frame.pixelsPerLine * frame.depth + 7) / 8 * samples,
            frame.lines != 0, frame.bytesPerLine * (frame.lines ?? 1) <= Self.longest
        else {
            throw Defect(description: "a frame of an unknown kind")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frame.bytesPerLine * (frame.lines ?? 0))
        frames.append((frame, bytes))
    }

    /// Adds bytes that were read to the frame that was begun.
    public mutating func append(_ bytes: ArraySlice<UInt8>) throws(Defect) {
        let last = frames.count - 1
        let frame = frames[last].frame
        guard frames[last].bytes.count + bytes.count <= frame.lines.map({ $0 * frame.bytesPerLine }) ?? Self.longest
        else {
            throw Defect(description: "the frame does not end where it should")
        }
        frames[last].bytes += bytes
    }

    /// Whether anything of the page has come, if only the promise of a frame.
    var isBegun: Bool { !frames.isEmpty }

    public var bytesRead: Int { frames.reduce(0) { $0 + $1.bytes.count } }

    /// The page, 8 bits a sample.
    ///
    /// - Parameter resolution: In dots per inch.
    /// - Returns: The whole image.
    /// - Throws: ``Defect`` when bytes are missing or frames do not fit together.
    public func image(resolution: Double) throws(Defect) -> PageImage {
        var planes: [(format: SaneFrame.Format, image: PageImage)] = []
        for (frame, bytes) in frames {
            planes.append((frame.format, try Self.image(frame, bytes, resolution: resolution)))
        }
        guard let first = planes.first else { throw Defect(description: "no frame") }
        if planes.count == 1, first.format == .gray || first.format == .rgb { return first.image }

        // Three passes, one colour each, in whatever order.
        let colors: [SaneFrame.Format] = [.red, .green, .blue]
        let ordered = colors.compactMap { color in planes.first { $0.format == color }?.image }
        guard planes.count == 3, ordered.count == 3,
            ordered.allSatisfy({ $0.width == first.image.width && $0.height == first.image.height })
        else {
            throw Defect(description: "the page's frames do not fit together")
        }
        var pixels = [UInt8](repeating: 0, count: first.image.pixels.count * 3)
        for (channel, plane) in ordered.enumerated() {
            for (index, value) in plane.pixels.enumerated() { pixels[index * 3 + channel] = value }
        }
        return PageImage(
            width: first.image.width, height: first.image.height, channels: .color, resolution: resolution,
            pixels: pixels)
    }

    private static func image(_ frame: SaneFrame, _ bytes: [UInt8], resolution: Double) throws(Defect) -> PageImage {
        let height = frame.lines ?? bytes.count / frame.bytesPerLine
        // Backends report success for a page that stopped too early; only counting finds it.
        guard height > 0, bytes.count == height * frame.bytesPerLine else {
            throw Defect(
                description: "\(bytes.count) bytes came instead of \(max(height, 1) * frame.bytesPerLine)")
        }
        let isColor = frame.format == .rgb
        let width = frame.pixelsPerLine
        return PageImage(
            width: width, height: height, channels: isColor ? .color : .gray, resolution: resolution,
            pixels: samples(frame, bytes, perLine: width * (isColor ? 3 : 1), lines: height))
    }

    /// The samples without what pads the lines, 8 bits each.
    private static func samples(_ frame: SaneFrame, _ bytes: [UInt8], perLine: Int, lines: Int) -> [UInt8] {
        if frame.depth == 8 && frame.bytesPerLine == perLine { return bytes }
        var samples: [UInt8] = []
        samples.reserveCapacity(perLine * lines)
        for line in 0..<lines {
            let start = line * frame.bytesPerLine
            switch frame.depth {
            case 8:
                samples += bytes[start..<start + perLine]
            case 16:
                // In the byte order of this machine.
                for sample in 0..<perLine {
                    let pair = UInt16(bytes[start + 2 * sample]) | UInt16(bytes[start + 2 * sample + 1]) << 8
                    samples.append(UInt8((UInt32(UInt16(littleEndian: pair)) * 255 + 32767) / 65535))
                }
            default:
                // Eight pixels a byte, the leftmost highest; in colour a byte each of red, green and blue in turn. A
                // set bit is black in grey, and light in colour.
                let channels = frame.format == .rgb ? 3 : 1
                let lit: UInt8 = channels == 3 ? 1 : 0
                for pixel in 0..<frame.pixelsPerLine {
                    for channel in 0..<channels {
                        let bit = bytes[start + pixel / 8 * channels + channel] >> UInt8(7 - pixel % 8) & 1
                        samples.append(bit == lit ? 255 : 0)
                    }
                }
            }
        }
        return samples
    }
}
