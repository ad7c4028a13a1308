import Forms
import Support

extension FieldFinder {
    /// Small square frames with nothing in them.
    mutating func findMarks() {
        for (index, region) in page.regions.enumerated() where isMark(index, region) {
            marks.append(MarkBox(region: index, box: framed(region.box), around: regionAround(region.box)))
        }
        // Three side by side that share their walls are cells to write in.
        let linked = Set(marks.filter { neighbours(of: $0).count >= 2 }.map(\.region))
        marks.removeAll { linked.contains($0.region) }
        used.formUnion(marks.map(\.region))
    }

    private func isMark(_ index: Int, _ region: PrintedPage.Region) -> Bool {
        let box = region.box
        return box.width > 2.2 && box.height > 2.2 && box.width < 7.6 && box.height < 7.6
            && box.width / box.height > 0.7 && box.width / box.height < 1.42 && region.fullness > 0.86
            && linesIn[index] == nil && !page.lines.contains { $0.box.meets(box.insetBy(0.5)) } && !hasDottedFrame(box)
    }

    /// The others of the same size in a row that is linked by shared walls.
    private func neighbours(of mark: MarkBox) -> [MarkBox] {
        var row = [mark]
        var next = 0
        while next < row.count {
            let one = row[next].box
            row += marks.filter { other in
                let gap = max(other.box.x - one.maxX, one.x - other.box.maxX)
                return abs(gap) < 0.45 && abs(other.box.y - one.y) < 0.5 && abs(other.box.height - one.height) < 0.5
                    && !row.contains { $0.region == other.region }
            }
            next += 1
        }
        return Array(row.dropFirst())
    }

    /// Finds the words of each box: right of it, else above or below it, else at the head of its column.
    ///
    /// - Parameter anywhere: Whether words in other frames count as well.
    mutating func labelMarks(anywhere: Bool = false) {
        if anywhere { for index in marks.indices { marks[index].around = nil } } else { findLeaders() }
        for index in marks.indices {
            if let line = lineRight(of: marks[index]) {
                take(line, for: index, headed: false)
            } else if let line = lineAbove(marks[index], within: 4.5) ?? lineBelow(marks[index], within: 4) {
                take(line, for: index, headed: false)
            } else if let line = headOfColumn(marks[index]) {
                take(line, for: index, headed: true)
            } else if let line = lineLeft(of: marks[index]) {
                take(line, for: index, headed: false)
            }
        }
    }

    private mutating func take(_ line: Int, for mark: Int, headed: Bool) {
        marks[mark].line = line
        marks[mark].isHeaded = headed
        var text = page.lines[line].text
        // The next line of the same words.
        let isAbove =
            page.lines[line].box.maxY < marks[mark].box.midY - 1 && page.lines[line].box.maxX > marks[mark].box.x
        if isAbove, let first = beginning(of: line) { text = page.lines[first].text + " " + text }
        if !isAbove, let more = continuation(of: line) {
            text += " " + page.lines[more].text
            owned.insert(more)
        }
        marks[mark].label = text
        owned.insert(line)
    }

    /// A line that begins right under `line` and goes on with its sentence.
    private func continuation(of line: Int) -> Int? {
        let first = page.lines[line].box
        return page.lines.indices.first { index in
            let box = page.lines[index].box
            return abs(box.x - first.x) < 0.8 && box.y > first.midY && box.y - first.maxY < 1.6
                && !marks.contains {
                    $0.box.level(with: box) > 0.6 && $0.box.maxX < box.x + 1 && box.x - $0.box.maxX < 6
                }
        }
    }

    /// The line right above `line` in a narrow heading of two lines.
    private func beginning(of line: Int) -> Int? {
        let second = page.lines[line].box
        return page.lines.indices.first { index in
            let box = page.lines[index].box
            return index != line && box.width < 32 && second.y - box.maxY < 1.2 && box.midY < second.y
                && box.inColumn(with: second) > 0.7 && page.lines[index].hasLetters
        }
    }

