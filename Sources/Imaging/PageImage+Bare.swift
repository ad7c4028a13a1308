extension PageImage {
    /// Whether there is nothing at all on the page: not a faint stroke, not a dot.
    ///
    /// Meant for leaving a page out without a person, so that every doubt is a no: shadows, dirt, and print that shines
    /// through from the other side are something. The outermost 2 mm do not count.
    public var isBare: Bool {
        // About 100 dpi: paper's grain is gone, a dot of half a millimetre is not.
        let step = max(1, Int(((resolution ?? Double(width) / 8.27) / 100).rounded()))
        let (columns, rows) = (width / step, height / step)
        let margin = 8
        guard columns > 4 * margin, rows > 4 * margin else { return false }
        let cells = darkness(step: step, columns: columns, rows: rows)
        let side = 16
        var paper: [UInt8] = []
        var tiles: [(paper: UInt8, marks: Int)] = []
        for top in stride(from: margin, to: rows - margin, by: side) {
            for left in stride(from: margin, to: columns - margin, by: side) {
                var tile: [UInt8] = []
                for row in top..<min(top + side, rows - margin) {
                    tile += cells[(row * columns + left)..<(row * columns + min(left + side, columns - margin))]
                }
                let middle = tile.sorted()[tile.count / 2]
                tiles.append((middle, tile.count { Int($0) < Int(middle) - 10 }))
                paper.append(middle)
            }
        }
        let white = paper.sorted()[paper.count / 2]
        // A dark page is no paper, and a dark tile is covered with something.
        return white >= 160 && tiles.allSatisfy { $0.marks < 3 && Int($0.paper) >= Int(white) - 20 }
    }

    /// The mean of each block of `step` pixels square, by the darkest channel: pale ink is dark in one of them.
    private func darkness(step: Int, columns: Int, rows: Int) -> [UInt8] {
        let source = pixels.span
        let count = channels.rawValue
        var sums = [Int](repeating: 0, count: columns)
        var cells: [UInt8] = []
        cells.reserveCapacity(columns * rows)
        for row in 0..<rows {
            for column in 0..<columns { sums[column] = 0 }
            for line in (row * step)..<((row + 1) * step) {
                var position = line * width * count
                for column in 0..<columns {
                    for _ in 0..<step {
                        var level = source[position]
                        if count == 3 { level = min(level, source[position + 1], source[position + 2]) }
                        sums[column] += Int(level)
                        position += count
                    }
                }
            }
            for column in 0..<columns { cells.append(UInt8(sums[column] / (step * step))) }
        }
        return cells
    }
}
