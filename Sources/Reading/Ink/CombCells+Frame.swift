import Imaging

extension CombCells {
    /// Whether a letter of the text is perhaps another, of which a stroke lies on the printed frame and was taken away with it.
    ///
    /// With a pen as pale as the frame no reader sees an `E` whose foot lies on a rule: all read `F`.
    func mayHideAStroke(of text: String, in snippet: Snippet) -> Bool {
        guard text.count == cells.count else { return false }
        return zip(text, cells).contains { letter, cell in
            Self.lackingAStroke.contains(letter) && snippet.inkBesidePrint(in: cell.columns) >= Self.leastTouch
        }
    }

    // `E` without its foot, and `O`, `G` or `D` without a side. Of words in fonts that the network never saw, 36 of 389 that were
    // certain had one of them on the frame, and 2 of these were wrong; of the others 3.
    private static let lackingAStroke: Set<Character> = ["F", "C"]
    // Pixels at 300 dpi: the end of a thin stroke.
    private static let leastTouch = 3
}

extension Snippet {
    /// Pixels of ink within two pixels of what is printed on the blank, in some columns.
    fileprivate func inkBesidePrint(in columns: Range<Int>) -> Int {
        let (width, height, near) = (cleaned.width, cleaned.height, 2)
        let columns = columns.clamped(to: near..<max(near, width - near))
        return (near..<max(near, height - near)).reduce(0) { sum, y in
            sum
                + columns.count { x in
                    cleaned.pixels[y * width + x] < 128
                        && (y - near...y + near).contains { row in
                            blank.pixels[row * width + x - near...row * width + x + near].contains { $0 < 140 }
                        }
                }
        }
    }
}
