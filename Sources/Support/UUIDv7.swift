public import Foundation

/// A UUID of version 7 (RFC 9562): 48 bits of Unix time in milliseconds, 12 bits of their fraction, 62 random bits.
///
/// A record keeps one from scan to acknowledgement. It says when, never who.
public struct UUIDv7: Hashable, Sendable, Codable, CustomStringConvertible, Comparable {
    /// 36 characters, lower case.
    public let description: String

    public init(at time: Date = Date()) {
        var generator = SystemRandomNumberGenerator()
        // With the fraction (method 3 of section 6.2) one call of the system is enough for the rest.
        let exact = max(0, time.timeIntervalSince1970 * 1000)
        let milliseconds = UInt64(exact)
        let fraction = UInt64((exact - Double(milliseconds)) * 4096) & 0x0FFF
        let high = milliseconds << 16 | 0x7000 | fraction
        let low = 0x8000_0000_0000_0000 | generator.next() & 0x3FFF_FFFF_FFFF_FFFF
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            let word = index < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4)) & 0xF
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        description = String(decoding: text, as: UTF8.self)
    }

    /// `nil` unless `text` is a UUID of version 7 in lower case.
    public init?(_ text: String) {
        guard text.utf8.count == 36 else { return nil }
        var index = 0
        for byte in text.utf8 {
            let fits =
                switch index {
                case 8, 13, 18, 23: byte.isHyphen
                case 14: byte == UInt8(ascii: "7")
                // The variant: 8, 9, a or b.
                case 19: byte & 0xFE == UInt8(ascii: "8") || byte == UInt8(ascii: "a") || byte == UInt8(ascii: "b")
                default: byte.isHexadecimalDigit
                }
            guard fits else { return nil }
            index += 1
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
}
