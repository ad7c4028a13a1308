import Forms
import Support

extension FieldFinder {
    /// Lines to write on: rules that end freely, with room above them.
    mutating func findRuledLines() {
        findLeaders()
        var found: [RuledLine] = []
        for (index, rule) in page.rules.enumerated()
        where !rule.isVertical && rule.box.width > 14 && !leaders.contains(index) {
            guard let region = openRegion(of: rule.box), let room = roomAbove(rule.box) else { continue }
            found.append(RuledLine(rule: rule.box, room: room, region: region))
        }
        found.sort { ($0.rule.y, $0.rule.x) < ($1.rule.y, $1.rule.x) }
        // A line that nothing stands before goes on with the one above it.
        while !found.isEmpty {
            var stack = [found.removeFirst()]
            while let next = found.firstIndex(where: { goesOn($0, after: stack[stack.count - 1]) }) {
                stack.append(found.remove(at: next))
            }
            add(stack)
        }
    }

    private struct RuledLine {
        var rule: MillimetreRect
        var room: MillimetreRect
        var region: Int
    }

    /// The region on both sides of a rule; `nil` when it parts two.
    private func openRegion(of rule: MillimetreRect) -> Int? {
        var region: Int?
        for part in [0.2, 0.5, 0.8] {
            let x = rule.x + part * rule.width
            guard let above = page.map[x, rule.y - 0.9], let below = page.map[x, rule.maxY + 0.9], above == below
            else { return nil }
            region = above
        }
        return region
    }

    /// Where somebody would write above the rule; `nil` when there is too little room.
    private func roomAbove(_ rule: MillimetreRect) -> MillimetreRect? {
        var left = rule.x
        var right = rule.maxX
        let band = MillimetreRect(left: left, top: rule.y - 8.5, right: right, bottom: rule.y - 0.25)
        var top = rule.y - 6.2
        for obstacle in obstacles(in: band) {
            // Words on the rule's own line stand before or after what is written.
            if obstacle.maxY > rule.y - 2.6 && obstacle.width < 0.6 * rule.width {
                if obstacle.midX < rule.midX {
                    left = max(left, obstacle.maxX + 0.5)
                } else {
                    right = min(right, obstacle.x - 0.5)
                }
            } else {
                top = max(top, obstacle.maxY + 0.2)
            }
        }
        guard rule.y - top > 3.1, right - left > 12 else { return nil }
        return MillimetreRect(left: left, top: top, right: right, bottom: rule.y)
    }

    private func goesOn(_ next: RuledLine, after last: RuledLine) -> Bool {
        let gap = next.rule.y - last.rule.y
        guard next.region == last.region, gap > 3, gap < 12,
            abs(next.rule.x - last.rule.x) < 2.5 || next.rule.x < last.rule.x,
            abs(next.rule.maxX - last.rule.maxX) < 2.5
        else { return false }
        let between = MillimetreRect(
            left: min(next.rule.x, last.rule.x), top: last.rule.maxY + 0.2, right: next.rule.maxX,
            bottom: next.rule.y - 0.2)
        guard isFree(between), next.room.width > 0.9 * next.rule.width else { return false }
        let before = MillimetreRect(
            left: next.rule.x - 60, top: last.rule.maxY + 0.4, right: next.rule.x, bottom: next.rule.y)
        return !page.lines.contains {
            $0.box.meets(before) && $0.box.midY > before.y && $0.box.midY < before.maxY + 0.5
        }
            && !marks.contains { $0.box.meets(before) && $0.box.midY < before.maxY }
    }

    private mutating func add(_ stack: [RuledLine]) {
        var box = stack.dropFirst().reduce(stack[0].room) { $0.union($1.room) }
        guard !isAboveFooter(stack) else { return }
        let words = label(for: stack[0].room, signs: [.left, .below, .above])
        let meaning = LabelMeaning(words ?? "")
        var field = Proposal(meaning.isSignature ? .signature : .text, box, label: words ?? "")
        field.type = meaning.isSignature ? .text : meaning.type
        field.lines = stack.count
        if let whole = frame(around: stack, box) {
            box = whole
            field.box = box
            field.lines += 1
        }
        proposals.append(field)
    }

    /// A rule over the whole width of the print with a sentence under it ends the page, and nobody writes on it.
    private func isAboveFooter(_ stack: [RuledLine]) -> Bool {
        guard stack.count == 1, stack[0].rule.width > 0.72 * page.width else { return false }
        return page.lines.contains { line in
            line.box.inColumn(with: stack[0].rule) > 0.5 && line.box.y - stack[0].rule.maxY > -0.6
                && line.box.y - stack[0].rule.maxY < 6 && line.words.count > 5
        }
    }

    /// The frame whose lower edge is the last line of a stack, from its upper edge where that is a line's room away.
    private func frame(around stack: [RuledLine], _ box: MillimetreRect) -> MillimetreRect? {
        guard stack.count >= 2, !ground.contains(stack[0].region) else { return nil }
        let frame = page.regions[stack[0].region].box
        let (first, last) = (stack[0].rule, stack[stack.count - 1].rule)
        let pitch = (last.y - first.y) / Double(stack.count - 1)
        let under = MillimetreRect(left: box.x, top: last.maxY + 0.2, right: box.maxX, bottom: frame.maxY - 0.2)
        guard abs(under.height - pitch) < 0.35 * pitch, isFree(under), !marks.contains(where: { $0.box.meets(under) })
        else { return nil }
        let over = MillimetreRect(left: box.x, top: frame.y + 0.2, right: box.maxX, bottom: box.y)
        let isWhole = over.height < 0.6 * pitch && isFree(over)
        return MillimetreRect(
            left: min(box.x, box.x - frame.x < 4 ? frame.x + 0.2 : box.x), top: isWhole ? over.y : box.y,
            right: max(box.maxX, frame.maxX - box.maxX < 4 ? frame.maxX - 0.2 : box.maxX), bottom: under.maxY)
    }
}
