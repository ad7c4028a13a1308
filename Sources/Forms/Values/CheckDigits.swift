/// The check digit rules that Swedish numbers use.
public enum CheckDigits {
    /// Modulus 10 (Luhn), the check digit included: weights 1, 2, 1, 2 … from the right.
    ///
    /// - Returns: `false` also when `digits` is empty or holds anything but 0 to 9.
    public static func isModulus10(_ digits: some StringProtocol) -> Bool {
        guard let values = values(of: digits) else { return false }
        let sum = values.reversed().enumerated().reduce(0) { sum, place in
            let weighted = place.element * (1 + place.offset % 2)
            return sum + (weighted > 9 ? weighted - 9 : weighted)
        }
        return sum.isMultiple(of: 10)
    }

    /// ISO 7064 MOD 97-10 over an IBAN: the first four characters moved to the end, letters as 10 to 35.
    public static func isModulus97(iban: some StringProtocol) -> Bool {
        var remainder = 0
        for character in String(iban.dropFirst(4)) + String(iban.prefix(4)) {
            guard character.isASCII, let value = Int(String(character), radix: 36) else { return false }
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
        }
        return remainder == 1
    }

    private static func values(of digits: some StringProtocol) -> [Int]? {
        guard !digits.isEmpty else { return nil }
        var values: [Int] = []
        for character in digits.utf8 {
            guard (0x30...0x39).contains(character) else { return nil }
            values.append(Int(character) - 0x30)
        }
        return values
    }
}
