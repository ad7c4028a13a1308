import Imaging

/// The strokes of a comb by the cells they lie in.
struct CombStrokes {
    /// Strokes that reach over a border and are more than one character's.
    private struct Touch {
        /// The cell to the left of the border.
        var place: Int
        var strokes: [[Bool]]
        /// The strokes' first column and row in the picture.
        var x, y: Int
        /// The border's column within the strokes, and how wide a cell is.
        var border, length: Double
    }

    private let snippet: Snippet
    private let borders: [Range<Double>]
    private let handwork: Handwork
    // By cell: which components of the ink lie in it, and how far they reach. Specks are left out.
    private let pieces: [[Int]]
    let members: [[InkMap.Component]]
    /// Some stroke is too wide to be one character.
    let hasCrossing: Bool

    /// A character this many times as wide as its cell is more than one.
    private static let widest = 1.35

    /// - Parameters:
    ///   - snippet: The whole comb with a margin.
    ///   - borders: From where to where each cell reaches, in pixels of the snippet.
    init(_ snippet: Snippet, borders: [Range<Double>]) {
        self.snippet = snippet
        self.borders = borders
        handwork = Handwork(snippet)
        var pieces = [[Int]](repeating: [], count: borders.count)
        var members = [[InkMap.Component]](repeating: [], count: borders.count)
        var crosses = false
        for (index, part) in handwork.ink.components.enumerated() where handwork.belongs[index] {
            guard let cell = borders.firstIndex(where: { $0.contains(part.centerX) }) else { continue }
            pieces[cell].append(index)
            members[cell].append(part)
            if Double(part.width) > Self.widest * borders[cell].length { crosses = true }
        }
        for cell in borders.indices {
            // Specks would make a small character of a large one; the dots of Å, Ä and Ö are larger.
            let area = members[cell].reduce(0) { $0 + $1.area }
            let kept = members[cell].indices.filter { members[cell][$0].area >= max(12, area * 3 / 100) }
            pieces[cell] = kept.map { pieces[cell][$0] }
            members[cell] = kept.map { members[cell][$0] }
        }
        (self.pieces, self.members, hasCrossing) = (pieces, members, crosses)
    }

    /// The cells with more than a speck or the remains of the frame: a character is taller, or a wide dash.
    var inked: [Int] {
        members.indices.filter { cell in
            members[cell].contains { $0.height >= 12 || ($0.width >= 9 && $0.area >= 30) }
        }
    }

    /// What stands in a cell or several side by side, cut to the strokes from left to right.
    ///
    /// - Parameters:
    ///   - cells: From 0.
    ///   - rows: Of the snippet.
    /// - Returns: `nil` where nothing stands there.
    func picture(of cells: ClosedRange<Int>, rows: Range<Int>) -> PageImage? {
        let all = members[cells].flatMap(\.self)
        guard let left = all.map(\.minX).min(), let right = all.map(\.maxX).max() else { return nil }
        var isKept = [Bool](repeating: false, count: handwork.ink.components.count)
        for piece in pieces[cells].flatMap(\.self) { isKept[piece] = true }
        let picture = handwork.ink.picture(keeping: isKept)
        let from = max(0, left - 1)
        return picture.cropped(
            x: from, y: rows.lowerBound, width: min(picture.width, right + 2) - from, height: rows.count)
    }

