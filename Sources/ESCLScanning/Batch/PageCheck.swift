package import Imaging

/// Whether an image file is whole, by walking its parts from the first to the last.
///
/// Nothing is decoded: this runs where no image decoder may be linked.
package struct PageCheck: Sendable, Hashable {
    package var format: ImageFormat
    package var width: Int
    package var height: Int
    /// The file; with the height put right where it stood behind the image (JPEG's DNL marker).
    package var bytes: [UInt8]

    /// Why a file is not a whole image.
    package struct Flaw: Error, Hashable, CustomStringConvertible {
        package var description: String
        /// Whether it begins as no image at all, such as a login page.
        package var isForeign = false
    }

    package init(_ bytes: [UInt8]) throws(Flaw) {
        self.bytes = bytes
        switch ImageFormat(sniffing: bytes) {
        case .jpeg: (format, width, height) = (.jpeg, 0, 0)
        case .png: (format, width, height) = (.png, 0, 0)
        default: throw Flaw(description: "the answer is neither JPEG nor PNG", isForeign: true)
        }
        if format == .jpeg { try walkJPEG() } else { try walkPNG() }
        guard width > 0, height > 0 else { throw Flaw(description: "the image has no size") }
    }

    // ITU-T T.81, annex B: segments with lengths, and entropy-coded data in which FF is followed by 00 or a restart.
    private mutating func walkJPEG() throws(Flaw) {
        var position = 2
        var heightAt: Int?
        while position + 1 < bytes.count {
            guard bytes[position] == 0xFF else {
                throw Flaw(description: "the JPEG has no marker where one must be, at byte \(position)")
            }
            let marker = bytes[position + 1]
            switch marker {
            case 0xFF: position += 1
            case 0xD9:
                guard heightAt != nil else { throw Flaw(description: "the JPEG has no frame") }
                return
            case 0x01, 0xD0...0xD8: position += 2
            default:
                guard let length = number(at: position + 2), length >= 2 else {
                    throw Flaw(description: "the JPEG ends inside a segment")
                }
                if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
                    heightAt = position + 5
                    height = number(at: position + 5) ?? 0
                    width = number(at: position + 7) ?? 0
                }
                if marker == 0xDC, let heightAt, let lines = number(at: position + 4), lines > 0 {
                    height = lines
                    (bytes[heightAt], bytes[heightAt + 1]) = (UInt8(lines >> 8), UInt8(lines & 0xFF))
                }
                position += 2 + length
                if marker == 0xDA { position = endOfEntropyData(from: position) }
            }
        }
        throw Flaw(description: "the JPEG ends before its end marker")
    }

    private func endOfEntropyData(from start: Int) -> Int {
        let span = bytes.span
        var position = start
        while position + 1 < span.count {
            if span[position] == 0xFF {
                let next = span[position + 1]
                if next != 0x00, !(0xD0...0xD7).contains(next), next != 0xFF { return position }
            }
            position += 1
        }
        return span.count
    }

    private func number(at position: Int) -> Int? {
        position + 1 < bytes.count ? Int(bytes[position]) << 8 | Int(bytes[position + 1]) : nil
    }

    // PNG, clause 5: chunks of length, type, data and check sum, from IHDR to IEND.
    private mutating func walkPNG() throws(Flaw) {
        func long(_ at: Int) -> Int? {
            guard let high = number(at: at), let low = number(at: at + 2) else { return nil }
            return high << 16 | low
        }
        var position = 8
        while let length = long(position), position + 12 + length <= bytes.count {
            let type = String(decoding: bytes[(position + 4)..<(position + 8)], as: UTF8.self)
            if position == 8 {
                guard type == "IHDR", length == 13 else { throw Flaw(description: "the PNG has no header") }
                width = long(position + 8) ?? 0
                height = long(position + 12) ?? 0
            }
            if type == "IEND" { return }
            position += 12 + length
        }
        throw Flaw(description: "the PNG ends before its last chunk")
    }
}
