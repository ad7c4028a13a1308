import Imaging

/// What somebody put into a field: the strokes of a snippet that belong there.
///
/// Strokes that belong to a neighbour (their middle lies outside the box), specks, and what is left of printed rules
/// are left out.
struct Handwork {
    let ink: InkMap
    /// Indexed like the ink's components.
    let belongs: [Bool]

    init(_ snippet: Snippet) {
        ink = InkMap(snippet.cleaned)
        let box = snippet.inner
        let slack = 4.0
        belongs = ink.components.map { part in
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
    }

    var components: [InkMap.Component] { zip(ink.components, belongs).filter(\.1).map(\.0) }

    /// In pixels of the snippet.
    var area: Int { components.reduce(0) { $0 + $1.area } }

    var picture: PageImage { ink.picture(keeping: belongs) }
}
