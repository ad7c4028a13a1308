import Forms
import Support

extension FieldFinder {
    /// White space outside of frames that words ask to be written in.
    mutating func findBlanks() {
        let heights = page.lines.filter(\.hasLetters).map(\.box.height).sorted()
        let usual = heights.isEmpty ? 4 : heights[heights.count / 2]
        for index in page.lines.indices where !owned.contains(index) {
            let line = page.lines[index]
            // Headings ask for nothing themselves.
            guard line.box.height < 1.45 * usual, let region = Self.regionOf(line, page), ground.contains(region),
                line.hasLetters, line.box.width > line.box.height
            else { continue }
            let meaning = LabelMeaning(line.text)
            let asks = line.text.hasSuffix(":") || line.text.hasSuffix("?")
            guard asks || meaning.isKnown || LabelMeaning.asksForWriting(line), isLastOfItsSentence(index) else {
                continue
            }
            let edge = rightEdge(near: line.box)
            if let room = blankBelow(line.box, edge: edge, region), asks || LabelMeaning.asksForWriting(line),
                room.height > 9
            {
                owned.insert(index)
                addText(room, line.text)
            } else if asks, let room = blankRight(of: line.box, edge: edge) {
                owned.insert(index)
                addText(room, line.text)
            } else if meaning.isKnown, meaning.type != .text || meaning.isSignature,
                let room = blankBelow(line.box, edge: edge, region), room.height > 5.4
            {
                owned.insert(index)
                let width = min(room.width, Self.widths[meaning.type] ?? .infinity)
                addText(
                    MillimetreRect(x: room.x, y: room.y + 0.4, width: width, height: min(room.height - 0.6, 6)),
                    line.text)
            }
        }
    }

    /// How much room a value of some types takes at most, in millimetres.
    private static let widths: [FieldType: Double] = [.personnummer: 50, .date: 45, .postnummer: 30, .time: 25]

    private static func regionOf(_ line: TextLine, _ page: PrintedPage) -> Int? {
        page.map[line.box.x - 0.3, line.box.midY] ?? page.map[line.box.maxX + 0.3, line.box.midY]
    }

    private func isLastOfItsSentence(_ index: Int) -> Bool {
        let line = page.lines[index].box
        return !page.lines.indices.contains { other in
            let box = page.lines[other].box
            return other != index && box.y > line.midY && box.y - line.maxY < 1.7 && abs(box.x - line.x) < 4
        }
    }

    /// Where the column of text ends that `line` is in.
    private func rightEdge(near line: MillimetreRect) -> Double {
        let wide = page.lines.map(\.box).filter { $0.width > 60 && $0.x < line.maxX && $0.maxX > line.x }
        let led = leaders.map { page.rules[$0].box }
        return min(max(line.maxX, (wide + led).map(\.maxX).max() ?? 0), page.width - 8)
    }

    private func blankBelow(_ line: MillimetreRect, edge: Double, _ region: Int) -> MillimetreRect? {
        let next = page.lines.map(\.box).filter { $0.level(with: line) > 0.5 && $0.x > line.maxX }.map(\.x).min()
        let right = min(max(edge, line.maxX + 20), (next ?? .infinity) - 2, page.width - 8)
        return largestRoom(
            MillimetreRect(
                left: line.x - 0.3, top: line.maxY + 0.3, right: right, bottom: min(line.maxY + 70, page.height - 8)),
            leastHeight: 5, in: region)
    }

    private func blankRight(of line: MillimetreRect, edge: Double) -> MillimetreRect? {
        let row = MillimetreRect(left: line.maxX + 0.8, top: line.midY - 2.6, right: edge, bottom: line.midY + 2.4)
        guard row.width > 25 else { return nil }
        let first = obstacles(in: row).map(\.x).min() ?? .infinity
        let room = MillimetreRect(left: row.x, top: row.y, right: min(row.maxX, first - 1), bottom: row.maxY)
        return room.width > 25 ? room : nil
    }
}
