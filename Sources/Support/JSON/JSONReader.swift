public import Foundation

/// Reads a JSON document from its bytes, value after value, where the program knows what to expect.
///
/// It takes less than JSON allows, never more, and what it takes it reads as `JSONDecoder` does, some twenty times as
/// fast. So a document that it does not take is decoded in the usual way, which then says what is wrong, if anything is.
///
/// It is lent by ``read(_:_:)`` and cannot be kept, for it looks into the bytes where they lie.
public struct JSONReader: ~Copyable {
    /// The document is not what was expected, or is not read here: numbers beyond what a `Double` holds exactly, a member
    /// twice, names with escapes, deep nesting, times with fractions of a second.
    public struct Unexpected: Error {
        public init() {}
    }

    private static let deepest = 32

    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0
    private var depth = 0

    @usableFromInline init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Reads the whole document with `body`, after which nothing may follow.
    @inlinable public static func read<Value>(
        _ bytes: [UInt8], _ body: (inout JSONReader) throws(Unexpected) -> Value
    ) throws(Unexpected) -> Value {
        try bytes.withUnsafeBufferPointer { bytes throws(Unexpected) in
            var reader = JSONReader(bytes)
            let value = try body(&reader)
            guard reader.next() == nil else { throw Unexpected() }
            return value
        }
    }

    /// Reads an object; `member` must read or skip the value of each name.
    @inlinable public mutating func object(
        _ member: (JSONName, inout JSONReader) throws(Unexpected) -> Void
    ) throws(Unexpected) {
        try open(UInt8(ascii: "{"))
        if next() == UInt8(ascii: "}") { return close() }
        while true {
            let name = try name()
            try take(UInt8(ascii: ":"))
            try member(name, &self)
            guard try goesOn(until: UInt8(ascii: "}")) else { return }
        }
    }

    /// Reads an array; `element` must read or skip each element.
    @inlinable public mutating func array(_ element: (inout JSONReader) throws(Unexpected) -> Void) throws(Unexpected) {
        try open(UInt8(ascii: "["))
        if next() == UInt8(ascii: "]") { return close() }
        repeat { try element(&self) } while try goesOn(until: UInt8(ascii: "]"))
    }

    @inlinable public mutating func array<Element>(
        of element: (inout JSONReader) throws(Unexpected) -> Element
    ) throws(Unexpected) -> [Element] {
        var elements: [Element] = []
        // As many as a box has numbers.
        elements.reserveCapacity(4)
        try array { reader throws(Unexpected) in elements.append(try element(&reader)) }
        return elements
    }

    /// Reads `null`, or what `value` reads.
    @inlinable public mutating func optional<Value>(
        _ value: (inout JSONReader) throws(Unexpected) -> Value
    ) throws(Unexpected) -> Value? {
        guard next() == UInt8(ascii: "n") else { return try value(&self) }
        try word("null")
        return nil
    }

    public mutating func bool() throws(Unexpected) -> Bool {
        let isTrue = next() == UInt8(ascii: "t")
        try word(isTrue ? "true" : "false")
        return isTrue
    }

    public mutating func string() throws(Unexpected) -> String {
        let (plain, isASCII) = try plainText()
        guard isClosed else { return try escapedString(after: plain) }
        place += 1
        return try Self.text(plain, isASCII: isASCII)
    }

    @usableFromInline mutating func name() throws(Unexpected) -> JSONName {
        let (plain, isASCII) = try plainText()
        guard isClosed else { throw Unexpected() }
        place += 1
        if !isASCII { _ = try Self.text(plain, isASCII: false) }
        return JSONName(plain)
    }

    /// A number of at most 15 digits, which a `Double` holds exactly or nearest.
    public mutating func number() throws(Unexpected) -> Double {
        _ = next()
        let isNegative = here == UInt8(ascii: "-")
        if isNegative { place += 1 }
        var digits = 0
        var whole = 0
        let first = place
        while let byte = here, byte.isDigit {
            whole = whole * 10 + Int(byte & 0xF)
            digits += 1
            place += 1
            guard digits <= 15 else { throw Unexpected() }
        }
        guard digits > 0, digits == 1 || bytes[first] != UInt8(ascii: "0") else { throw Unexpected() }
        var decimals = 0
        if here == UInt8(ascii: ".") {
            place += 1
            while let byte = here, byte.isDigit {
                whole = whole * 10 + Int(byte & 0xF)
                decimals += 1
                place += 1
                guard digits + decimals <= 15 else { throw Unexpected() }
            }
            guard decimals > 0 else { throw Unexpected() }
        }
        if here == UInt8(ascii: "e") || here == UInt8(ascii: "E") { throw Unexpected() }
        // Both are exact, so the quotient is the nearest there is.
        let size = decimals == 0 ? Double(whole) : Double(whole) / Self.powers[decimals]
        return isNegative ? -size : size
    }

    public mutating func integer() throws(Unexpected) -> Int {
        let number = try number()
        guard let whole = Int(exactly: number), bytes[place - 1].isDigit else { throw Unexpected() }
        return whole
    }

