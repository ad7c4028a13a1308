import Imaging

/// What somebody put into a field: the strokes of a snippet that belong there.
///
/// Strokes that belong to a neighbour (their middle lies outside the box), specks, and what is left of printed rules
/// are left out. The dots and rings of tall letters may stand above the box.
struct Handwork {
    let ink: InkMap
    /// Indexed like the ink's components.
    let belongs: [Bool]
    private let box: (x: Int, y: Int, width: Int, height: Int)

    init(_ snippet: Snippet) {
        ink = InkMap(snippet.cleaned)
        let box = snippet.inner
        let slack = 4.0
        self.box = box
        let inside = ink.components.map { part in
            guard part.area >= 6 else { return false }
            guard part.centerX >= Double(box.x) - slack, part.centerX <= Double(box.x + box.width) + slack,
                part.centerY >= Double(box.y) - slack, part.centerY <= Double(box.y + box.height) + slack
            else { return false }
            // A rule of the form, left over where the paper was stretched.
            if part.height <= 7, part.width >= 100, part.area * 2 > part.width * part.height { return false }
            if part.width <= 7, Double(part.height) >= 0.85 * Double(box.height) {
                let nearest = min(abs(part.centerX - Double(box.x)), abs(part.centerX - Double(box.x + box.width)))
                if nearest < 10 { return false }
            }
            return true
        }
        let own = zip(ink.components, inside).filter(\.1).map(\.0)
        guard let letter = own.usualHeight else {
            belongs = inside
            return
        }
        let letters = own.filter { Double($0.height) >= 0.6 * letter }
        belongs = zip(ink.components, inside).map { part, isInside in
            isInside
                || part.area >= 6 && part.centerY < Double(box.y) && letters.contains { part.isMark(above: $0, letter) }
        }
    }

    var components: [InkMap.Component] { zip(ink.components, belongs).filter(\.1).map(\.0) }

    /// In pixels of the snippet.
    var area: Int { components.reduce(0) { $0 + $1.area } }

    var picture: PageImage { ink.picture(keeping: belongs) }

    /// Whether letters stand close beside the writing that lie outside of the box, on one of these sides.
    func goesOn(beyond sides: OpenSides) -> Bool {
        let own = components
        guard let letter = own.usualHeight, let left = own.map(\.minX).min(), let right = own.map(\.maxX).max(),
            let top = own.map(\.minY).min(), let bottom = own.map(\.maxY).max()
        else { return false }
        // Letters of a word stand closer, and words hardly further apart.
        let gap = 0.8 * letter
        return zip(ink.components, belongs).contains { part, isOwn in
            guard !isOwn, Double(part.area) >= 0.04 * letter * letter, Double(part.height) >= 0.3 * letter,
                // Else it is what is left of the box's own wall.
                part.width > 7 || Double(part.height) < 0.85 * Double(box.height)
            else { return false }
            let common = min(part.maxY, bottom) - max(part.minY, top)
            guard Double(common) > 0.5 * Double(part.height) else { return false }
            let isRight = part.centerX > Double(box.x + box.width) && Double(part.minX - right) < gap
            let isLeft = part.centerX < Double(box.x) && Double(left - part.maxX) < gap
            return isRight && sides.contains(.right) || isLeft && sides.contains(.left)
        }
    }
}
