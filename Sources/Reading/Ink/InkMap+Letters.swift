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

    /// Compares its size and place with a letter's.
    ///
    /// - Parameters:
    ///   - letter: A stroke as high as letters are.
    ///   - height: How high letters are, in pixels.
    /// - Returns: Whether it is a dot, a ring or an accent over the letter, and near to it.
    func isMark(above letter: InkMap.Component, _ height: Double) -> Bool {
        let slack = 0.15 * Double(letter.width)
        let isSmall =
            Double(self.height) <= 0.4 * height && Double(width) <= 0.7 * height
            && Double(area) >= 0.004 * height * height
        return isSmall && centerX >= Double(letter.minX) - slack && centerX <= Double(letter.maxX) + slack
            && Double(maxY) <= Double(letter.minY) + 0.25 * Double(letter.height)
            && Double(maxY) >= Double(letter.minY) - 0.6 * height
    }
}
