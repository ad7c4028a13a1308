extension StringProtocol {
    /// Whether all bytes are allowed, the first also by `first`, and there are as many as `length` says.
    ///
    /// For what is checked at each request: a regular expression would be parsed each time.
    package func consists(
        of allowed: (UInt8) -> Bool, length: ClosedRange<Int>, first: (UInt8) -> Bool = { _ in true }
    ) -> Bool {
        var bytes = utf8.makeIterator()
        guard length.contains(utf8.count), let start = bytes.next(), first(start), allowed(start) else {
            return length.contains(0) && isEmpty
        }
        while let byte = bytes.next() { if !allowed(byte) { return false } }
        return true
    }

    /// Whether six digits stand side by side, as in a date of birth.
    package var holdsLongNumber: Bool {
        var digits = 0
        for byte in utf8 {
            digits = byte.isDigit ? digits + 1 : 0
            if digits == 6 { return true }
        }
        return false
    }
}

extension UInt8 {
    package var isLowerLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    package var isUpperLetter: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    package var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    package var isLowerLetterOrDigit: Bool { isLowerLetter || isDigit }
    /// One in lower case.
    package var isHexadecimalDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self) }
    package var isLetterOrDigit: Bool { isLowerLetterOrDigit || isUpperLetter }
    package var isHyphen: Bool { self == UInt8(ascii: "-") }
}
