import Forms
import Support

extension FieldFinder {
    mutating func findCombs() {
        findTickedCombs()
        findCellRows()
        findDottedCells()
    }

    /// A frame with short uprights at even distances.
    private mutating func findTickedCombs() {
        for (index, region) in page.regions.enumerated() {
            let box = region.box
            guard !ground.contains(index), !used.contains(index), box.height > 3.6, box.height < 14, box.width > 9
            else { continue }
            let ticks = page.rules.filter { rule in
                rule.isVertical && rule.box.midX > box.x + 1.2 && rule.box.midX < box.maxX - 1.2
                    && rule.box.y > box.y - 1 && rule.box.maxY < box.maxY + 1 && rule.box.height < box.height
                    && rule.box.height > 0.2 * box.height && !marks.contains { $0.box.insetBy(-0.6).meets(rule.box) }
                    // From the lower edge, or all from the upper.
                    && (rule.box.maxY > box.maxY - 1.4 || rule.box.y < box.y + 1.4)
            }.map(\.box.midX).sorted()
            guard let cells = evenCells(from: ticks, left: box.x, right: box.maxX) else { continue }
            used.insert(index)
            addComb(framed(box), cells: cells, region: index)
        }
    }

    /// How many equal cells uprights at these places make; `nil` when they are not even.
    private func evenCells(from ticks: [Double], left: Double, right: Double) -> Int? {
        guard ticks.count >= 2 else { return nil }
        let edges = [left] + ticks + [right]
        let steps = zip(edges, edges.dropFirst()).map { $1 - $0 }
        let pitch = steps.sorted()[steps.count / 2]
        guard pitch > 2.4, pitch < 12 else { return nil }
        // An upright that was not seen leaves a step of two.
        let isEven = steps.allSatisfy { step in
            let count = (step / pitch).rounded()
            return count >= 1 && abs(step - count * pitch) < 0.22 * pitch
        }
        let cells = Int(((right - left) / pitch).rounded())
        return isEven && steps.count * 10 >= cells * 7 ? cells : nil
    }

    private mutating func addComb(_ box: MillimetreRect, cells: Int, region: Int) {
        // What is printed in a cell is not for writing: "20" before a year, hyphens.
        let width = box.width / Double(cells)
        let printed = (0..<cells).map { cell in
            let left = box.x + Double(cell) * width
            let inside = MillimetreRect(
                left: left + 0.5, top: box.y + 0.5, right: left + width - 0.5, bottom: box.maxY - 0.5)
            return page.lines.contains { $0.box.meets(inside) }
        }
        let open = (0..<cells).filter { !printed[$0] }
        guard let first = open.first, let last = open.last, open.count >= 2 || cells == open.count else { return }
        for line in page.lines.indices where page.lines[line].box.meets(box.insetBy(0.5)) { owned.insert(line) }
        var comb = Proposal(
            .comb,
            MillimetreRect(
                left: box.x + Double(first) * width, top: box.y, right: box.x + Double(last + 1) * width,
                bottom: box.maxY))
        if open.count == last - first + 1 {
            comb.cells = open.count
        } else {
            comb.cellBoxes = open.map {
                MillimetreRect(x: box.x + Double($0) * width, y: box.y, width: width, height: box.height)
            }
            comb.cells = open.count
        }
        add(&comb, labelledFrom: box)
    }

    /// Equal cells side by side that share their walls.
    private mutating func findCellRows() {
        let cells = page.regions.indices.filter { index in
            let box = page.regions[index].box
            return !used.contains(index) && page.regions[index].fullness > 0.86 && box.width > 2.4 && box.width < 11
                && box.height > 3.4 && box.height < 14 && box.width < 1.7 * box.height && linesIn[index] == nil
                && !page.lines.contains { $0.box.meets(box.insetBy(0.6)) }
        }.sorted { page.regions[$0].box.x < page.regions[$1].box.x }
        var taken: Set<Int> = []
        var rows: [[Int]] = []
        for start in cells where !taken.contains(start) {
            var row = [start]
            while let next = cells.first(where: { isNext($0, after: row[row.count - 1]) && !row.contains($0) }) {
                row.append(next)
            }
            taken.formUnion(row)
            // With a hyphen or a gap in it, as between date and number, or in a postal code.
            if row.count >= 2, let part = rows.firstIndex(where: { goesOn(row[0], after: $0[$0.count - 1]) }) {
                rows[part] += row
            } else if row.count >= 2 {
                rows.append(row)
            }
        }
        for row in rows where row.count >= 3 || row.allSatisfy(isNarrow) {
            used.formUnion(row)
            let boxes = row.map { framed(page.regions[$0].box) }
            let whole = boxes.dropFirst().reduce(boxes[0]) { $0.union($1) }
            var comb = Proposal(.comb, whole)
            comb.cells = row.count
            let isBroken = zip(row, row.dropFirst()).contains { !isNext($1, after: $0) }
            if isBroken { comb.cellBoxes = boxes }
            for line in page.lines.indices where whole.contains(page.lines[line].box.midX, page.lines[line].box.midY) {
                owned.insert(line)
            }
            add(&comb, labelledFrom: whole)
        }
    }

