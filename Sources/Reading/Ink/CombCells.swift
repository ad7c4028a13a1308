import Forms
import Imaging
import Support

/// The characters of a comb field: which cells have ink, and all of them joined to one line.
struct CombCells {
    /// One cell with ink.
    struct Cell {
        /// Its place in the comb, from 0.
        var place: Int
        /// Its strokes.
        var picture: PageImage
        /// Wide and low: a hyphen and no character.
        var isDash: Bool
    }

    /// The cells with ink, in reading order.
    let cells: [Cell]
    /// The inked cells side by side with their frames removed; `nil` when all are empty.
    let line: PageImage?
    /// Some stroke lies across a border between two cells, so that the count may be wrong.
    let hasCrossing: Bool

    /// An empty cell stands between others: a character may have been lost there.
    var hasHole: Bool { zip(cells, cells.dropFirst()).contains { $1.place - $0.place > 1 } }

    /// - Parameters:
    ///   - snippet: The whole comb with a margin.
    ///   - field: Says where the cells are.
    init(_ snippet: Snippet, of field: Field) {
        let handwork = Handwork(snippet)
        let pixelsPerMillimetre = 300 / 25.4
        let borders = field.combCells.map { cell in
            let left = Double(snippet.inner.x) + (cell.x - field.box.x) * pixelsPerMillimetre
            return left..<(left + cell.width * pixelsPerMillimetre)
        }
        var pieces = [[InkMap.Piece]](repeating: [], count: borders.count)
        var members = [[InkMap.Component]](repeating: [], count: borders.count)
        var crosses = false
        for (index, part) in handwork.ink.components.enumerated() where handwork.belongs[index] {
            for piece in Self.pieces(of: index, part, handwork.ink, borders) {
                guard let extent = handwork.ink.extent(of: piece),
                    let cell = borders.firstIndex(where: { $0.contains(extent.centerX) })
                else { continue }
                pieces[cell].append(piece)
                members[cell].append(extent)
                if Double(extent.width) > Self.widest * borders[cell].length { crosses = true }
            }
        }
        for cell in borders.indices {
            // Specks would make a small character of a large one; the dots of Å, Ä and Ö are larger.
            let area = members[cell].reduce(0) { $0 + $1.area }
            let kept = members[cell].indices.filter { members[cell][$0].area >= max(12, area * 3 / 100) }
            pieces[cell] = kept.map { pieces[cell][$0] }
            members[cell] = kept.map { members[cell][$0] }
        }
        // Ink in an empty cell is a speck or the remains of the frame: a character is taller, or a wide dash.
        let inked = members.indices.filter { cell in
            members[cell].contains { $0.height >= 12 || ($0.width >= 9 && $0.area >= 30) }
        }
        hasCrossing = crosses
        var cells: [Cell] = []

        guard let top = inked.flatMap({ members[$0] }).map(\.minY).min(),
            let bottom = inked.flatMap({ members[$0] }).map(\.maxY).max()
        else {
            self.cells = []
            line = nil
            return
        }
        let height = bottom - top + 1
        // Between characters of print there is about a sixth of their height.
        let gap = max(5, height / 6)
        var pictures: [PageImage] = []
        for cell in inked {
            let picture = handwork.ink.picture(of: pieces[cell])
            guard let left = members[cell].map(\.minX).min(), let right = members[cell].map(\.maxX).max() else {
                continue
            }
            let from = max(0, left - 1)
            let piece = picture.cropped(
                x: from, y: top, width: min(picture.width, right + 2) - from, height: height)
            pictures.append(piece)
            let isDash = members[cell].allSatisfy { $0.height < 12 && $0.width > $0.height }
            cells.append(Cell(place: cell, picture: piece, isDash: isDash))
        }
        self.cells = cells
        let padding = 14
        let width = pictures.reduce(0) { $0 + $1.width } + gap * (pictures.count - 1)
        var joined = PageImage(
            width: width + 2 * padding, height: height + 2 * padding, filledWith: 255, resolution: 300)
        var x = padding
        for picture in pictures {
            joined.paste(picture, x: x, y: padding)
            x += picture.width + gap
        }
        line = joined
    }

    /// A character this many times as wide as its cell is more than one.
    private static let widest = 1.35

    /// The component itself, or where it lies in several cells, cut where it is thinnest near each border.
    private static func pieces(
        of index: Int, _ part: InkMap.Component, _ ink: InkMap, _ borders: [Range<Double>]
    ) -> [InkMap.Piece] {
        let whole = InkMap.Piece(component: index, columns: 0..<ink.image.width)
        guard let own = borders.first(where: { $0.contains(part.centerX) }) ?? borders.first,
            Double(part.width) > 1.2 * own.length
        else { return [whole] }
        let profile = ink.columnProfile(of: index)
        var cuts = [0]
        for (left, right) in zip(borders, borders.dropFirst()) {
            let border = (left.upperBound + right.lowerBound) / 2
            let reach = 0.22 * min(left.length, right.length)
            // Both sides must have room for a character.
            guard border - Double(part.minX) > reach, Double(part.maxX) - border > reach else { continue }
            let near = max(part.minX, Int(border - reach))...min(part.maxX, Int(border + reach))
            let cut = near.min {
                (profile[$0], abs(Double($0) - border)) < (profile[$1], abs(Double($1) - border))
            }
            if let cut { cuts.append(cut) }
        }
        cuts.append(ink.image.width)
        return zip(cuts, cuts.dropFirst()).map { InkMap.Piece(component: index, columns: $0..<$1) }
    }
}

extension Range<Double> {
    fileprivate var length: Double { upperBound - lowerBound }
}
