import COpenCV

/// The layouts of all blank pages of one paper size, side by side, so that a scan is compared with thousands of them in
/// milliseconds.
struct LayoutShelf {
    /// In millimetres.
    let width: Double
    let height: Double
    /// Places in the index.
    private(set) var entries: [Int] = []
    private var cells: [Int8] = []
    private var coarse: [Int8] = []

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// - Returns: Its place on the shelf.
    mutating func append(_ layout: Layout, of entry: Int) -> Int {
        var small = [Int8](repeating: 0, count: Int(copencv_coarse_count))
        copencv_layout_coarse(layout.cells, &small)
        entries.append(entry)
        cells += layout.cells
        coarse += small
        return entries.count - 1
    }

    /// Only what belongs to some entries.
    func only(_ isWanted: (Int) -> Bool) -> LayoutShelf {
        var shelf = LayoutShelf(width: width, height: height)
        let small = Int(copencv_coarse_count)
        for (place, entry) in entries.enumerated() where isWanted(entry) {
            shelf.entries.append(entry)
            shelf.cells += cells[(place * Layout.count)..<((place + 1) * Layout.count)]
            shelf.coarse += coarse[(place * small)..<((place + 1) * small)]
        }
        return shelf
    }

    /// The likeness of each to a scan, moved and scaled a little and upside down too; −1 for those that are far from it.
    func match(_ scan: [Float]) throws(VisionError) -> [Double] {
        guard !entries.isEmpty else { return [] }
        var scores = [Float](repeating: -1, count: entries.count)
        try check(copencv_layout_match(scan, cells, coarse, Int32(entries.count), &scores))
        return scores.map(Double.init)
    }

    /// The most by which two are alike where one is moved by a cell at most, about 0 for strangers, 1 for the same.
    func likeness(_ one: Int, _ other: Int) -> Double {
        cells.withUnsafeBufferPointer { cells in
            guard let first = cells.baseAddress else { return 0 }
            return Double(copencv_layout_likeness_near(first + one * Layout.count, first + other * Layout.count))
        }
    }

    /// Whether two places hold the same numbers.
    func areAlike(_ one: Int, _ other: Int) -> Bool {
        cells[(one * Layout.count)..<((one + 1) * Layout.count)]
            == cells[(other * Layout.count)..<((other + 1) * Layout.count)]
    }

    /// The entries whose layouts are like that at `place`, about 0 for strangers, 1 for the same; itself left out.
    func alike(_ place: Int, above least: Double) -> [(entry: Int, score: Double)] {
        cells.withUnsafeBufferPointer { cells in
            guard let first = cells.baseAddress else { return [] }
            return entries.indices.compactMap { other in
                guard other != place else { return nil }
                let score = Double(
                    copencv_layout_likeness(first + place * Layout.count, first + other * Layout.count))
                return score > least ? (entries[other], score) : nil
            }
        }
    }
}
