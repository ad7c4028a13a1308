/// How much of what was measured in a box is a person's ink, and what that comes to.
struct MarkInk {
    /// 0...1; below 0 where the box is lighter than its print lets expect.
    let amount: Double
    /// From here on it counts as a mark.
    private let threshold: Double
    /// In this band a person should look.
    private let unsure: Range<Double>

    var isMark: Bool { amount >= threshold }
    var isUnsure: Bool { unsure.contains(amount) }
    /// How far it is from the threshold.
    var distance: Double { abs(amount - threshold) }

    /// - Parameters:
    ///   - measured: A box.
    ///   - gain: How much darker this sheet's print is than the blank's, as seen in boxes beside it.
    init(_ measured: MarkMeasurement, gain: Double = 1) {
        guard measured.isFullOfPrint else {
            (amount, threshold, unsure) = (measured.ink, 0.06, 0.035..<0.10)
            return
        }
        // Print and ink overlap: of what the print leaves light, the share that is dark now. On scanned mark sheets unmarked
        // circles reach 0.08, and pencil begins at 0.39.
        let print = min(measured.printed * gain, 0.9)
        (amount, threshold, unsure) = ((measured.darkness - print) / (1 - print), 0.2, 0.12..<0.28)
    }

    /// Boxes that belong together: those that nobody marked show how dark this sheet is printed.
    static func all(_ measured: [MarkMeasurement]) -> [MarkInk] {
        let ratios = measured.filter { $0.isFullOfPrint && $0.printed > 0 }.map { $0.darkness / $0.printed }.sorted()
        // The lower quarter is unmarked even where most are; of two or three nothing can be learned.
        let gain = ratios.count < 4 ? 1 : min(max(ratios[(ratios.count - 1) / 4], 0.5), 2)
        return measured.map { MarkInk($0, gain: gain) }
    }
}

extension MarkMeasurement {
    /// Whether so much is printed in the box that ink beside the print says nothing.
    fileprivate var isFullOfPrint: Bool { free < 0.35 }
}
