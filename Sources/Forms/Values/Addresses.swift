import Support

/// Where somebody can be reached.
enum Addresses {
    /// `NNN NN`, the first digit 1 to 9.
    static func postnummer(_ text: String) -> NormalizedValue {
        guard let match = text.wholeMatch(of: /(?:SE|S)?[- ]?([1-9][0-9]{2}) ?([0-9]{2})/) else {
            return .invalid("format:bad")
        }
        return NormalizedValue(value: .string("\(match.1) \(match.2)"), verdict: .valid)
    }

    /// A subscriber number in the form of E.164; foreign ones are doubtful.
    static func phone(_ text: String) -> NormalizedValue {
        let bare = text.replacing("(0)", with: "").filter { !"-–/ ()".contains($0) }
        for prefix in ["+46", "0046", "46", "0", ""] where bare.hasPrefix(prefix) {
            let national = bare.dropFirst(prefix.count)
            guard national.isAllDigits, national.first != "0" else { continue }
            if isSwedish(national) {
                return NormalizedValue(value: .string("+46" + national), verdict: .valid)
            }
            if !prefix.isEmpty { return .invalid("format:bad") }
        }
        if bare.wholeMatch(of: /(?:\+|00)[1-9][0-9]{7,14}/) != nil {
            let digits = bare.hasPrefix("+") ? bare : "+" + bare.dropFirst(2)
            return NormalizedValue(value: .string(digits), verdict: .doubtful, checks: ["country:foreign"])
        }
        return .invalid("format:bad")
    }

    static func email(_ text: String) -> NormalizedValue {
        let bare = text.filter { !$0.isWhitespace }
        guard
            bare.wholeMatch(of: /[^@\s<>,;:"()]{1,64}@(?:[A-Za-z0-9åäöÅÄÖ](?:[A-Za-z0-9åäöÅÄÖ-]*)\.)+[A-Za-z]{2,24}/)
                != nil
        else { return .invalid("format:bad") }
        guard !bare.contains(".."), !bare.hasPrefix(".") else { return .invalid("format:bad") }
        return NormalizedValue(value: .string(bare), verdict: .valid)
    }

    /// PTS numbering plan, without the trunk zero: mobile and national numbers have nine digits, others seven to nine.
    private static func isSwedish(_ national: Substring) -> Bool {
        if national.hasPrefix("10") || "7".contains(national.first ?? " ") { return national.count == 9 }
        if national.hasPrefix("900") || national.hasPrefix("939") || national.hasPrefix("944") {
            return (8...10).contains(national.count)
        }
        return (7...9).contains(national.count)
    }
}
