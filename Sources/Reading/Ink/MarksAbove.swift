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
        let heights = parts.map(\.height).filter { $0 >= Self.leastLetter }.sorted()
        guard !heights.isEmpty else {
            count = 0
            return
        }
        let letter = Double(heights[heights.count / 2])
        let letters = parts.filter { Double($0.height) >= 0.6 * letter }
        let places = parts.filter { part in
            Double(part.height) <= 0.4 * letter && Double(part.width) <= 0.7 * letter
                && Double(part.area) >= 0.004 * letter * letter && letters.contains { part.isAbove($0, letter) }
        }.map(\.centerX).sorted()
        // The dots of one letter stand closer together than letters do.
        count = zip(places, places.dropFirst()).count { $1 - $0 > 0.6 * letter } + (places.isEmpty ? 0 : 1)
    }

    /// In pixels at 300 dpi: less is a speck.
    private static let leastArea = 6
    /// In pixels at 300 dpi: the x-height of 5 point type.
    private static let leastLetter = 11

    /// How many letters of a text have something above them.
    static func expected(in text: String) -> Int { text.count { above.contains($0) } }

    /// Letters with dots, rings and accents, and signs that stand high or have one part above another.
    private static let above = Set("åäöÅÄÖéÉèÈêÊëËüÜûÛïÏîÎôÔáÁàÀâÂñÑijøØæÆšŠžŽčČ'\"´`^°*%!?:;=“”’")
}

extension InkMap.Component {
    /// Whether it stands over a letter, and near to it.
    fileprivate func isAbove(_ letter: InkMap.Component, _ height: Double) -> Bool {
        let slack = 0.15 * Double(letter.width)
        return centerX >= Double(letter.minX) - slack && centerX <= Double(letter.maxX) + slack
            && Double(maxY) <= Double(letter.minY) + 0.25 * Double(letter.height)
            && Double(maxY) >= Double(letter.minY) - 0.6 * height
    }
}
