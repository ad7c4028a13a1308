/// The line that shows how far long work has come: a bar, a count, and how long the rest may take.
public struct ProgressBar: Sendable {
    private let total: Int
    private let unit: Words
    private let language: Language
    private let start: ContinuousClock.Instant
    private static let width = 24

    /// - Parameters:
    ///   - total: How many there are.
    ///   - unit: What is counted, in the plural.
    ///   - language: Of the words.
    ///   - start: When the work began.
    public init(of total: Int, _ unit: Words, _ language: Language, start: ContinuousClock.Instant = .now) {
        self.total = total
        self.unit = unit
        self.language = language
        self.start = start
    }

    /// The line when `done` of them are done.
    public func line(_ done: Int, now: ContinuousClock.Instant = .now) -> String {
        let share = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 1
        let full = Int((share * Double(Self.width)).rounded())
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: Self.width - full)
        let count = Words(en: "\(done) of \(total) \(unit.en)", sv: "\(done) av \(total) \(unit.sv)")[language]
        return "\(bar) \(count)\(rest(done, now))"
    }

    /// Not said before something is done, nor when all is.
    private func rest(_ done: Int, _ now: ContinuousClock.Instant) -> String {
        guard done > 0, done < total else { return "" }
        let seconds = Int(((now - start) / .seconds(1) / Double(done) * Double(total - done)).rounded(.up))
        let time = seconds < 90 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
        return Words(en: ", about \(time) left", sv: ", ungefär \(time) kvar")[language]
    }
}
