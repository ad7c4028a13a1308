import Support
import Teaching

/// A page of rules and words, with the regions that the rules enclose, as the vision would tell it.
struct DrawnPage {
    private var rules: [PrintedPage.Rule] = []
    private var lines: [TextLine] = []
    private let width = 210.0
    private let height = 297.0

    /// A line of print whose letters are `size` millimetres high.
    mutating func write(_ text: String, x: Double, y: Double, size: Double = 2.6) {
        let box = MillimetreRect(x: x, y: y, width: Double(text.count) * size * 0.62, height: size)
        lines.append(TextLine(box: box, text: text))
    }

    mutating func across(x: Double, y: Double, width: Double, dotted: Bool = false) {
        rules.append(
            .init(box: MillimetreRect(x: x, y: y, width: width, height: 0.3), isVertical: false, isDotted: dotted))
    }

    mutating func down(x: Double, y: Double, height: Double, dotted: Bool = false) {
        rules.append(
            .init(box: MillimetreRect(x: x, y: y, width: 0.3, height: height), isVertical: true, isDotted: dotted))
    }

    mutating func frame(x: Double, y: Double, width: Double, height: Double) {
        across(x: x, y: y, width: width + 0.3)
        across(x: x, y: y + height, width: width + 0.3)
        down(x: x, y: y, height: height + 0.3)
        down(x: x + width, y: y, height: height + 0.3)
    }

    /// The page, its white regions filled by a flood from each place that none has reached.
    var page: PrintedPage {
        let scale = 5.0
        let (columns, rows) = (Int(width * scale), Int(height * scale))
        var map = [Int16](repeating: -2, count: columns * rows)
        for rule in rules {
            let box = rule.box
            for row in max(0, Int(box.y * scale))...min(rows - 1, Int((box.y + box.height) * scale)) {
                for column in max(0, Int(box.x * scale))...min(columns - 1, Int((box.x + box.width) * scale)) {
                    map[row * columns + column] = -1
                }
            }
        }
        var regions: [PrintedPage.Region] = []
        for start in map.indices where map[start] == -2 {
            var (left, top, right, bottom, count) = (columns, rows, 0, 0, 0)
            var open = [start]
            map[start] = Int16(regions.count)
            while let place = open.popLast() {
                let (row, column) = (place / columns, place % columns)
                (left, right, top, bottom) = (min(left, column), max(right, column), min(top, row), max(bottom, row))
                count += 1
                for (r, c) in [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
                where r >= 0 && c >= 0 && r < rows && c < columns && map[r * columns + c] == -2 {
                    map[r * columns + c] = Int16(regions.count)
                    open.append(r * columns + c)
                }
            }
            let box = MillimetreRect(
                x: Double(left) / scale, y: Double(top) / scale, width: Double(right - left + 1) / scale,
                height: Double(bottom - top + 1) / scale)
            regions.append(.init(box: box, area: Double(count) / scale / scale))
        }
        return PrintedPage(
            width: width, height: height, rules: rules, regions: regions,
            map: RegionMap(width: columns, height: rows, cellsPerMillimetre: scale, indices: map), lines: lines)
    }
}
