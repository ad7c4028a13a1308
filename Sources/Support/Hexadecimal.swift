extension Collection<UInt8> {
    /// Two lower-case digits for each byte.
    @inlinable public var hexadecimal: String {
        func digit(_ number: UInt8) -> UInt8 {
            number < 10 ? UInt8(ascii: "0") + number : UInt8(ascii: "a") + number - 10
        }
        return String(unsafeUninitializedCapacity: count * 2) { room in
            var index = 0
            for byte in self {
                room[index] = digit(byte >> 4)
                room[index + 1] = digit(byte & 15)
                index += 2
            }
            return index
        }
    }
}

extension [UInt8] {
    /// `nil` unless `text` is an even number of hexadecimal digits in lower case.
    public init?(hexadecimal text: some StringProtocol) {
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        self = []
        var rest = text.utf8[...]
        while let high = rest.popFirst() {
            guard let low = rest.popFirst(), let high = digit(high), let low = digit(low) else { return nil }
            append(high << 4 | low)
        }
    }
}
