public import Foundation

/// A UUID of version 7 (RFC 9562): 48 bits of Unix time in milliseconds, then randomness.
///
/// A record keeps one from scan to acknowledgement. It says when, never who.
public struct UUIDv7: Hashable, Sendable, Codable, CustomStringConvertible, Comparable {
    /// 36 characters, lower case.
    public let description: String

    public init(at time: Date = Date()) {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(max(0, time.timeIntervalSince1970 * 1000))
        let high = milliseconds << 16 | 0x7000 | generator.next() & 0x0FFF
        let low = 0x8000_0000_0000_0000 | generator.next() & 0x3FFF_FFFF_FFFF_FFFF
        let bytes = [high, low].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        }
        description = Self.dashed(bytes.hexadecimal)
    }

    /// `nil` unless `text` is a UUID of version 7 in lower case.
    public init?(_ text: String) {
        guard text.utf8.count == 36 else { return nil }
        for (index, byte) in text.utf8.enumerated() {
            let fits =
                switch index {
                case 8, 13, 18, 23: byte.isHyphen
                case 14: byte == UInt8(ascii: "7")
                case 19: "89ab".utf8.contains(byte)
                default: byte.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
                }
            guard fits else { return nil }
        }
        description = text
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a UUID of version 7")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    private static func dashed(_ hex: String) -> String {
        var text = ""
        for (index, character) in hex.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(character)
        }
        return text
    }
}
