import Foundation

/// What a homography cannot follow: paper is fed unevenly, curls and folds, so places near one another err alike.
struct LocalCorrection {
    /// A small patch of print that was found again; millimetres on the blank.
    struct Anchor {
        var x: Double
        var y: Double
        var dx: Double
        var dy: Double
    }

    /// Those that agree with their neighbours.
    let anchors: [Anchor]
    /// By how much each anchor lies elsewhere than the others foretell, in millimetres: the error between anchors.
    let errors: [(dx: Double, dy: Double)]
    /// Their mean length.
    let residual: Double

    init(_ found: [Anchor]) {
        // A patch on repeated print (cells of a table) may be found one period aside.
        anchors = found.filter { anchor in
            let near = Self.nearest(7, to: (anchor.x, anchor.y), in: found)
            let dx = Self.median(near.map(\.dx))
            let dy = Self.median(near.map(\.dy))
            return abs(anchor.dx - dx) < 0.35 && abs(anchor.dy - dy) < 0.35
        }
        let kept = anchors
        errors = kept.indices.map { place in
            let guess = Self.shift(at: (kept[place].x, kept[place].y), by: kept, without: place)
            return (kept[place].dx - guess.dx, kept[place].dy - guess.dy)
        }
        residual = errors.isEmpty ? 0 : errors.map { hypot($0.dx, $0.dy) }.reduce(0, +) / Double(errors.count)
    }

    /// How far off a place may still be, in millimetres: the mean error of the anchors nearest to it.
    func residual(atX x: Double, y: Double) -> Double {
        let near = Self.nearestIndices(4, to: (x, y), in: anchors)
        guard !near.isEmpty else { return residual }
        return near.map { hypot(errors[$0].dx, errors[$0].dy) }.reduce(0, +) / Double(near.count)
    }

    /// By how much a place on the blank lies elsewhere than the homography says, in millimetres.
    func shift(atX x: Double, y: Double) -> (dx: Double, dy: Double) {
        Self.shift(at: (x, y), by: anchors, without: nil)
    }

    private static func shift(at place: (Double, Double), by anchors: [Anchor], without left: Int?) -> (
        dx: Double, dy: Double
    ) {
        // Far from every anchor nothing is known: the constant draws towards no correction.
        var (sum, dx, dy) = (1 / (60.0 * 60), 0.0, 0.0)
        for anchor in nearest(4, to: place, in: anchors, without: left) {
            let weight = 1 / (squaredDistance(anchor, place) + 10 * 10)
            sum += weight
            dx += weight * anchor.dx
            dy += weight * anchor.dy
        }
        return (dx / sum, dy / sum)
    }

    /// ``shift(atX:y:)`` at evenly spaced places of a page, x and y in turn, row by row.
    func grid(columns: Int, rows: Int, over size: (width: Double, height: Double)) -> [Float] {
        (0..<rows).flatMap { row in
            (0..<columns).flatMap { column in
                let x = (Double(column) + 0.5) * size.width / Double(columns)
                let y = (Double(row) + 0.5) * size.height / Double(rows)
                let (dx, dy) = shift(atX: x, y: y)
                return [Float(dx), Float(dy)]
            }
        }
    }

    private static func nearest(
        _ count: Int, to place: (Double, Double), in anchors: [Anchor], without left: Int? = nil
    ) -> [Anchor] {
        nearestIndices(count, to: place, in: anchors, without: left).map { anchors[$0] }
    }

    private static func nearestIndices(
        _ count: Int, to place: (Double, Double), in anchors: [Anchor], without left: Int? = nil
    ) -> [Int] {
        var best: [(distance: Double, index: Int)] = []
        for index in anchors.indices where index != left {
            let distance = squaredDistance(anchors[index], place)
            guard best.count < count || distance < best[best.count - 1].distance else { continue }
            let place = best.firstIndex { distance < $0.distance } ?? best.count
            best.insert((distance, index), at: place)
            if best.count > count { best.removeLast() }
        }
        return best.map(\.index)
    }

    private static func squaredDistance(_ anchor: Anchor, _ place: (Double, Double)) -> Double {
        (anchor.x - place.0) * (anchor.x - place.0) + (anchor.y - place.1) * (anchor.y - place.1)
    }

    private static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
}
