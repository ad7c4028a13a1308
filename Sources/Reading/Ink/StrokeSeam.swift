import Imaging

/// Where two characters that touch come apart: the way from top to bottom between them that crosses the least ink.
///
/// A straight cut takes the side off a round character that leans over the border; a way that may bend goes around it.
struct StrokeSeam {
    /// For each row of the strokes the column it runs through.
    let columns: [Int]
    /// How many pixels of ink it crosses.
    let crossed: Int

    // What it costs to cross a pixel of ink, to go aside by one, and to be away from the border by one.
    private static let (inkCost, asideCost, awayCost) = (8.0, 0.35, 0.02)

    /// - Parameters:
    ///   - strokes: Where there is ink, row by row.
    ///   - border: The column of the border between the two cells.
    ///   - reach: How many columns away from it the seam may run.
    init(_ strokes: [[Bool]], near border: Double, reach: Double) {
        let width = strokes.first?.count ?? 0
        let first = max(0, Int((border - reach).rounded()))
        let last = min(width - 1, Int((border + reach).rounded()))
        guard first <= last else {
            let column = min(max(0, Int(border)), max(0, width - 1))
            columns = Array(repeating: column, count: strokes.count)
            crossed = strokes.count { $0.indices.contains(column) && $0[column] }
            return
        }
        let count = last - first + 1
        var costs = [Double](repeating: 0, count: count)
        var from: [[Int]] = []
        for row in strokes {
            var next = [Double](repeating: 0, count: count)
            var origins = [Int](repeating: 0, count: count)
            for place in 0..<count {
                var best = place
                var lowest = costs[place]
                for other in [place - 1, place + 1] where other >= 0 && other < count {
                    let cost = costs[other] + Self.asideCost
                    if cost < lowest { (best, lowest) = (other, cost) }
                }
                let away = abs(Double(first + place) - border)
                next[place] = lowest + (row[first + place] ? Self.inkCost : 0) + Self.awayCost * away
                origins[place] = best
            }
            costs = next
            from.append(origins)
        }
        var place = costs.indices.min { costs[$0] < costs[$1] } ?? 0
        var path: [Int] = []
        for origins in from.reversed() {
            path.append(first + place)
            place = origins[place]
        }
        columns = path.reversed()
        crossed = zip(strokes, columns).count { $0[$1] }
    }

    /// Makes these strokes white along the seam, two pixels wide, so that what is on its sides touches nowhere, not even at
    /// corners.
    ///
    /// - Parameters:
    ///   - strokes: As given at the start.
    ///   - image: Where they were found.
    ///   - x: The strokes' first column in the image.
    ///   - y: Their first row.
    func erase(_ strokes: [[Bool]], from image: inout PageImage, x: Int, y: Int) {
        for (row, column) in columns.enumerated() {
            for place in [column, column + 1] where strokes[row].indices.contains(place) && strokes[row][place] {
                image.pixels[(y + row) * image.width + x + place] = 255
            }
        }
    }
}
