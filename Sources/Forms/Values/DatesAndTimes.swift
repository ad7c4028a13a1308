import Support

/// Dates and times of day, as people write them in Sweden.
enum DatesAndTimes {
    private static let months = [
        "jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
    ]

    /// `2024-03-05`, `20240305`, `240305`, `24-03-05`, `5/3-24`, `5/3 2024`, `5.3.2024`, `5 mars 2024`.
    static func date(_ text: String, today: CalendarDay) -> NormalizedValue {
        let text = text.lowercased()
        if let match = text.wholeMatch(of: /([0-9]{4})[-\/.]?([0-9]{2})[-\/.]?([0-9]{2})/) {
            return day(Int(match.1), Int(match.2), Int(match.3), today: today)
        }
        if let match = text.wholeMatch(of: /([0-9]{4})[-\/.]([0-9]{1,2})[-\/.]([0-9]{1,2})/) {
            return day(Int(match.1), Int(match.2), Int(match.3), today: today)
        }
        if let match = text.wholeMatch(of: /([0-9]{2})-?([0-9]{2})-?([0-9]{2})/) {
            return day(shortYear: Int(match.1), Int(match.2), Int(match.3), today: today)
        }
        if let match = text.wholeMatch(of: /([0-9]{1,2}) ?[\/.] ?([0-9]{1,2}) ?[-.\/ '] ?([0-9]{4}|[0-9]{2})/) {
            return match.3.count == 4
                ? day(Int(match.3), Int(match.2), Int(match.1), today: today)
                : day(shortYear: Int(match.3), Int(match.2), Int(match.1), today: today)
        }
        if let match = text.wholeMatch(of: /(?:den )?([0-9]{1,2})\.? ?([a-z]{3,9})\.? ([0-9]{4})/),
            let month = months.firstIndex(where: { match.2.hasPrefix($0) })
        {
            return day(Int(match.3), month + 1, Int(match.1), today: today)
        }
        return .invalid("format:bad")
    }

    /// `14:30`, `14.30`, `1430`, `kl. 9.05`.
    static func time(_ text: String) -> NormalizedValue {
        guard
            let match = text.lowercased().wholeMatch(of: /(?:kl\.? ?)?([0-9]{1,2}) ?[:.]? ?([0-9]{2})/),
            let hour = Int(match.1), let minute = Int(match.2)
        else { return .invalid("format:bad") }
        guard hour < 24, minute < 60 else { return .invalid("time:bad") }
        return NormalizedValue(
            value: .string("\(digits(hour, 2)):\(digits(minute, 2))"), verdict: .valid, checks: ["time:ok"])
    }

    private static func day(_ year: Int?, _ month: Int?, _ day: Int?, today: CalendarDay) -> NormalizedValue {
        guard let year, let month, let day, let date = CalendarDay(year: year, month: month, day: day) else {
            return .invalid("date:bad")
        }
        let isOdd = !(today.year - 130...today.year + 50).contains(year)
        return NormalizedValue(
            value: .string(date.description), verdict: isOdd ? .doubtful : .valid,
            checks: [isOdd ? "date:odd" : "date:ok"])
    }

    /// Years up to ten ahead are this century's, the others the last's; near that border a person should look.
    private static func day(shortYear: Int?, _ month: Int?, _ day: Int?, today: CalendarDay) -> NormalizedValue {
        guard let shortYear else { return .invalid("date:bad") }
        var year = today.year / 100 * 100 + shortYear
        if year > today.year + 10 { year -= 100 }
        var value = self.day(year, month, day, today: today)
        let ahead = (year + 100 - today.year) % 100
        if value.verdict == .valid, (3...25).contains(ahead) {
            value.verdict = .doubtful
            value.checks.append("century:assumed")
        }
        return value
    }
}
