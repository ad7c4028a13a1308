/// What a homography cannot follow: paper is fed unevenly, curls and folds, so places near one another err alike.
struct LocalCorrection {
    /// A small patch of print that was found again; millimetres on the blank.
    struct Anchor {
        var x: Double
        var y: Double
        var dx: Double
        var dy: Double
        /// −1...1.
        var likeness: Double
    }

    /// Those that agree with their neighbours.
    let anchors: [Anchor]
    /// Mean of what is left at the anchors, in millimetres.
    let residual: Double

    init(_ found: [Anchor]) {
        // A patch on repeated print (cells of a table) may be found one period aside.
        anchors = found.filter { anchor in
            let near = Self.nearest(7, to: (anchor.x, anchor.y), in: found)
            let dx = Self.median(near.map(\.dx))
            let dy = Self.median(near.map(\.dy))
            return abs(anchor.dx - dx) < 0.35 && abs(anchor.dy - dy) < 0.35
        }
        let lengths = anchors.map { ($0.dx * $0.dx + $0.dy * $0.dy).squareRoot() }
        residual = lengths.isEmpty ? 0 : lengths.reduce(0, +) / Double(lengths.count)
    }

    /// By how much a place on the blank lies elsewhere than the homography says, in millimetres.
    func shift(atX x: Double, y: Double) -> (dx: Double, dy: Double) {
        // Far from every anchor nothing is known: the constant draws towards no correction.
        var (sum, dx, dy) = (1 / (60.0 * 60), 0.0, 0.0)
        for anchor in Self.nearest(4, to: (x, y), in: anchors) {
            let weight = 1 / (Self.squaredDistance(anchor, (x, y)) + 15 * 15)
            sum += weight
            dx += weight * anchor.dx
            dy += weight * anchor.dy
        }
        return (dx / sum, dy / sum)
    }

    private static func nearest(_ count: Int, to place: (Double, Double), in anchors: [Anchor]) -> [Anchor] {
        Array(anchors.sorted { squaredDistance($0, place) < squaredDistance($1, place) }.prefix(count))
    }

    private static func squaredDistance(_ anchor: Anchor, _ place: (Double, Double)) -> Double {
        (anchor.x - place.0) * (anchor.x - place.0) + (anchor.y - place.1) * (anchor.y - place.1)
    }

    private static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
}
