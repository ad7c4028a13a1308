import Forms
import Support

extension FieldFinder {
    /// Lines of print that stand under one another and belong to one label.
    struct Block {
        var lines: [Int]
        var box: MillimetreRect
    }

    /// Fields in frames: what a label in a frame leaves white, and frames that are empty.
    mutating func findCells() {
        var empty: [Int] = []
        for (index, region) in page.regions.enumerated() {
            guard !ground.contains(index), !used.contains(index), region.box.width > 8, region.box.height > 3.7 else {
                continue
            }
            let inside = region.box.insetBy(0.3)
            let holds = proposals.contains { $0.places.contains { inside.contains($0.midX, $0.midY) } }
            let boxes = marks.filter { $0.around == index }
            if linesIn[index] == nil && boxes.isEmpty && !holds {
                // A frame around other frames is not empty, and one that is not whole is the rest of another.
                if region.fullness > 0.93, isFree(inside.insetBy(0.4)) { empty.append(index) }
            } else {
                fillCell(index, hasMarks: !boxes.isEmpty)
            }
        }
        for index in empty { addEmptyCell(index) }
    }

    private mutating func addEmptyCell(_ index: Int) {
        let box = page.regions[index].box.insetBy(0.2)
        let own = label(for: box, signs: [.left])
        let head = own == nil ? headOfColumn(box) : nil
        addText(box, own ?? head ?? label(for: box, signs: [.above, .below]) ?? "")
        proposals[proposals.count - 1].isUnderHead = head != nil
    }

    /// The words at the head of the column of cells that `box` is in.
    private func headOfColumn(_ box: MillimetreRect) -> String? {
        let line = page.lines.indices.filter { index in
            let line = page.lines[index]
            return line.hasLetters && line.box.maxY < box.y + 0.5 && line.box.x > box.x - 1
                && line.box.maxX < box.maxX + 1
                && box.y - line.box.maxY < 130 && !marks.contains { $0.line == index && !$0.isHeaded }
        }.max { page.lines[$0].box.maxY < page.lines[$1].box.maxY }
        guard let line else { return nil }
        // Of a heading of two lines the first says what it is about.
        let first = page.lines.indices.first { index in
            let upper = page.lines[index].box
            return upper.inColumn(with: page.lines[line].box) > 0.5 && page.lines[line].box.y - upper.maxY < 1.2
                && upper.maxY < page.lines[line].box.midY && page.lines[line].box.y - upper.maxY > -1
        }
        return first.map { page.lines[$0].text + " " + page.lines[line].text } ?? page.lines[line].text
    }

    private mutating func fillCell(_ index: Int, hasMarks: Bool) {
        let region = page.regions[index]
        let blocks = blocks(in: index)
        for block in blocks where !block.lines.allSatisfy(owned.contains) {
            let named = block.lines.filter { !owned.contains($0) }
            guard named.contains(where: { page.lines[$0].hasLetters || page.lines[$0].text.isEmpty }),
                let room = roomBelow(block, in: index, among: blocks, hasMarks: hasMarks)
            else { continue }
            let isStatic =
                block.lines.count >= 3 && room.height < 1.5 * block.box.height
                && !page.lines[block.lines[0]].text.hasSuffix(":")
            guard !isStatic, room.height > (hasMarks ? 4.6 : 4.0), !isHeader(region.box, room) else { continue }
            owned.formUnion(block.lines)
            addText(room, named.map { page.lines[$0].text }.joined(separator: " "))
        }
        guard !hasMarks, !proposals.contains(where: { region.box.contains($0.box.midX, $0.box.midY) }) else { return }
        // A low frame with its label on the left.
        if let last = blocks.last, blocks.count == 1, region.box.height < 13,
            !isHeader(region.box, region.box.insetBy(2)), !owned.contains(last.lines[0])
        {
            let text = page.lines[last.lines[0]].text
            let right = region.box.maxX - last.box.maxX
            let asks = text.hasSuffix(":") || text.hasSuffix("?") || LabelMeaning(text).isKnown
            if asks, right > max(25, 0.45 * region.box.width) {
                owned.formUnion(last.lines)
                addText(
                    MillimetreRect(
                        left: last.box.maxX + 0.8, top: region.box.y + 0.2, right: region.box.maxX - 0.2,
                        bottom: region.box.maxY - 0.2), text)
            }
        }
    }

