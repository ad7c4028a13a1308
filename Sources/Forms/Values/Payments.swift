import Support

/// The numbers that payments are sent to and marked with.
enum Payments {
    static func bankgiro(_ text: String) -> NormalizedValue {
        giro(text, shortest: 7) { "\($0.dropLast(4))-\($0.suffix(4))" }
    }

    static func plusgiro(_ text: String) -> NormalizedValue {
        giro(text, shortest: 2) { "\($0.dropLast())-\($0.suffix(1))" }
    }

    /// A payment reference with "soft" control; what else must hold stands in the agreement with the bank.
    static func ocrReference(_ text: String) -> NormalizedValue {
        let number = text.filter { $0 != " " }
        guard (2...25).contains(number.count), number.isAllDigits else { return .invalid("format:bad") }
        guard CheckDigits.isModulus10(number) else { return .invalid("luhn:bad") }
        return NormalizedValue(value: .string(number), verdict: .valid, checks: ["luhn:ok"], isSelfChecking: true)
    }

    static func iban(_ text: String) -> NormalizedValue {
        let number = text.filter { $0 != " " && $0 != "-" }.uppercased()
        guard number.wholeMatch(of: /[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}/) != nil else { return .invalid("format:bad") }
        if number.hasPrefix("SE"), number.count != 24 || !number.dropFirst(2).isAllDigits {
            return .invalid("format:bad")
        }
        guard CheckDigits.isModulus97(iban: number) else { return .invalid("mod97:bad") }
        return NormalizedValue(value: .string(number), verdict: .valid, checks: ["mod97:ok"], isSelfChecking: true)
    }

    private static func giro(_ text: String, shortest: Int, written: (String) -> String) -> NormalizedValue {
        let number = text.filter { $0 != " " && $0 != "-" }
        guard (shortest...8).contains(number.count), number.isAllDigits else { return .invalid("format:bad") }
        guard CheckDigits.isModulus10(number) else { return .invalid("luhn:bad") }
        return NormalizedValue(
            value: .string(written(number)), verdict: .valid, checks: ["luhn:ok"], isSelfChecking: true)
    }
}