    /// The same with characters that touch parted.
    ///
    /// - Parameter likeness: How much like a character a cell looks, 0...1.
    /// - Returns: With the borders at which that was done: those to the right of these cells.
    /// - Throws: What `likeness` throws.
    func parted<Failure: Error>(
        by likeness: ((PageImage) throws(Failure) -> Double)?
    ) throws(Failure) -> (CombStrokes, Set<Int>) {
        let touches = touches()
        guard !touches.isEmpty else { return (self, []) }
        // A way through all the room there is crosses the least ink; narrow ways at several places are what else may be.
        var seams = touches.map { StrokeSeam($0.strokes, near: $0.border, reach: 0.45 * $0.length) }
        if let likeness {
            for (index, touch) in touches.enumerated() {
                var others = seams
                var best = try score(touches, seams, at: index, likeness)
                for offset in [-0.3, -0.15, 0, 0.15, 0.3] {
                    let place = touch.border + offset * touch.length
                    others[index] = StrokeSeam(touch.strokes, near: place, reach: 0.12 * touch.length)
                    let value = try score(touches, others, at: index, likeness)
                    if value > best { (best, seams[index]) = (value, others[index]) }
                }
            }
        }
        return (cut(touches, seams), Set(touches.map(\.place)))
    }

    private func score<Failure: Error>(
        _ touches: [Touch], _ seams: [StrokeSeam], at index: Int, _ likeness: (PageImage) throws(Failure) -> Double
    ) throws(Failure) -> Double {
        let place = touches[index].place
        let parts = cut(touches, seams, around: place)
        var product = 1.0
        for cell in 0...1 {
            guard let picture = parts.picture(of: cell...cell, rows: 0..<snippet.cleaned.height) else { return 0 }
            product *= try likeness(picture)
        }
        // Of two ways that look as well the one is likelier that cuts through less.
        return product * max(0.2, 1 - 0.004 * Double(seams[index].crossed))
    }

    private func erased(_ touches: [Touch], _ seams: [StrokeSeam]) -> PageImage {
        var image = handwork.ink.image
        for (touch, seam) in zip(touches, seams) { seam.erase(touch.strokes, from: &image, x: touch.x, y: touch.y) }
        return image
    }

    private func cut(_ touches: [Touch], _ seams: [StrokeSeam]) -> CombStrokes {
        var cut = snippet
        cut.cleaned = erased(touches, seams)
        return CombStrokes(cut, borders: borders)
    }

    /// Only the cell `place` and the next one, with as much beside them as characters lean over.
    private func cut(_ touches: [Touch], _ seams: [StrokeSeam], around place: Int) -> CombStrokes {
        let image = erased(touches, seams)
        let lean = 0.6 * borders[place].length
        let left = max(0, Int(borders[place].lowerBound - lean))
        let right = min(image.width, Int(borders[place + 1].upperBound + lean))
        var part = snippet
        part.cleaned = image.cropped(x: left, y: 0, width: max(1, right - left), height: image.height)
        part.inner.x -= left
        let own = borders[place...(place + 1)].map { ($0.lowerBound - Double(left))..<($0.upperBound - Double(left)) }
        return CombStrokes(part, borders: own)
    }

    private func touches() -> [Touch] {
        let filled = Set(inked)
        var touches: [Touch] = []
        for (index, part) in handwork.ink.components.enumerated() where handwork.belongs[index] {
            var strokes: [[Bool]]?
            for (place, (left, right)) in zip(borders, borders.dropFirst()).enumerated() {
                let border = (left.upperBound + right.lowerBound) / 2
                let length = min(left.length, right.length)
                // Both sides must have room for a character.
                let room = min(border - Double(part.minX), Double(part.maxX) - border)
                guard room > 0.22 * length else { continue }
                // A character may be wider than its cell; one that left the next cell empty among others is two.
                let isHole = [place, place + 1].contains { cell in
                    !filled.contains(cell) && filled.contains { $0 < cell } && filled.contains { $0 > cell }
                }
                guard Double(part.width) > 1.2 * length || isHole else { continue }
                let mask = strokes ?? handwork.ink.mask(of: index)
                strokes = mask
                touches.append(
                    Touch(
                        place: place, strokes: mask, x: part.minX, y: part.minY, border: border - Double(part.minX),
                        length: length))
            }
        }
        return touches
    }
}

extension Range<Double> {
    fileprivate var length: Double { upperBound - lowerBound }
}