    private func lineRight(of mark: MarkBox) -> Int? {
        let next = marks.filter { $0.box.level(with: mark.box) > 0.5 && $0.box.x > mark.box.maxX }.map(\.box.x).min()
        return page.lines.indices.filter { index in
            let box = page.lines[index].box
            return box.level(with: mark.box) > 0.45 && box.x > mark.box.maxX - 0.6 && box.x - mark.box.maxX < 6.5
                && box.x < (next ?? .infinity) && page.lines[index].text.contains { $0.isLetter || $0.isNumber }
                && isAround(mark, box.x - 0.3, box.midY)
        }.min { page.lines[$0].box.x < page.lines[$1].box.x }
    }

    private func isAround(_ mark: MarkBox, _ x: Double, _ y: Double) -> Bool {
        mark.around == nil || page.map[x, y] == mark.around
    }

    private func lineLeft(of mark: MarkBox) -> Int? {
        let before = marks.filter { $0.box.level(with: mark.box) > 0.5 && $0.box.maxX < mark.box.x }.map(\.box.maxX)
            .max()
        return page.lines.indices.filter { index in
            let box = page.lines[index].box
            return box.level(with: mark.box) > 0.45 && box.maxX < mark.box.x + 0.5 && box.maxX > (before ?? 0)
                && !owned.contains(index)
        }.max { page.lines[$0].box.maxX < page.lines[$1].box.maxX }
    }

    private func lineAbove(_ mark: MarkBox, within reach: Double) -> Int? {
        page.lines.indices.filter { index in
            let line = page.lines[index].box
            let gap = mark.box.y - line.maxY
            return gap > -0.6 && gap < reach && line.width < 30
                && abs(line.midX - mark.box.midX) < max(3, line.width / 2 + 1)
                && line.x < mark.box.maxX && line.maxX > mark.box.x && isAround(mark, line.midX, line.maxY + 0.2)
                && !isLabelRightOfAnother(index)
        }.max { page.lines[$0].box.maxY < page.lines[$1].box.maxY }
    }

    private func lineBelow(_ mark: MarkBox, within reach: Double) -> Int? {
        page.lines.indices.filter { index in
            let line = page.lines[index].box
            let gap = line.y - mark.box.maxY
            return gap > -0.6 && gap < reach && line.x < mark.box.maxX + 1 && line.maxX > mark.box.x - 1
                && line.x > mark.box.x - 8 && !isLabelRightOfAnother(index)
        }.min { page.lines[$0].box.y < page.lines[$1].box.y }
    }

    func isLabelRightOfAnother(_ line: Int) -> Bool {
        let box = page.lines[line].box
        return marks.contains {
            $0.box.level(with: box) > 0.5 && box.x - $0.box.maxX > -0.6 && box.x - $0.box.maxX < 6.5
        }
    }

    private func headOfColumn(_ mark: MarkBox) -> Int? {
        page.lines.indices.filter { index in
            let line = page.lines[index].box
            return line.maxY < mark.box.y && line.width < 32 && line.x < mark.box.midX && line.maxX > mark.box.midX
                && abs(line.midX - mark.box.midX) < 6 && isColumnClear(from: line.maxY, to: mark.box)
        }.max { page.lines[$0].box.maxY < page.lines[$1].box.maxY }
    }

    /// Whether only other boxes stand between a heading and `box`.
    private func isColumnClear(from top: Double, to box: MillimetreRect) -> Bool {
        let strip = MillimetreRect(left: box.midX - 1, top: top + 0.1, right: box.midX + 1, bottom: box.y - 0.1)
        return !page.lines.contains { $0.box.meets(strip) }
    }

    /// Lines that lead from words to a box are nothing to write on.
    ///
    /// A blurred row of dots may look like a whole line.
    mutating func findLeaders() {
        for (index, rule) in page.rules.enumerated() where !rule.isVertical {
            let isLed = page.lines.contains {
                $0.box.maxX > rule.box.x - 4 && $0.box.x < rule.box.x && $0.box.y < rule.box.maxY
                    && $0.box.maxY > rule.box.y - 1.5
            }
            let leads = marks.contains {
                $0.box.y - 1.5 < rule.box.midY && $0.box.maxY + 2.5 > rule.box.midY
                    && $0.box.x > rule.box.maxX - 2 && $0.box.x - rule.box.maxX < 15
            }
            if isLed && leads { leaders.insert(index) }
        }
    }
}
