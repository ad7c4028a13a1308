import Forms
import Support

extension FieldFinder {
    /// Where a label stands, seen from its field.
    enum Side { case left, above, below }

    /// The nearest words beside `box` that name nothing yet; they are taken.
    mutating func label(for box: MillimetreRect, signs: [Side]) -> String? {
        for side in signs {
            guard let line = nearest(side, of: box) else { continue }
            owned.insert(line)
            return page.lines[line].text
        }
        return nil
    }

    private func nearest(_ side: Side, of box: MillimetreRect) -> Int? {
        let candidates = page.lines.indices.filter { page.lines[$0].hasLetters || page.lines[$0].text.isEmpty }
        switch side {
        case .left:
            return candidates.filter { index in
                let line = page.lines[index].box
                return !isOfAMark(index) && !isLabelRightOfAnother(index) && line.level(with: box) > 0.6
                    && line.maxX < box.x + 1 && box.x - line.maxX < 45
                    && isClear(MillimetreRect(left: line.maxX + 0.1, top: line.y, right: box.x - 1, bottom: line.maxY))
            }.max { page.lines[$0].box.maxX < page.lines[$1].box.maxX }
        case .above:
            return candidates.filter { index in
                let line = page.lines[index].box
                return !isOfAMark(index) && line.inColumn(with: box) > 0.4 && box.y - line.maxY > -0.5
                    && box.y - line.maxY < 5
            }.max { page.lines[$0].box.maxY < page.lines[$1].box.maxY }
        case .below:
            return candidates.filter { index in
                let line = page.lines[index].box
                return !isOfAMark(index) && !owned.contains(index) && line.inColumn(with: box) > 0.5
                    && line.y - box.maxY > -0.6
                    && line.y - box.maxY < 3.2
            }.min { page.lines[$0].box.y < page.lines[$1].box.y }
        }
    }

    /// What a unit printed behind a field says of its type.
    mutating func typeBesideUnit(_ type: FieldType, _ box: MillimetreRect) -> FieldType {
        guard type == .text || type == .digits || type == .integer,
            let unit = page.lines.indices.first(where: { index in
                let line = page.lines[index]
                return line.box.level(with: box) > 0.6 && line.box.x > box.maxX - 0.5 && line.box.x - box.maxX < 4
                    && Self.currencies.contains(line.words.joined(separator: " "))
            })
        else { return type }
        owned.insert(unit)
        return .amount
    }

    private static let currencies: Set = ["kr", "kronor", "sek", "kr/mån", "kr/månad", "kr per månad"]

    private func isOfAMark(_ line: Int) -> Bool { marks.contains { $0.line == line } }

    private func isClear(_ strip: MillimetreRect) -> Bool {
        strip.width <= 0
            || (!page.rules.contains { $0.isVertical && $0.box.meets(strip) }
                && !proposals.contains { $0.places.contains { $0.meets(strip) } }
                && !marks.contains { $0.box.meets(strip) })
    }
}
