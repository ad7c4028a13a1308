import Imaging

/// Dots and rings that may be lost among print: a label stands so close above the letters that both touch.
///
/// What is taken away as the blank's print may have been a dot of `Ö`. It leaves a little ink between the printed letters that
/// the blank does not have.
struct HiddenMarks {
    /// How many letters have such ink above them.
    let count: Int

    /// In pixels at 300 dpi: less is the soft edge of print.
    private static let leastInk = 8
    /// How much darker than the paper ink is.
    private static let contrast = 80

    init(_ snippet: Snippet, _ handwork: Handwork) {
        let letters = handwork.components
        guard let height = letters.usualHeight else {
            count = 0
            return
        }
        let (scan, blank, cleaned) = (snippet.scan, snippet.blank, snippet.cleaned)
        let paper = Int(scan.pixels.max() ?? 255)
        let width = scan.width
        func isBeside(_ row: Int, _ column: Int) -> Bool {
            (row - 1...row + 1).allSatisfy { row in
                (column - 1...column + 1).allSatisfy { column in
                    row < 0 || row >= blank.height || column < 0 || column >= width
                        || blank.pixels[row * width + column] > 200
                }
            }
        }
        count =
            letters.count { letter in
                guard Double(letter.height) >= 0.6 * height else { return false }
                var (ink, print) = (0, 0)
                for row in max(0, letter.minY - Int(0.45 * height))..<max(0, letter.minY - 1) {
                    for column in letter.minX...letter.maxX {
                        let place = row * width + column
                        if blank.pixels[place] < 128 { print += 1 }
                        let isDark = Int(scan.pixels[place]) < paper - Self.contrast && cleaned.pixels[place] == 255
                        if isDark, isBeside(row, column) { ink += 1 }
                    }
                }
                return print > 0 && ink >= Self.leastInk
            }
    }
}
