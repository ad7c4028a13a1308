import Imaging

/// The dots and rings that stand above letters.
///
/// They are what readers lose most easily: `Ä` becomes `A` for all of them at once, so that they agree on a wrong word.
struct MarksAbove {
    /// How many letters of a line have something above them; two dots of one letter count once.
    let count: Int

    /// - Parameter line: Grey, dark on 255, one line of writing.
    init(in line: PageImage) {
        let ink = InkMap(line)
        guard let letter = ink.components.usualHeight else {
            count = 0
            return
        }
        let places = ink.marks(whereLettersAre: letter).map { ink.components[$0].centerX }.sorted()
        // The dots of one letter stand closer together than letters do.
        count = zip(places, places.dropFirst()).count { $1 - $0 > 0.6 * letter } + (places.isEmpty ? 0 : 1)
    }

    /// How many letters of a text have something above them.
    static func expected(in text: String) -> Int { text.count { above.contains($0) } }

    /// Letters with dots, rings and accents, and signs that stand high or have one part above another.
    private static let above = Set("åäöÅÄÖéÉèÈêÊëËüÜûÛïÏîÎôÔáÁàÀâÂñÑijøØæÆšŠžŽčČ'\"´`^°*%!?:;=“”’")
}
