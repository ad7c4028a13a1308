import Forms
import Support

extension FieldFinder {
    /// Puts boxes together that answer one question.
    mutating func groupMarks() {
        var rows: [[Int]] = []
        for index in marks.indices.sorted(by: {
            (marks[$0].box.x, marks[$0].box.y) < (marks[$1].box.x, marks[$1].box.y)
        }) {
            let row = rows.firstIndex { row in
                let last = marks[row[row.count - 1]]
                return isBeside(last, marks[index])
            }
            if let row { rows[row].append(index) } else { rows.append([index]) }
        }
        rows.sort { marks[$0[0]].box.y < marks[$1[0]].box.y }
        var groups: [[Int]] = []
        for row in rows {
            let above = groups.lastIndex { group in
                let last = marks[group[group.count - 1]]
                let first = marks[row[0]]
                let gap = first.box.y - last.box.maxY
                // Rows of boxes under one heading each answer a question of their own.
                // Words go on to the next row of boxes further than sentences, of which each says something of its own.
                let reach = [first, last].allSatisfy { $0.label.split(separator: " ").count <= 3 } ? 6.5 : 5.5
                return !first.isHeaded && !last.isHeaded && first.around == last.around && gap > -0.5 && gap < reach
                    && group.contains { abs(marks[$0].box.x - first.box.x) < 1.5 } && !isYesNo(row) && !isYesNo(group)
            }
            if let above { groups[above] += row } else { groups.append(row) }
        }
        for group in groups { add(group) }
    }

    private func isBeside(_ first: MarkBox, _ second: MarkBox) -> Bool {
        let gap = second.box.x - first.box.maxX
        guard first.box.level(with: second.box) > 0.6, gap > 0, gap < 60 else { return false }
        if first.around == second.around {
            // Words between two boxes that are no label of a box part them.
            let strip = MillimetreRect(
                left: first.box.maxX + 0.2, top: max(first.box.y, second.box.y) + 0.8, right: second.box.x - 0.2,
                bottom: min(first.box.maxY, second.box.maxY) - 0.8)
            return !page.lines.indices.contains { index in
                page.lines[index].box.meets(strip) && !marks.contains { $0.line == index } && !isContinuation(index)
            }
        }
        // One box in each cell of a row.
        guard let a = first.around, let b = second.around, !ground.contains(a), !ground.contains(b) else {
            return false
        }
        let (left, right) = (page.regions[a].box, page.regions[b].box)
        return abs(left.y - right.y) < 1 && abs(left.height - right.height) < 1 && right.x - left.maxX < 1
            && right.x - left.maxX > -0.2 && left.width < 25 && right.width < 25
    }

    private func isContinuation(_ line: Int) -> Bool { owned.contains(line) }

    private func isYesNo(_ group: [Int]) -> Bool {
        let words = Set(group.compactMap { TextLine(box: marks[$0].box, text: marks[$0].label).words.first })
        return words.contains("ja") && words.contains("nej") || words.contains("yes") && words.contains("no")
    }

    private mutating func add(_ group: [Int]) {
        let boxes = group.map { marks[$0].box }
        let whole = boxes.dropFirst().reduce(boxes[0]) { $0.union($1) }
        let around = marks[group[0]].around.map { page.regions[$0].box }
        guard group.count > 1 else {
            var field = Proposal(.checkbox, boxes[0], label: marks[group[0]].label)
            if marks[group[0]].isHeaded, let row = question(of: whole, around) { field.label = row + " " + field.label }
            field.type = .boolean
            proposals.append(field)
            return
        }
        var field = Proposal(.choice, whole)
        field.label = question(of: whole, around) ?? ""
        field.options = group.map { Proposal.Option(label: marks[$0].label, box: marks[$0].box) }
        let isOneRow = boxes.allSatisfy { $0.level(with: boxes[0]) > 0.6 }
        field.select =
            PrintedLabel(field.label).select
            ?? (isYesNo(group) || (isOneRow && group.count <= 3) ? .one : .any)
        proposals.append(field)
    }

    /// The words before a row of boxes, or above it.
    private mutating func question(of box: MillimetreRect, _ around: MillimetreRect?) -> String? {
        let labels = Set(marks.compactMap(\.line))
        let left = page.lines.indices.filter { index in
            let line = page.lines[index].box
            return !labels.contains(index) && page.lines[index].hasLetters && line.level(with: box) > 0.3
                && line.maxX < box.x + 0.5
        }.max { page.lines[$0].box.maxX < page.lines[$1].box.maxX }
        let above = page.lines.indices.filter { index in
            let line = page.lines[index].box
            return !labels.contains(index) && page.lines[index].hasLetters && line.maxY < box.y + 0.6
                && box.y - line.maxY < 9
                && line.x < box.maxX && line.maxX > box.x - 12
        }.max { page.lines[$0].box.maxY < page.lines[$1].box.maxY }
        guard let line = left ?? above else { return nil }
        owned.insert(line)
        // A question of several lines: all of them.
        var words = [page.lines[line].text]
        var top = page.lines[line].box
        for index in page.lines.indices.reversed() where words.count < 3 {
            let upper = page.lines[index].box
            guard upper.maxY < top.midY, top.y - upper.maxY < 1.6, top.y - upper.maxY > -1, abs(upper.x - top.x) < 6,
                !owned.contains(index), page.lines[index].text.last.map({ $0.isLowercase || $0 == "," }) == true
            else { continue }
            words.insert(page.lines[index].text, at: 0)
            owned.insert(index)
            top = upper
        }
        return words.joined(separator: " ")
    }
}
