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
        let ink = InkMap(snippet.cleaned)
        self.ink = ink
        let box = snippet.inner
        self.box = box
        let inside = ink.components.map { part in
            guard part.area >= 6 else { return false }
            // What was cut off at the picture's edge goes on there: its middle lies further out.
            let isCut =
                part.minX == 0 || part.minY == 0 || part.maxX == ink.image.width - 1
                || part.maxY == ink.image.height - 1
            let slack = isCut ? 0 : 4.0
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
        var belongs = inside
        for place in ink.marks(whereLettersAre: letter) {
            let part = ink.components[place]
            // Beside or below the box stands another's.
            let isOver =
                part.minY > 0 && part.centerX > Double(box.x) && part.centerX < Double(box.x + box.width)
                && part.centerY < Double(box.y + box.height)
            if isOver { belongs[place] = true }
        }
        self.belongs = belongs
    }

    var components: [InkMap.Component] { zip(ink.components, belongs).filter(\.1).map(\.0) }

    /// In pixels of the snippet.
    var area: Int { components.reduce(0) { $0 + $1.area } }

    var picture: PageImage { ink.picture(keeping: belongs) }

    /// Looks for a letter that goes on beyond what was cut out, and for one of another row that reaches into the box.
    ///
    /// - Parameter lines: How many lines the box has.
    /// - Returns: Whether there is one; the tails of the field's own letters do not count.
    func isCutOff(lines: Int) -> Bool {
        let half = Double(box.height) / Double(max(1, lines)) / 2
        return components.contains { part in
            part.minX == 0 || part.maxX == ink.image.width - 1
                || part.minY == 0 && Double(part.maxY) < Double(box.y) + half
                || part.maxY == ink.image.height - 1 && Double(part.minY) > Double(box.y + box.height) - half
        }
    }

    /// Whether letters stand close beside the writing that lie outside of the box: read without them it would be another word.
    var goesOn: Bool {
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
            return part.centerX > Double(box.x + box.width) && Double(part.minX - right) < gap
                || part.centerX < Double(box.x) && Double(left - part.maxX) < gap
        }
    }
}
