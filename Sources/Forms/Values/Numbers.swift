import Support

/// Numbers with the Swedish comma, and amounts of money.
enum Numbers {
    static func integer(_ text: String) -> NormalizedValue {
        guard let match = withoutGroups(text).wholeMatch(of: /[-−–]?[0-9]{1,15}/), let number = Double(ascii(match.0))
        else { return .invalid("format:bad") }
        return NormalizedValue(value: .number(number), verdict: .valid)
    }

    /// The normal form is a string with a point, so that no digit is lost.
    static func decimal(_ text: String) -> NormalizedValue {
        guard let match = withoutGroups(text).wholeMatch(of: /([-−–]?)([0-9]{1,15})(?:[,.]([0-9]{1,10}))?/) else {
            return .invalid("format:bad")
        }
        let whole = withoutLeadingZeros(match.2)
        let fraction = match.3.map { "." + $0 } ?? ""
        return NormalizedValue(
            value: .string((match.1.isEmpty ? "" : "-") + whole + fraction), verdict: .valid)
    }

    /// Kronor, with or without öre.
    ///
    /// Written `1 234`, `1.234,50 kr`, `1 234:-`; the normal form has two decimals or none.
    static func amount(_ text: String) -> NormalizedValue {
        let bare = text.lowercased().replacing(/^(?:sek|kr)\s*|\s*(?:kronor|sek|kr\.?)$/, with: "")
            .replacing(/[:,.][-–—=]+$/, with: "")
        guard let match = withoutGroups(bare).wholeMatch(of: /([-−–]?)([0-9]{1,12})(?:[,.:]([0-9]{2}))?/) else {
            return .invalid("format:bad")
        }
        let fraction = match.3.map { "." + $0 } ?? ""
        return NormalizedValue(
            value: .string((match.1.isEmpty ? "" : "-") + withoutLeadingZeros(match.2) + fraction), verdict: .valid)
    }

    static func digits(_ text: String) -> NormalizedValue {
        let number = text.filter { !$0.isWhitespace }
        guard number.isAllDigits else { return .invalid("format:bad") }
        return NormalizedValue(value: .string(number), verdict: .valid)
    }

    /// `1 234` and `1.234,5` lose what groups the thousands; a point before other than three digits is a decimal point.
    private static func withoutGroups(_ text: String) -> String {
        if text.wholeMatch(of: /[-−–]?\s?[0-9]{1,3}([ .][0-9]{3})+(?:[,:][0-9]+)?/) != nil {
            return text.filter { $0 != " " && $0 != "." }
        }
        return text.replacing(/^([-−–])\s/, with: { String($0.1) })
    }

    private static func ascii(_ number: Substring) -> String {
        number.first?.isNumber == true ? String(number) : "-" + number.dropFirst()
    }

    private static func withoutLeadingZeros(_ number: Substring) -> String {
        let bare = number.drop { $0 == "0" }
        return bare.isEmpty ? "0" : String(bare)
    }
}
