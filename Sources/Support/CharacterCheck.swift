extension StringProtocol {
    /// Whether all bytes are allowed, the first also by `first`, and there are as many as `length` says.
    ///
    /// For what is checked at each request: a regular expression would be parsed each time. Inlined, as all here, since
    /// a call for each byte would take longer than the check.
    @inlinable package func consists(
        of allowed: (UInt8) -> Bool, length: ClosedRange<Int>, first: (UInt8) -> Bool = { _ in true }
    ) -> Bool {
        var bytes = utf8.makeIterator()
        guard length.contains(utf8.count), let start = bytes.next(), first(start), allowed(start) else {
            return length.contains(0) && isEmpty
        }
        while let byte = bytes.next() { if !allowed(byte) { return false } }
        return true
    }

    /// Whether the byte stands somewhere in it.
    @inlinable package func holds(_ byte: UInt8) -> Bool {
        for other in utf8 where other == byte { return true }
        return false
    }

    /// Whether six digits stand side by side, as in a date of birth.
    @inlinable package var holdsLongNumber: Bool {
        var digits = 0
        for byte in utf8 {
            digits = byte.isDigit ? digits + 1 : 0
            if digits == 6 { return true }
        }
        return false
    }
}

extension UInt8 {
    @inlinable package var isLowerLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    @inlinable package var isUpperLetter: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    @inlinable package var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    @inlinable package var isLowerLetterOrDigit: Bool { isLowerLetter || isDigit }
    /// One in lower case.
    @inlinable package var isHexadecimalDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
    }
    @inlinable package var isLetterOrDigit: Bool { isLowerLetterOrDigit || isUpperLetter }
    @inlinable package var isHyphen: Bool { self == UInt8(ascii: "-") }
}
