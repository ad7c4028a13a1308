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
        /// Its strokes touched a neighbour's and were parted from them.
        var isParted: Bool
        /// Where it is in the snippet, in pixels.
        var columns: Range<Int>
    }

    /// The cells with ink, in reading order.
    let cells: [Cell]
    /// The inked cells side by side with their frames removed; `nil` when all are empty.
    ///
    /// Characters that touch stay together here: a reader of lines sees for itself where they come apart.
    let line: PageImage?
    /// Some stroke lies across a border between two cells, so that the count may be wrong.
    let hasCrossing: Bool

    /// An empty cell stands between others: a character may have been lost there.
    var hasHole: Bool { zip(cells, cells.dropFirst()).contains { $1.place - $0.place > 1 } }

    /// - Parameters:
    ///   - snippet: The whole comb with a margin.
    ///   - field: Says where the cells are.
    ///   - likeness: How much like a character a cell looks, 0...1; it decides where characters that touch come apart.
    ///     Without it they are parted where there is least ink.
    /// - Throws: What `likeness` throws.
    init<Failure: Error>(
        _ snippet: Snippet, of field: Field, likeness: ((PageImage) throws(Failure) -> Double)?
    ) throws(Failure) {
        let pixelsPerMillimetre = 300 / 25.4
        let borders = field.combCells.map { cell in
            let left = Double(snippet.inner.x) + (cell.x - field.box.x) * pixelsPerMillimetre
            return left..<(left + cell.width * pixelsPerMillimetre)
        }
        let whole = CombStrokes(snippet, borders: borders)
        let (parts, joints) = try whole.parted(by: likeness)
        hasCrossing = parts.hasCrossing
        let inked = parts.inked
        guard let top = inked.flatMap({ parts.members[$0] }).map(\.minY).min(),
            let bottom = inked.flatMap({ parts.members[$0] }).map(\.maxY).max()
        else {
            cells = []
            line = nil
            return
        }
        let height = bottom - top + 1
        // Between characters of print there is about a sixth of their height.
        let gap = max(5, height / 6)
        cells = inked.compactMap { cell in
            guard let picture = parts.picture(of: cell...cell, rows: top..<(bottom + 1)) else { return nil }
            let isDash = parts.members[cell].allSatisfy { $0.height < 12 && $0.width > $0.height }
            let isParted = joints.contains(cell) || joints.contains(cell - 1)
            let columns = Int(borders[cell].lowerBound)..<Int(borders[cell].upperBound) + 1
            return Cell(place: cell, picture: picture, isDash: isDash, isParted: isParted, columns: columns)
        }
        var groups: [ClosedRange<Int>] = []
        for cell in inked {
            if let last = groups.last, last.upperBound == cell - 1, joints.contains(cell - 1) {
                groups[groups.count - 1] = last.lowerBound...cell
            } else {
                groups.append(cell...cell)
            }
        }
        let pictures = groups.compactMap { group in
            (group.count > 1 ? whole : parts).picture(of: group, rows: top..<(bottom + 1))
        }
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

    /// - Parameters:
    ///   - snippet: The whole comb with a margin.
    ///   - field: Says where the cells are.
    init(_ snippet: Snippet, of field: Field) {
        let nothing: ((PageImage) throws(Never) -> Double)? = nil
        self.init(snippet, of: field, likeness: nothing)
    }
}
