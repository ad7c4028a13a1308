public import Support

/// What is printed on one blank page, made straight: rules, lines of text, the white regions that rules enclose, barcodes.
///
/// Lengths are millimetres from the page's top left corner.
public struct PrintedPage: Sendable {
    public var width: Double
    public var height: Double
    public var rules: [Rule]
    public var regions: [Region]
    public var map: RegionMap
    public var lines: [TextLine]
    public var barcodes: [PrintedBarcode]

    public init(
        width: Double, height: Double, rules: [Rule], regions: [Region], map: RegionMap, lines: [TextLine] = [],
        barcodes: [PrintedBarcode] = []
    ) {
        self.width = width
        self.height = height
        self.rules = rules
        self.regions = regions
        self.map = map
        self.lines = lines
        self.barcodes = barcodes
    }

    /// The same page turned by two quarters.
    public var onItsHead: PrintedPage {
        func turned(_ box: MillimetreRect) -> MillimetreRect {
            MillimetreRect(x: width - box.maxX, y: height - box.maxY, width: box.width, height: box.height)
        }
        return PrintedPage(
            width: width, height: height,
            rules: rules.map { Rule(box: turned($0.box), isVertical: $0.isVertical, isDotted: $0.isDotted) },
            regions: regions.map { Region(box: turned($0.box), area: $0.area) }, map: map.onItsHead,
            lines: lines.map { TextLine(box: turned($0.box), text: $0.text) }
                .sorted { ($0.box.y, $0.box.x) < ($1.box.y, $1.box.x) },
            barcodes: barcodes.map { PrintedBarcode(box: turned($0.box), text: $0.text) })
    }

    /// A printed straight line.
    public struct Rule: Sendable, Hashable {
        /// Thickness included.
        public var box: MillimetreRect
        public var isVertical: Bool
        /// Of dots or dashes.
        public var isDotted: Bool

        public init(box: MillimetreRect, isVertical: Bool, isDotted: Bool) {
            self.box = box
            self.isVertical = isVertical
            self.isDotted = isDotted
        }
    }

    /// A white area with rules around it; one of them is the ground on which everything lies.
    public struct Region: Sendable, Hashable {
        public var box: MillimetreRect
        /// In square millimetres; less than the box where the region is no rectangle.
        public var area: Double

        public init(box: MillimetreRect, area: Double) {
            self.box = box
            self.area = area
        }

        /// 1 for a rectangle with nothing enclosed in it.
        var fullness: Double { area / max(box.width * box.height, 0.01) }
    }

    public struct PrintedBarcode: Sendable, Hashable {
        public var box: MillimetreRect
        public var text: String

        public init(box: MillimetreRect, text: String) {
            self.box = box
            self.text = text
        }
    }
}

/// Which region each place of a page belongs to.
public struct RegionMap: Sendable {
    /// In cells.
    public let width: Int
    public let height: Int
    public let cellsPerMillimetre: Double
    private let indices: [Int16]

    /// - Precondition: `indices` has `width * height` numbers, row by row; -1 on rules.
    public init(width: Int, height: Int, cellsPerMillimetre: Double, indices: [Int16]) {
        precondition(indices.count == width * height)
        self.width = width
        self.height = height
        self.cellsPerMillimetre = cellsPerMillimetre
        self.indices = indices
    }

    /// The same turned by two quarters.
    var onItsHead: RegionMap {
        RegionMap(width: width, height: height, cellsPerMillimetre: cellsPerMillimetre, indices: indices.reversed())
    }

    /// The region at a place in millimetres; `nil` on a rule and outside of the page.
    public subscript(x: Double, y: Double) -> Int? {
        let (column, row) = (Int(x * cellsPerMillimetre), Int(y * cellsPerMillimetre))
        guard x >= 0, y >= 0, column < width, row < height else { return nil }
        let index = Int(indices[row * width + column])
        return index < 0 ? nil : index
    }
}

/// One line of print.
public struct TextLine: Sendable, Hashable {
    public var box: MillimetreRect
    /// Empty as long as nobody has read it.
    public var text: String

    public init(box: MillimetreRect, text: String = "") {
        self.box = box
        self.text = text
    }

    /// Whether it is one line that lies level; what stands upright in a margin, or is a block, is none.
    public var isLevel: Bool { box.height < 14 && box.height < 2.2 * box.width }

    /// Joins runs of letters to lines: what stands level, close by and in the same region.
    ///
    /// - Parameters:
    ///   - runs: Boxes around words or parts of them.
    ///   - map: The page's regions.
    /// - Returns: Lines from top to bottom.
    public static func lines(of runs: [MillimetreRect], map: RegionMap) -> [TextLine] {
        var lines: [MillimetreRect] = []
        for run in runs.sorted(by: { $0.x < $1.x }) {
            let own = map[run.midX, run.midY]
            let index = lines.indices.reversed().first { index in
                let line = lines[index]
                let common = min(line.maxY, run.maxY) - max(line.y, run.y)
                guard common > 0.4 * min(line.height, run.height) else { return false }
                guard max(line.height, run.height) < 4 * min(line.height, run.height) else { return false }
                let gap = run.x - line.maxX
                guard gap < max(1.3, min(0.95 * max(line.height, run.height), 3.2)) else { return false }
                let level = max(line.y, run.y) + common / 2
                return gap < 0.2
                    || stride(from: line.maxX + 0.1, to: run.x, by: 0.2).allSatisfy { map[$0, level] == own }
            }
            if let index { lines[index] = lines[index].union(run) } else { lines.append(run) }
        }
        return lines.filter { $0.height >= 0.9 || $0.width > 3 }.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
            .map { TextLine(box: $0) }
    }

    /// Letters only, lower case, without what stands in brackets: what a label is compared by.
    var words: [String] {
        text.replacing(/\([^)]*\)?/, with: " ").lowercased()
            .split { !$0.isLetter && $0 != "-" && $0 != "/" }.map(String.init)
    }

    var hasLetters: Bool { text.count(where: \.isLetter) >= 2 }
}

extension MillimetreRect {
    var midX: Double { x + width / 2 }
    var midY: Double { y + height / 2 }
    var area: Double { width * height }

    init(left: Double, top: Double, right: Double, bottom: Double) {
        self.init(x: left, y: top, width: right - left, height: bottom - top)
    }

    func contains(_ x: Double, _ y: Double) -> Bool {
        x >= self.x && x <= maxX && y >= self.y && y <= maxY
    }

    /// How much of the smaller height both share, level with one another: 0...1.
    func level(with other: MillimetreRect) -> Double {
        max(0, min(maxY, other.maxY) - max(y, other.y)) / max(min(height, other.height), 0.01)
    }

    /// How much of the smaller width both share, one above the other: 0...1.
    func inColumn(with other: MillimetreRect) -> Double {
        max(0, min(maxX, other.maxX) - max(x, other.x)) / max(min(width, other.width), 0.01)
    }
}
