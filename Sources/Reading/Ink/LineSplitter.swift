import Imaging

/// Divides the writing in a field into its lines.
///
/// Typed text does not follow the lines that were printed for handwriting, so the lines are found in the ink: rows
/// without ink part them; dots and commas go to the line they are nearest to; a block that is too tall for one line is
/// parted at its thinnest rows.
struct LineSplitter {
    /// In pixels at 300 dpi: a line of print is at least this tall (x-height of 5 point type).
    private static let leastHeight = 11

    /// - Parameters:
    ///   - handwork: The strokes of one field.
    ///   - allowsMany: Whether the field is meant for more than one line.
    /// - Returns: The rows of each line, from the top.
    static func lines(of handwork: Handwork, allowsMany: Bool) -> [Range<Int>] {
        let profile = handwork.ink.rowProfile(of: handwork.belongs)
        var blocks = blocks(of: profile)
        guard blocks.count > 1 || allowsMany else { return blocks }
        blocks = joiningSmall(blocks)
        if !allowsMany, blocks.count > 1 {
            // In a field for one line, two lines must be plain: both about as tall, and well apart.
            let heights = blocks.map(\.count).sorted()
            let gaps = zip(blocks, blocks.dropFirst()).map { $1.lowerBound - $0.upperBound }
            let isPlain = Double(heights[0]) > 0.55 * Double(heights[heights.count - 1]) && (gaps.min() ?? 0) >= 3
            if !isPlain, let first = blocks.first, let last = blocks.last {
                return [first.lowerBound..<last.upperBound]
            }
            return blocks
        }
        let letter = typicalHeight(of: handwork)
        let pieces = blocks.flatMap { parted($0, profile: profile, letter: letter) }
        return joiningTails(pieces, profile: profile, components: handwork.components)
    }

    /// Gives what lies between two lines to these: tails of letters above, and tops of letters below, are no line.
    private static func joiningTails(
        _ pieces: [Range<Int>], profile: [Int], components: [InkMap.Component]
    ) -> [Range<Int>] {
        let isLine = pieces.map { piece in
            components.contains { part in
                let common = min(part.maxY + 1, piece.upperBound) - max(part.minY, piece.lowerBound)
                return part.height >= leastHeight && common * 5 >= part.height * 3
            }
        }
        var lines: [Range<Int>] = []
        var carried: Int?
        for (place, piece) in pieces.enumerated() {
            let start = carried ?? piece.lowerBound
            carried = nil
            let (above, below) = (
                lines.last?.upperBound == start, pieces.dropFirst(place + 1).first?.lowerBound == piece.upperBound
            )
            if isLine[place] || !above && !below {
                lines.append(start..<piece.upperBound)
            } else if above {
                let end = below ? piece.min { profile[$0] < profile[$1] } ?? start : piece.upperBound
                lines[lines.count - 1] = lines[lines.count - 1].lowerBound..<end
                if below { carried = end }
            } else {
                carried = start
            }
        }
        return lines
    }

    private static func blocks(of profile: [Int]) -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        var start: Int?
        for (row, ink) in profile.enumerated() {
            if ink > 0 {
                start = start ?? row
            } else if let first = start {
                blocks.append(first..<row)
                start = nil
            }
        }
        if let start { blocks.append(start..<profile.count) }
        return blocks
    }

    private static func joiningSmall(_ blocks: [Range<Int>]) -> [Range<Int>] {
        var blocks = blocks
        while blocks.count > 1, let small = blocks.indices.first(where: { blocks[$0].count < leastHeight }) {
            let above = small > 0 ? blocks[small].lowerBound - blocks[small - 1].upperBound : Int.max
            let below = small + 1 < blocks.count ? blocks[small + 1].lowerBound - blocks[small].upperBound : Int.max
            let other = above < below ? small - 1 : small + 1
            let (first, last) = (min(small, other), max(small, other))
            blocks.replaceSubrange(first...last, with: [blocks[first].lowerBound..<blocks[last].upperBound])
        }
        return blocks
    }

    /// Height of a letter: the median of the strokes that are no dots.
    private static func typicalHeight(of handwork: Handwork) -> Int {
        let heights = handwork.components.map(\.height).filter { $0 >= leastHeight }.sorted()
        return heights.isEmpty ? leastHeight * 2 : heights[heights.count / 2]
    }

    private static func parted(_ block: Range<Int>, profile: [Int], letter: Int) -> [Range<Int>] {
        // One line with ascenders and descenders is about 2.2 times its letters' x-height.
        guard block.count > letter * 5 / 2, block.count >= 2 * leastHeight else { return [block] }
        let margin = max(leastHeight, letter * 3 / 4)
        guard block.count > 2 * margin else { return [block] }
        let inside = (block.lowerBound + margin)..<(block.upperBound - margin)
        guard let cut = inside.min(by: { profile[$0] < profile[$1] }) else { return [block] }
        let rows = block.map { profile[$0] }.sorted()
        // No valley, no second line: a large signature-like word is left whole.
        guard profile[cut] * 4 <= rows[rows.count * 3 / 4] else { return [block] }
        return parted(block.lowerBound..<cut, profile: profile, letter: letter)
            + parted(cut..<block.upperBound, profile: profile, letter: letter)
    }
}
