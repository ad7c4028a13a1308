import COpenCV

/// The layouts of all blank pages of one paper size, coarsely and side by side.
///
/// A scan is compared with thousands of them in milliseconds; each takes 1 kB. The layouts themselves are fetched for the likeliest.
struct LayoutShelf {
    /// In millimetres.
    let width: Double
    let height: Double
    /// Places in the index.
    private(set) var entries: [Int] = []
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
        coarse += small
        return entries.count - 1
    }

    /// Only what belongs to some entries.
    func only(_ isWanted: (Int) -> Bool) -> LayoutShelf {
        var shelf = LayoutShelf(width: width, height: height)
        let small = Int(copencv_coarse_count)
        for (place, entry) in entries.enumerated() where isWanted(entry) {
            shelf.entries.append(entry)
            shelf.coarse += coarse[(place * small)..<((place + 1) * small)]
        }
        return shelf
    }

    /// The likeness to a scan, moved and scaled a little and upside down too, of those that are not far from it.
    ///
    /// - Parameters:
    ///   - scan: A layout of ``Layout/count`` numbers.
    ///   - layout: Gives the layout of an entry.
    /// - Returns: About 0 for strangers, 1 for the same.
    /// - Throws: What `layout` throws.
    func match(_ scan: [Float], layout: (Int) throws -> Layout) throws -> [(entry: Int, score: Double)] {
        guard !entries.isEmpty else { return [] }
        var places = [Int32](repeating: 0, count: Int(copencv_closely_count))
        let count = try check(copencv_layout_nearest(scan, coarse, Int32(entries.count), &places))
        let near = places[..<Int(count)].map { entries[Int($0)] }
        var cells: [Int8] = []
        cells.reserveCapacity(near.count * Layout.count)
        for entry in near { cells += try layout(entry).cells }
        var scores = [Float](repeating: -1, count: near.count)
        try check(copencv_layout_match(scan, cells, Int32(near.count), &scores))
        return zip(near, scores).map { ($0, Double($1)) }
    }

    /// The entries that may be nearly the same as that at `place`; itself left out.
    func near(_ place: Int) -> [Int] {
        let small = Int(copencv_coarse_count)
        return coarse.withUnsafeBufferPointer { coarse in
            guard let first = coarse.baseAddress else { return [] }
            return entries.indices.filter { other in
                other != place
                    && copencv_coarse_likeness(first + place * small, first + other * small) > Self.leastCoarseLikeness
            }.map { entries[$0] }
        }
    }

    // Layouts that are 0.94 alike have 0.96 and more; one in forty of one sender's others has so much.
    private static let leastCoarseLikeness: Float = 0.85
}