    /// A time as `2026-11-23T09:14:03Z`.
    public mutating func date() throws(Unexpected) -> Date {
        let (text, _) = try plainText()
        guard isClosed, text.count == 20 else { throw Unexpected() }
        place += 1
        func number(_ range: Range<Int>) throws(Unexpected) -> Int {
            var number = 0
            for index in range {
                guard text[index].isDigit else { throw Unexpected() }
                number = number * 10 + Int(text[index] & 0xF)
            }
            return number
        }
        guard text[4].isHyphen, text[7].isHyphen, text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"), text[19] == UInt8(ascii: "Z")
        else { throw Unexpected() }
        let (year, month, day) = (try number(0..<4), try number(5..<7), try number(8..<10))
        let (hour, minute, second) = (try number(11..<13), try number(14..<16), try number(17..<19))
        // The last days of months, leap seconds and times long past go the usual way.
        guard 1970...2999 ~= year, 1...12 ~= month, 1...28 ~= day, hour < 24, minute < 60, second < 60 else {
            throw Unexpected()
        }
        let days = Self.days(year, month, day)
        return Date(timeIntervalSince1970: Double(days * 86400 + hour * 3600 + minute * 60 + second))
    }

    public mutating func value() throws(Unexpected) -> JSONValue {
        switch next() {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try object { name, reader throws(Unexpected) in
                guard members.updateValue(try reader.value(), forKey: name.text) == nil else { throw Unexpected() }
            }
            return .object(members)
        case UInt8(ascii: "["): return .array(try array { reader throws(Unexpected) in try reader.value() })
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try bool())
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default: return .number(try number())
        }
    }

    // MARK: Bytes

    private var here: UInt8? { place < bytes.count ? bytes[place] : nil }

    /// The first byte that is no white space.
    @usableFromInline mutating func next() -> UInt8? {
        while let byte = here {
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            place += 1
        }
        return nil
    }

    @usableFromInline mutating func take(_ byte: UInt8) throws(Unexpected) {
        guard next() == byte else { throw Unexpected() }
        place += 1
    }

    @usableFromInline mutating func open(_ byte: UInt8) throws(Unexpected) {
        try take(byte)
        depth += 1
        guard depth <= Self.deepest else { throw Unexpected() }
    }

    @usableFromInline mutating func close() {
        depth -= 1
        place += 1
    }

    /// Whether a comma follows; `end` closes.
    @usableFromInline mutating func goesOn(until end: UInt8) throws(Unexpected) -> Bool {
        switch next() {
        case UInt8(ascii: ","):
            place += 1
            return true
        case end:
            close()
            return false
        default: throw Unexpected()
        }
    }

    @usableFromInline mutating func word(_ word: StaticString) throws(Unexpected) {
        _ = next()
        let end = place + word.utf8CodeUnitCount
        guard end <= bytes.count, word ~= JSONName(UnsafeBufferPointer(rebasing: bytes[place..<end])) else {
            throw Unexpected()
        }
        place = end
    }

    /// Takes a string's opening mark and all that stands before its end, or before its first escape.
    private mutating func plainText() throws(Unexpected) -> (UnsafeBufferPointer<UInt8>, isASCII: Bool) {
        try take(UInt8(ascii: "\""))
        let start = place
        var end = place
        var all: UInt8 = 0
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            all |= byte
            end += 1
        }
        place = end
        guard end < bytes.count, bytes[end] >= 0x20 else { throw Unexpected() }
        return (UnsafeBufferPointer(rebasing: bytes[start..<end]), all < 0x80)
    }

    /// Whether the string that is being read ends here.
    private var isClosed: Bool { here == UInt8(ascii: "\"") }

    /// The rest of a string in which something is escaped.
    private mutating func escapedString(after plain: UnsafeBufferPointer<UInt8>) throws(Unexpected) -> String {
        var text = Array(plain)
        while let byte = here {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return try Self.text(text, isASCII: false)
            case ..<0x20: throw Unexpected()
            case UInt8(ascii: "\\"):
                guard let escaped = here else { throw Unexpected() }
                place += 1
                switch escaped {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escaped)
                case UInt8(ascii: "n"): text.append(0x0A)
                case UInt8(ascii: "t"): text.append(0x09)
                case UInt8(ascii: "r"): text.append(0x0D)
                case UInt8(ascii: "b"): text.append(0x08)
                case UInt8(ascii: "f"): text.append(0x0C)
                // Surrogates go the usual way.
                case UInt8(ascii: "u"): text += try hexadecimalScalar().utf8
                default: throw Unexpected()
                }
            default: text.append(byte)
            }
        }
        throw Unexpected()
    }

    private mutating func hexadecimalScalar() throws(Unexpected) -> String {
        guard place + 4 <= bytes.count else { throw Unexpected() }
        var number: UInt32 = 0
        for byte in bytes[place..<place + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw Unexpected() }
            number = number << 4 | UInt32(digit)
        }
        place += 4
        guard let scalar = Unicode.Scalar(number) else { throw Unexpected() }
        return String(Character(scalar))
    }

    private static func text(_ bytes: some Collection<UInt8>, isASCII: Bool) throws(Unexpected) -> String {
        if isASCII { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Unexpected() }
        return text
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// Days from 1970-01-01 in the Gregorian calendar; years begin in March, so that the leap day is the last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
