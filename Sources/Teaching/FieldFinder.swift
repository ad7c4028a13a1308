import Forms
import Support

/// Finds the fields of a blank page by what is printed on it.
///
/// From what is surest to what is guessed: boxes to mark, combs, rules to write on, cells of frames, and white space that a
/// label asks to be written in. What one step took is in the way of the next.
struct FieldFinder {
    let page: PrintedPage
    /// Of each region, the lines of print in it.
    let linesIn: [Int: [Int]]
    /// The region in which everything else lies; others that reach over most of the page count as ground, too.
    let ground: Set<Int>

    var marks: [MarkBox] = []
    var proposals: [Proposal] = []
    /// Lines of print that name something already.
    var owned: Set<Int> = []
    /// Regions that are a field, or part of one.
    var used: Set<Int> = []
    /// Dotted lines that lead from a question to its boxes.
    var leaders: Set<Int> = []

    /// A box to mark, before it is known with which others it belongs together.
    struct MarkBox {
        var region: Int
        /// The printed frame, from the middle of its lines.
        var box: MillimetreRect
        /// The region around it.
        var around: Int?
        var label = ""
        /// The line of print that is its label.
        var line: Int?
        /// Whether its label heads a column of boxes.
        var isHeaded = false
    }

    init(_ page: PrintedPage) {
        self.page = page
        var linesIn: [Int: [Int]] = [:]
        for (index, line) in page.lines.enumerated() {
            if let region = Self.region(of: line.box, page) { linesIn[region, default: []].append(index) }
        }
        self.linesIn = linesIn
        ground = Set(
            page.regions.indices.filter {
                page.regions[$0].box.height > 0.93 * page.height || page.regions[$0].box.width > 0.97 * page.width
            })
    }

    /// All fields, from top to bottom and left to right.
    static func fields(of page: PrintedPage) -> [Proposal] {
        var finder = FieldFinder(page)
        finder.findMarks()
        // The corners of a printed code look like boxes to mark.
        finder.marks.removeAll { mark in
            page.barcodes.contains { $0.box.insetBy(-2).meets(mark.box) }
        }
        finder.findCombs()
        finder.findRuledLines()
        finder.labelMarks()
        finder.findCells()
        finder.gatherTables()
        finder.groupMarks()
        finder.findBlanks()
        return finder.proposals.sorted { first, second in
            let (a, b) = (first.places[0], second.places[0])
            return a.level(with: b) > 0.6 ? a.x < b.x : a.y < b.y
        }
    }

    private static func region(of box: MillimetreRect, _ page: PrintedPage) -> Int? {
        // A letter's own counter may be a region; the places between letters tell more.
        for (x, y) in [
            (box.x - 0.25, box.midY), (box.maxX + 0.25, box.midY), (box.midX, box.y - 0.25), (box.midX, box.midY),
        ] {
            if let region = page.map[x, y] { return region }
        }
        return nil
    }

    /// The region that lies around `box`, seen from its sides.
    func regionAround(_ box: MillimetreRect) -> Int? {
        let places = [
            (box.maxX + 0.7, box.midY), (box.midX, box.y - 0.7), (box.midX, box.maxY + 0.7), (box.x - 0.7, box.midY),
        ]
        let seen = places.compactMap { page.map[$0.0, $0.1] }
        let counts = Dictionary(grouping: seen, by: \.self).mapValues(\.count)
        return seen.max { counts[$0, default: 0] < counts[$1, default: 0] }
    }

    /// From the middle of the frame's lines, which are drawn around the white region.
    func framed(_ region: MillimetreRect) -> MillimetreRect { region.insetBy(-0.15) }

    func hasDottedFrame(_ box: MillimetreRect) -> Bool {
        let near = box.insetBy(-0.8)
        let sides = page.rules.filter { $0.box.meets(near) && !$0.box.meets(box.insetBy(0.8)) }
        return sides.count { $0.isDotted } > sides.count { !$0.isDotted }
    }

    func isFree(_ box: MillimetreRect, of lines: Bool = true) -> Bool {
        !page.lines.contains { $0.box.meets(box) }
    }

    /// Everything that takes up room: print, rules, boxes, barcodes, and fields that were found.
    func obstacles(in area: MillimetreRect) -> [MillimetreRect] {
        page.lines.map(\.box).filter { $0.meets(area) } + page.rules.map(\.box).filter { $0.meets(area) }
            + page.barcodes.map(\.box).filter { $0.meets(area) } + marks.map(\.box).filter { $0.meets(area) }
            + proposals.flatMap(\.places).filter { $0.meets(area) }
    }
}