    mutating func addText(_ box: MillimetreRect, _ words: String) {
        let meaning = LabelMeaning(words)
        var field = Proposal(meaning.isSignature ? .signature : .text, box, label: words)
        field.type = meaning.isSignature ? .text : typeBesideUnit(meaning.type, box)
        field.lines =
            meaning.type == .text && !meaning.isSignature && box.height >= 13 ? max(1, Int(box.height / 7)) : 1
        proposals.append(field)
    }

    /// Labels of a region: lines close under one another, from top to bottom.
    func blocks(in region: Int) -> [Block] {
        var blocks: [Block] = []
        for index in linesIn[region] ?? [] {
            let line = page.lines[index].box
            let near = blocks.firstIndex { block in
                let last = page.lines[block.lines[block.lines.count - 1]].box
                let gap = line.y - last.maxY
                return gap > -0.8 && gap < max(1.3, 0.6 * min(line.height, last.height))
                    && line.inColumn(with: last) > 0.4
                    && abs(line.x - last.x) < 6 && !hasRule(between: last, and: line)
                    && owned.contains(index) == owned.contains(block.lines[0])
            }
            if let near {
                blocks[near].lines.append(index)
                blocks[near].box = blocks[near].box.union(line)
            } else {
                blocks.append(Block(lines: [index], box: line))
            }
        }
        return blocks
    }

    private func hasRule(between upper: MillimetreRect, and lower: MillimetreRect) -> Bool {
        let strip = MillimetreRect(
            left: max(upper.x, lower.x), top: upper.maxY - 0.2, right: min(upper.maxX, lower.maxX),
            bottom: lower.y + 0.2)
        return page.rules.contains { !$0.isVertical && $0.box.meets(strip) }
    }

    /// The white space under a label, within its frame.
    private func roomBelow(_ block: Block, in region: Int, among blocks: [Block], hasMarks: Bool) -> MillimetreRect? {
        let frame = page.regions[region].box
        let beside = blocks.filter { other in
            other.box.level(with: block.box) > 0.3 && other.lines.contains { page.lines[$0].hasLetters }
                && !other.lines.allSatisfy(owned.contains)
        }
        var left = frame.x + 0.2
        if beside.contains(where: { $0.box.maxX < block.box.x }) || (hasMarks && block.box.x - frame.x > 8) {
            left = max(left, block.box.x - 0.8)
        }
        let next = beside.filter { $0.box.x > block.box.maxX }.map(\.box.x).min()
        let right = min(frame.maxX - 0.2, (next ?? .infinity) - 1)
        return largestRoom(
            MillimetreRect(left: left, top: block.box.maxY + 0.25, right: right, bottom: frame.maxY - 0.1),
            leastHeight: 3.8,
            in: region)
    }

    /// The largest white rectangle that begins at the upper left corner of `area`.
    func largestRoom(_ area: MillimetreRect, leastHeight: Double, in region: Int?) -> MillimetreRect? {
        guard area.width > 8, area.height > leastHeight else { return nil }
        // A speck of print with no letters in it does not end a white space.
        let specks = Set(page.lines.filter { !$0.hasLetters && $0.box.width < 3 && $0.box.height < 3 }.map(\.box))
        let obstacles = obstacles(in: area).filter { !specks.contains($0) }
        var best: MillimetreRect?
        for right in [area.maxX] + obstacles.map({ $0.x - 0.4 }) where right - area.x > 10 {
            let inTheWay = obstacles.filter { $0.x < right && $0.maxX > area.x }
            let bottom = min(area.maxY, (inTheWay.map(\.y).min() ?? .infinity) - 0.2)
            let room = MillimetreRect(left: area.x, top: area.y, right: right, bottom: bottom)
            guard room.height > leastHeight, room.area > best?.area ?? 0 else { continue }
            if let region, page.map[room.midX, room.midY] != region { continue }
            best = room
        }
        return best
    }

    /// Whether a frame heads a column: the one under it is as wide, has no words, and is no lower than its white space.
    private func isHeader(_ box: MillimetreRect, _ room: MillimetreRect) -> Bool {
        func isUnder(_ other: MillimetreRect, _ upper: MillimetreRect) -> Bool {
            abs(other.x - upper.x) < 0.8 && abs(other.maxX - upper.maxX) < 0.8 && other.y - upper.maxY > -0.2
                && other.y - upper.maxY < 1
        }
        return page.regions.enumerated().contains { index, other in
            isUnder(other.box, box) && linesIn[index] == nil && !used.contains(index)
                && room.height < 0.75 * other.box.height
        }
    }
}
