import Support

/// The rules of personnummer and samordningsnummer (folkbokföringslagen 18, 18 a §).
///
/// The ten digits carry no century. A hyphen means younger than the year of the hundredth birthday, a plus that year
/// or older; without a sign the newest year that is not in the future is meant.
enum Personnummer {
    /// Nobody has become older; beyond this the other century is not worth asking about.
    private static let oldestAge = 115

    static func normalize(_ text: String, today: CalendarDay) -> NormalizedValue {
        guard
            let match = text.wholeMatch(
                of: /([0-9]{2})?([0-9]{2})([0-9]{2})([0-9]{2})([-+]?)([0-9]{3})([0-9])/),
            let shortYear = Int(match.2), let month = Int(match.3), let shownDay = Int(match.4)
        else { return .invalid("format:bad") }
        let ten = match.2 + match.3 + match.4 + match.6 + match.7
        guard CheckDigits.isModulus10(ten), match.6 != "000" else { return .invalid("luhn:bad") }

        let isCoordination = shownDay >= 60
        let day = isCoordination ? shownDay - 60 : shownDay
        var checks = ["luhn:ok"]
        var verdict = NormalizedValue.Verdict.valid
        let year: Int
        if let century = match.1, let full = Int(century + match.2) {
            year = full
        } else {
            let newest = today.year - (match.5 == "+" ? 100 : 0)
            let candidate = newest / 100 * 100 + shortYear
            year = candidate > newest ? candidate - 100 : candidate
            if match.5.isEmpty, today.year - (year - 100) <= oldestAge {
                verdict = .doubtful
                checks.append("century:assumed")
            }
        }

        if let born = CalendarDay(year: year, month: month, day: day) {
            if born > today {
                // With a century it was written down so; without, the hyphen and the year contradict each other.
                verdict = .doubtful
                checks.append("date:future")
                if match.1 == nil { return NormalizedValue(value: nil, verdict: .doubtful, checks: checks) }
            } else {
                checks.append("date:ok")
            }
        } else if isCoordination, month <= 12, day <= 31 {
            // One in twelve samordningsnummer has no real date: a person looks, but none is refused.
            verdict = .doubtful
            checks.append("date:odd")
        } else {
            return .invalid("date:bad", after: checks)
        }
        // A number of another century than any living or recently dead person's is more likely misread.
        if !(today.year - 140...today.year).contains(year), verdict == .valid {
            verdict = .doubtful
            checks.append("century:odd")
        }
        let value = digits(year, 4) + match.3 + match.4 + match.6 + match.7
        return NormalizedValue(value: .string(value), verdict: verdict, checks: checks, isSelfChecking: true)
    }
}
