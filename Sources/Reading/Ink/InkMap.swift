import Imaging

/// The strokes of a picture: connected dark pixels, found run by run.
struct InkMap {
    /// Dark pixels side by side in one row.
    private struct Run {
        var row: Int
        var columns: Range<Int>
        var component: Int
    }

    struct Component {
        var minX: Int
        var minY: Int
        var maxX: Int
        var maxY: Int
        /// In pixels.
        var area: Int

        var width: Int { maxX - minX + 1 }
        var height: Int { maxY - minY + 1 }
        var centerX: Double { Double(minX + maxX) / 2 }
        var centerY: Double { Double(minY + maxY) / 2 }
    }

    let image: PageImage
    /// Pixels darker than this are ink.
    let threshold: UInt8
    private(set) var components: [Component] = []
    private var runs: [Run] = []

    /// - Parameters:
    ///   - image: Grey, dark ink on 255.
    ///   - threshold: Pixels darker than this are ink.
    init(_ image: PageImage, threshold: UInt8 = 200) {
        self.image = image
        self.threshold = threshold
        findRuns(darkerThan: threshold)
        connectRuns()
    }

    private mutating func findRuns(darkerThan threshold: UInt8) {
        let width = image.width
        for row in 0..<image.height {
            let start = row * width
            var column = 0
            while column < width {
                if image.pixels[start + column] >= threshold {
                    column += 1
                    continue
                }
                let first = column
                while column < width, image.pixels[start + column] < threshold { column += 1 }
                runs.append(Run(row: row, columns: first..<column, component: -1))
            }
        }
    }

    /// Joins runs of neighbouring rows that touch, also at corners.
    private mutating func connectRuns() {
        var parents = Array(runs.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while parents[index] != index {
                parents[index] = parents[parents[index]]
                index = parents[index]
            }
            return index
        }
        var above = 0
        for index in runs.indices {
            let run = runs[index]
            while above < index, runs[above].row < run.row - 1 { above += 1 }
            var other = above
            while other < index, runs[other].row == run.row - 1 {
                let columns = runs[other].columns
                if columns.lowerBound <= run.columns.upperBound, run.columns.lowerBound <= columns.upperBound {
                    let (a, b) = (root(other), root(index))
                    parents[max(a, b)] = min(a, b)
                }
                other += 1
            }
        }
        var numbers: [Int: Int] = [:]
        for index in runs.indices {
            let run = runs[index]
            let top = root(index)
            let number = numbers[top, default: components.count]
            if number == components.count {
                numbers[top] = number
                components.append(
                    Component(
                        minX: run.columns.lowerBound, minY: run.row, maxX: run.columns.upperBound - 1, maxY: run.row,
                        area: 0))
            }
            components[number].minX = min(components[number].minX, run.columns.lowerBound)
            components[number].maxX = max(components[number].maxX, run.columns.upperBound - 1)
            components[number].maxY = max(components[number].maxY, run.row)
            components[number].area += run.columns.count
            runs[index].component = number
        }
    }

    /// The picture with only the chosen strokes, and the grey at their edges; all else is white.
    ///
    /// - Parameter isKept: Indexed like ``components``.
    /// - Returns: A picture of the same size.
    func picture(keeping isKept: [Bool]) -> PageImage {
        var pixels = [UInt8](repeating: 255, count: image.pixels.count)
        let width = image.width
        for run in runs where isKept[run.component] {
            let columns = max(0, run.columns.lowerBound - 2)..<min(width, run.columns.upperBound + 2)
            for row in max(0, run.row - 1)...min(image.height - 1, run.row + 1) {
                for index in (row * width + columns.lowerBound)..<(row * width + columns.upperBound) {
                    pixels[index] = image.pixels[index]
                }
            }
        }
        return PageImage(
            width: width, height: image.height, channels: .gray, resolution: image.resolution, pixels: pixels)
    }

    /// Where a component has ink, row by row within its own bounds.
    func mask(of component: Int) -> [[Bool]] {
        let bounds = components[component]
        var mask = [[Bool]](repeating: Array(repeating: false, count: bounds.width), count: bounds.height)
        for run in runs where run.component == component {
            for column in run.columns { mask[run.row - bounds.minY][column - bounds.minX] = true }
        }
        return mask
    }

    /// How many ink pixels of the chosen strokes stand in each row.
    func rowProfile(of isKept: [Bool]) -> [Int] {
        var profile = [Int](repeating: 0, count: image.height)
        for run in runs where isKept[run.component] { profile[run.row] += run.columns.count }
        return profile
    }
}
