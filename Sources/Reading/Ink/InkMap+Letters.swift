import Imaging

extension Collection<InkMap.Component> {
    /// How high a letter is among these strokes, in pixels; `nil` where none is high enough for one.
    var usualHeight: Double? {
        let heights = map(\.height).filter { $0 >= InkMap.Component.leastLetter }.sorted()
        return heights.isEmpty ? nil : Double(heights[heights.count / 2])
    }
}

extension InkMap.Component {
    /// In pixels at 300 dpi: the x-height of 5 point type.
    fileprivate static let leastLetter = 11
}

extension InkMap {
    /// In pixels at 300 dpi: less is a speck.
    private static let leastMark = 6
    /// Each of two side by side: no specks lie so by chance.
    private static let leastOfTwo = 3

    /// Finds the dots, rings and accents that stand over letters, and near to them; two fine dots are one however small.
    ///
    /// - Parameter height: How high letters are there, in pixels.
    /// - Returns: Places in ``components``.
    func marks(whereLettersAre height: Double) -> [Int] {
        let small = components.indices.filter { isOverLetter(components[$0], height) }
        return small.filter { place in
            let part = components[place]
            return part.area >= Self.leastMark
                || small.contains { other in
                    let beside = components[other]
                    return other != place && abs(beside.centerY - part.centerY) <= 2
                        && abs(beside.centerX - part.centerX) <= 0.6 * height
                }
        }
    }

    /// Letters that are joined to one another do not matter: only what lies right above and below does.
    private func isOverLetter(_ part: Component, _ height: Double) -> Bool {
        guard part.area >= Self.leastOfTwo, Double(part.height) <= 0.4 * height, Double(part.width) <= 0.7 * height,
            Double(part.area) >= 0.004 * height * height
        else { return false }
        let reach = Int(0.6 * height)
        let columns = max(0, part.minX - 1)...min(image.width - 1, part.maxX + 1)
        return !hasInk(inRows: part.minY - reach..<part.minY, columns)
            && hasInk(inRows: part.maxY + 1..<part.maxY + 1 + reach, columns)
    }

    private func hasInk(inRows rows: Range<Int>, _ columns: ClosedRange<Int>) -> Bool {
        rows.clamped(to: 0..<image.height).contains { row in
            columns.contains { image.pixels[row * image.width + $0] < threshold }
        }
    }
}
