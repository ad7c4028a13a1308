import COpenCV

/// A page's layout thumbnail: where lines and text are, coarsely; 16 kB.
struct Layout: Hashable, Sendable {
    static let count = Int(copencv_layout_count)

    /// ``count`` numbers.
    let cells: [Int8]

    init(packing layout: [Float]) {
        var cells = [Int8](repeating: 0, count: Layout.count)
        copencv_layout_pack(layout, &cells)
        self.cells = cells
    }

    /// - Returns: `nil` when the number of cells is not ``count``.
    init?(cells: [Int8]) {
        guard cells.count == Layout.count else { return nil }
        self.cells = cells
    }

    /// About 0 for strangers, 1 for the same.
    func likeness(to other: Layout) -> Double { Double(copencv_layout_likeness(cells, other.cells)) }

    /// The likeness of each of `layouts` to a scan, moved and scaled a little and upside down too.
    static func match(_ scan: [Float], with layouts: [Layout]) throws(VisionError) -> [Double] {
        var all: [Int8] = []
        all.reserveCapacity(layouts.count * count)
        for layout in layouts { all += layout.cells }
        var scores = [Float](repeating: -1, count: layouts.count)
        var turned = [UInt8](repeating: 0, count: layouts.count)
        try check(copencv_layout_match(scan, all, Int32(layouts.count), &scores, &turned))
        return scores.map(Double.init)
    }
}
