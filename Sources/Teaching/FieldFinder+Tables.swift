import Forms
import Support

extension FieldFinder {
    /// Puts empty cells together that stand in rows and columns under the same headings.
    mutating func gatherTables() {
        let cells = proposals.indices.filter { proposals[$0].isUnderHead && proposals[$0].lines == 1 }
            .sorted { (proposals[$0].box.y, proposals[$0].box.x) < (proposals[$1].box.y, proposals[$1].box.x) }
        var rows: [[Int]] = []
        for cell in cells {
            if let row = rows.firstIndex(where: { isNext(cell, after: $0[$0.count - 1]) }) {
                rows[row].append(cell)
            } else {
                rows.append([cell])
            }
        }
        var tables: [[[Int]]] = []
        for row in rows where row.count >= 2 {
            if let table = tables.firstIndex(where: { isUnder(row, $0[$0.count - 1]) }) {
                tables[table].append(row)
            } else {
                tables.append([row])
            }
        }
        tables.removeAll { $0.count < 2 }
        var made: [Proposal] = []
        for rows in tables { made.append(table(rows)) }
        let taken = Set(tables.joined().joined())
        proposals = proposals.indices.filter { !taken.contains($0) }.map { proposals[$0] } + made
    }

    private func isNext(_ second: Int, after first: Int) -> Bool {
        let (a, b) = (proposals[first].box, proposals[second].box)
        return b.x - a.maxX > -0.2 && b.x - a.maxX < 1.4 && abs(a.y - b.y) < 0.6 && abs(a.height - b.height) < 0.6
    }

    private func isUnder(_ lower: [Int], _ upper: [Int]) -> Bool {
        lower.count == upper.count
            && zip(lower, upper).allSatisfy { low, high in
                let (a, b) = (proposals[high], proposals[low])
                return a.label == b.label && abs(a.box.x - b.box.x) < 0.8 && abs(a.box.maxX - b.box.maxX) < 0.8
                    && b.box.y - a.box.maxY > -0.2 && b.box.y - a.box.maxY < 1.4
                    && abs(a.box.height - b.box.height) < 0.6
            }
    }

    /// One field of equal rows; between columns the border lies in the middle of the rule.
    private mutating func table(_ rows: [[Int]]) -> Proposal {
        let (first, last) = (rows[0].map { proposals[$0].box }, rows[rows.count - 1].map { proposals[$0].box })
        let pitch = (last[0].y - first[0].y) / Double(rows.count - 1)
        let whole = MillimetreRect(
            x: first[0].x, y: first[0].midY - pitch / 2, width: first[first.count - 1].maxX - first[0].x,
            height: pitch * Double(rows.count))
        let borders =
            [whole.x] + zip(first, first.dropFirst()).map { ($0.maxX + $1.x) / 2 } + [whole.maxX]
        var field = Proposal(.table, whole, label: title(above: whole, heads: rows[0].count) ?? "")
        field.rows = rows.count
        field.columns = rows[0].enumerated().map { index, cell in
            Proposal.Column(
                label: proposals[cell].label, type: proposals[cell].type, x: borders[index] - whole.x,
                width: borders[index + 1] - borders[index])
        }
        return field
    }

    /// The words above the headings of a table, at its left edge.
    private mutating func title(above table: MillimetreRect, heads: Int) -> String? {
        let lines = page.lines.indices.filter { index in
            let line = page.lines[index]
            return line.hasLetters && line.box.maxY < table.y + 0.5 && table.y - line.box.maxY < 16
                && abs(line.box.x - table.x) < 12
        }.sorted { page.lines[$0].box.y > page.lines[$1].box.y }
        // The nearest heads the first column.
        guard lines.count > 1, !owned.contains(lines[1]) else { return nil }
        owned.insert(lines[1])
        return page.lines[lines[1]].text
    }
}
