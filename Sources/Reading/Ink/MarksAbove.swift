import Imaging

/// The dots and rings that stand above letters.
///
/// They are what readers lose most easily: `Ä` becomes `A` for all of them at once, so that they agree on a wrong word.
struct MarksAbove {
    /// How many letters of a line have something above them; two dots of one letter count once.
    let count: Int

    /// - Parameter line: Grey, dark on 255, one line of writing.
    init(in line: PageImage) {
        let parts = InkMap(line).components.filter { $0.area >= Self.leastArea }
        guard let letter = parts.usualHeight else {
            count = 0
            return
        }
        let letters = parts.filter { Double($0.height) >= 0.6 * letter }
        let places = parts.filter { part in letters.contains { part.isMark(above: $0, letter) } }
            .map(\.centerX).sorted()
        // The dots of one letter stand closer together than letters do.
        count = zip(places, places.dropFirst()).count { $1 - $0 > 0.6 * letter } + (places.isEmpty ? 0 : 1)
    }

    /// In pixels at 300 dpi: less is a speck.
    private static let leastArea = 6

    /// How many letters of a text have something above them.
    static func expected(in text: String) -> Int { text.count { above.contains($0) } }

    /// Letters with dots, rings and accents, and signs that stand high or have one part above another.
    private static let above = Set("åäöÅÄÖéÉèÈêÊëËüÜûÛïÏîÎôÔáÁàÀâÂñÑijøØæÆšŠžŽčČ'\"´`^°*%!?:;=“”’")
}
