import Support

/// Checks that everything lies on its page, and that no two fields lie on one another.
struct PlacementCheck {
    private let pages: [FormTemplate.Page]
    private let areas: [Area]

    /// A place that ink is read from.
    private struct Area {
        var owner: Int
        var name: String
        var page: Int
        var box: MillimetreRect
        var located: Located
        /// Whether another field may lie on it: a picture or a barcode is not read as writing.
        var sharesItsPlace: Bool
    }

    init(pages: [FormTemplate.Page], fields: [LocatedField]) {
        self.pages = pages
        areas = fields.enumerated().flatMap { owner, entry -> [Area] in
            let field = entry.field
            func area(_ box: MillimetreRect, page: Int? = nil, at located: Located?) -> Area {
                Area(
                    owner: owner, name: field.name, page: page ?? field.page, box: box,
                    located: located ?? entry.located, sharesItsPlace: field.kind == .image || field.kind == .barcode)
            }
            if field.kind == .choice {
                let elements = entry.located.member("options")?.elements() ?? []
                return zip(field.options, elements).compactMap { option, element in
                    option.box.map { area($0, page: option.page, at: element.member("box")) }
                }
            }
            if field.kind == .comb, let boxes = field.cellBoxes {
                let elements = entry.located.member("cellBoxes")?.elements() ?? []
                return zip(boxes, elements).map { area($0, at: $1) }
            }
            return [area(field.box, at: entry.located.member("box"))]
        }
        for entry in fields where entry.field.kind == .table { Self.checkColumns(entry) }
    }

    func run() {
        for (index, area) in areas.enumerated() {
            guard pages.indices.contains(area.page - 1) else { continue }
            let page = pages[area.page - 1]
            // The page itself was reported.
            guard page.width > 0, page.height > 0 else { continue }
            let box = area.box
            // A hundredth of a millimetre is rounding.
            if box.x < -0.01 || box.y < -0.01 || box.maxX > page.width + 0.01 || box.maxY > page.height + 0.01 {
                area.located.report(
                    "The box ends at \(box.maxX.shortest) × \(box.maxY.shortest) mm, outside page \(area.page) of "
                        + "\(page.width.shortest) × \(page.height.shortest) mm.",
                    "Write [x, y, width, height] in millimetres from the page's top left corner.")
            }
            guard !area.sharesItsPlace else { continue }
            let other = areas[..<index].first {
                !$0.sharesItsPlace && $0.page == area.page && $0.box.overlap(area.box) > 0.5
            }
            if let other {
                area.located.report(
                    other.owner == area.owner
                        ? "Two boxes of \"\(area.name)\" lie on one another."
                        : "\"\(area.name)\" lies on \"\(other.name)\": ink there would be read twice.",
                    "Move one of the boxes.")
            }
        }
    }

    private static func checkColumns(_ entry: LocatedField) {
        let table = entry.field
        let elements = entry.located.member("columns")?.elements() ?? []
        for (index, column) in table.columns.enumerated() where elements.count == table.columns.count {
            if column.x + column.width > table.box.width + 0.01 {
                elements[index].report(
                    "The column \"\(column.name)\" ends \((column.x + column.width).shortest) mm from the table's left "
                        + "edge, but the table is \(table.box.width.shortest) mm wide.",
                    "Count x from the table's left edge, not from the page's.")
            }
            let other = table.columns[..<index].first { $0.x < column.x + column.width && column.x < $0.x + $0.width }
            if let other {
                elements[index].report(
                    "The columns \"\(other.name)\" and \"\(column.name)\" lie on one another.", "Move one of them.")
            }
        }
    }
}

extension MillimetreRect {
    /// The common part as a share of the smaller of the two, 0...1.
    func overlap(_ other: MillimetreRect) -> Double {
        let common = max(0, min(maxX, other.maxX) - max(x, other.x)) * max(0, min(maxY, other.maxY) - max(y, other.y))
        return common / max(min(width * height, other.width * other.height), .leastNonzeroMagnitude)
    }
}
