import COpenCV
import Support

/// A place where a scan's print is not that of its blank.
struct PrintChange {
    /// In millimetres on the blank.
    let box: MillimetreRect

    /// What a search writes into places for as many as `most`.
    ///
    /// - Parameters:
    ///   - most: How many at most.
    ///   - search: Writes them, and gives how many, or less than 0.
    /// - Returns: What was found, as the search orders it.
    /// - Throws: What OpenCV throws.
    static func found(
        most: Int, _ search: (_ places: UnsafeMutablePointer<copencv_change>, _ capacity: Int32) -> Int32
    ) throws(VisionError) -> [PrintChange] {
        var places = [copencv_change](repeating: copencv_change(), count: most)
        let count = try check(search(&places, Int32(most)))
        return places[..<Int(count)].map(PrintChange.init)
    }

    private init(_ change: copencv_change) {
        box = MillimetreRect(x: change.x, y: change.y, width: change.width, height: change.height)
    }
}

extension [PrintChange] {
    /// What a person would call the places: neighbours on a line joined, from the top down, rounded to tenths of a millimetre.
    ///
    /// - Returns: Boxes in millimetres on the blank, at most ``mostAreas``.
    func areas() -> [MillimetreRect] {
        var areas: [MillimetreRect] = []
        for change in self {
            var area = change.box
            while let near = areas.firstIndex(where: { $0.isBeside(area) }) {
                area = area.union(areas.remove(at: near))
            }
            areas.append(area)
        }
        func round(_ value: Double) -> Double { (value * 10).rounded() / 10 }
        return areas.sorted { ($0.y, $0.x) < ($1.y, $1.x) }.prefix(Self.mostAreas).map { area in
            MillimetreRect(x: round(area.x), y: round(area.y), width: round(area.width), height: round(area.height))
        }
    }

    private static var mostAreas: Int { 12 }

    /// Of letters that are others: whether there are so many in one place that no dirt on the paper explains it.
    var isOtherText: Bool {
        contains { letter in count { $0.box.isBeside(letter.box, within: 12) } >= 3 }
    }
}

extension MillimetreRect {
    /// Whether another box lies on the same line of text, next to this.
    fileprivate func isBeside(_ other: MillimetreRect, within gap: Double = 4) -> Bool {
        max(height, other.height) < Self.highestLine && x < other.maxX + gap && other.x < maxX + gap
            && y < other.maxY + 1 && other.y < maxY + 1
    }

    private static var highestLine: Double { 10 }
}