    /// Two cells are a comb when they are too narrow for anything but a digit each.
    private func isNarrow(_ cell: Int) -> Bool {
        page.regions[cell].box.width < 0.8 * page.regions[cell].box.height
    }

    /// Whether a row of cells is the second part of one that ended a gap before it.
    private func goesOn(_ second: Int, after first: Int) -> Bool {
        let (a, b) = (page.regions[first].box, page.regions[second].box)
        guard b.x - a.maxX > 0.8, b.x - a.maxX < 1.1 * a.width, abs(a.y - b.y) < 0.6, abs(a.height - b.height) < 0.6,
            abs(a.width - b.width) < 0.25 * a.width
        else { return false }
        let gap = MillimetreRect(left: a.maxX, top: a.y, right: b.x, bottom: a.maxY)
        return !page.lines.contains { $0.box.meets(gap) && $0.hasLetters }
    }

    private func isNext(_ second: Int, after first: Int) -> Bool {
        let (a, b) = (page.regions[first].box, page.regions[second].box)
        return b.x - a.maxX > -0.1 && b.x - a.maxX < 0.9 && abs(a.y - b.y) < 0.6 && abs(a.height - b.height) < 0.6
            && abs(a.width - b.width) < 0.25 * a.width
    }

    /// Small frames of dots, alone or with a sign between them, as for "1,0".
    private mutating func findDottedCells() {
        var cells = page.regions.indices.filter { index in
            let box = page.regions[index].box
            return !used.contains(index) && page.regions[index].fullness > 0.8 && box.width > 3 && box.width < 11
                && box.height > 3 && box.height < 12 && box.width < 1.6 * box.height && box.height < 1.6 * box.width
                && hasDottedFrame(box)
        }.sorted { page.regions[$0].box.x < page.regions[$1].box.x }
        // The gap between two frames may look like one itself: it is narrower than both.
        let all = cells
        cells.removeAll { index in
            let box = page.regions[index].box
            return all.contains { other in
                let near = page.regions[other].box
                return other != index && near.level(with: box) > 0.5 && near.insetBy(-1).meets(box)
                    && near.width > 1.3 * box.width
            }
        }
        while let start = cells.first {
            cells.removeFirst()
            var row = [start]
            while let next = cells.first(where: { other in
                let (a, b) = (page.regions[row[row.count - 1]].box, page.regions[other].box)
                return b.x - a.maxX > -0.5 && b.x - a.maxX < 4.5 && abs(a.midY - b.midY) < 1.2
                    && abs(a.width - b.width) < 0.3 * a.width
            }) {
                row.append(next)
                cells.removeAll { $0 == next }
            }
            used.formUnion(row)
            let boxes = row.map { framed(page.regions[$0].box) }
            let whole = boxes.dropFirst().reduce(boxes[0]) { $0.union($1) }
            for line in page.lines.indices where whole.contains(page.lines[line].box.midX, page.lines[line].box.midY) {
                owned.insert(line)
            }
            var comb = Proposal(.comb, whole)
            comb.cellBoxes = boxes
            comb.cells = boxes.count
            add(&comb, labelledFrom: whole)
        }
    }

    private mutating func add(_ comb: inout Proposal, labelledFrom box: MillimetreRect) {
        let label = label(for: box, signs: [.left, .above, .below])
        comb.label = label ?? ""
        let meaning = LabelMeaning(comb.label)
        comb.type = FieldFinder.type(typeBesideUnit(meaning.type, box), ofCells: comb.cells)
        proposals.append(comb)
    }

    /// What fits the cells: a type whose length is another is only digits.
    static func type(_ type: FieldType, ofCells cells: Int) -> FieldType {
        switch (type, cells) {
        case (.personnummer, 10...13), (.organisationsnummer, 10...13), (.postnummer, 5...6), (.date, 8), (.date, 6),
            (.date, 10), (.time, 4...5):
            type
        case (.phone, _), (.personName, _), (.place, _), (.email, _), (.iban, _), (.amount, _), (.integer, _): type
        default: cells >= 3 && type == .text ? .text : .digits
        }
    }
}
