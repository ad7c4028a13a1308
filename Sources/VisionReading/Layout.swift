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

    /// How alike two are as they lie, about 0 for strangers, 1 for the same.
    func likeness(to other: Layout) -> Double { Double(copencv_layout_likeness(cells, other.cells)) }

    /// The most by which they are alike where one is moved by a cell at most.
    func likenessNear(_ other: Layout) -> Double { Double(copencv_layout_likeness_near(cells, other.cells)) }

    /// - Returns: `nil` when the number of cells is not ``count``.
    init?(cells: [Int8]) {
        guard cells.count == Layout.count else { return nil }
        self.cells = cells
    }
}
