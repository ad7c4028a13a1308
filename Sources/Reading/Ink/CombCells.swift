import Forms
import Imaging
import Support

/// The characters of a comb field: which cells have ink, and all of them joined to one line.
struct CombCells {
    /// Which cells have ink, in reading order.
    let inked: [Int]
    /// The inked cells side by side with their frames removed; `nil` when all are empty.
    let line: PageImage?
    /// Some stroke lies across a border between two cells, so that the count may be wrong.
    let hasCrossing: Bool

    /// - Parameters:
    ///   - snippet: The whole comb with a margin.
    ///   - field: Says where the cells are.
    init(_ snippet: Snippet, of field: Field) {
        let handwork = Handwork(snippet)
        let pixelsPerMillimetre = 300 / 25.4
        let cells = field.combCells
        let borders = cells.map { cell in
            let left = Double(snippet.inner.x) + (cell.x - field.box.x) * pixelsPerMillimetre
            return left..<(left + cell.width * pixelsPerMillimetre)
        }
        var members = [[InkMap.Component]](repeating: [], count: cells.count)
        var owner = [Int?](repeating: nil, count: handwork.ink.components.count)
        var crosses = false
        for (index, part) in handwork.ink.components.enumerated() where handwork.belongs[index] {
            guard let cell = borders.firstIndex(where: { $0.contains(part.centerX) }) else { continue }
            owner[index] = cell
            members[cell].append(part)
            if Double(part.width) > 1.35 * (borders[cell].upperBound - borders[cell].lowerBound) { crosses = true }
        }
        // Ink in an empty cell is a speck or the remains of the frame: a character is taller, or a wide dash.
        inked = members.indices.filter { cell in
            members[cell].contains { $0.height >= 12 || ($0.width >= 9 && $0.area >= 30) }
        }
        hasCrossing = crosses

        guard let top = inked.flatMap({ members[$0] }).map(\.minY).min(),
            let bottom = inked.flatMap({ members[$0] }).map(\.maxY).max()
        else {
            line = nil
            return
        }
        let height = bottom - top + 1
        // Between characters of print there is about a sixth of their height.
        let gap = max(5, height / 6)
        var pieces: [PageImage] = []
        for cell in inked {
            let picture = handwork.ink.picture(keeping: owner.map { $0 == cell })
            guard let left = members[cell].map(\.minX).min(), let right = members[cell].map(\.maxX).max() else {
                continue
            }
            let from = max(0, left - 1)
            pieces.append(
                picture.cropped(x: from, y: top, width: min(picture.width, right + 2) - from, height: height))
        }
        let padding = 14
        let width = pieces.reduce(0) { $0 + $1.width } + gap * (pieces.count - 1)
        var joined = PageImage(
            width: width + 2 * padding, height: height + 2 * padding, filledWith: 255, resolution: 300)
        var x = padding
        for piece in pieces {
            joined.paste(piece, x: x, y: padding)
            x += piece.width + gap
        }
        line = joined
    }
}
