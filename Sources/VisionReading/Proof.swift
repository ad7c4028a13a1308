/// Decides whether a registration proves that a scan is a page of a form.
///
/// A similarity score alone never does: one sender's forms share heads, fonts and words. What does is that the blank's
/// print is there, in one geometry. The figures come from filled authority forms and from real scans of two others.
struct Proof {
    enum Verdict: Equatable {
        case accepted
        /// The form, but not as it is known: parts of its print are missing or replaced.
        case resembles
        case rejected
    }

    /// Features of the blank that were found again in one geometry, and how many it has.
    let inliers: Int
    let features: Int
    /// Pixels of the blank's print at 100 dpi that the scan should show, those beyond its edge, and of the former those
    /// that are missing in whole words or figures.
    let print: Int
    let outside: Int
    let changed: Int
    /// Share of the print that is on the scan.
    let explained: Double
    /// Printed words that were looked for, those of them that show something else, and those that are not whole on the picture.
    let words: Int
    let missingWords: Int
    let unseenWords: Int
    /// Pixels of printed words at 150 dpi that have other print in their place.
    ///
    /// A short word has fifty to a hundred.
    let replaced: Int

    /// Less is chance.
    static let fewestInliers = 12

    /// So many say by themselves that it may be the form: a share, because a form with little print has few to find.
    ///
    /// A page of nothing but combs shows a twentieth of its features in one geometry, since all cells look alike. What is
    /// let through here is only looked at more closely: what proves the page is its print.
    static func clearInliers(features: Int) -> Int { max(20, features / 32) }

    /// Of a form's print, what a page of it must show, and what one of another edition must.
    static let leastOfForm = 0.85
    static let leastOfEdition = 0.65

    var missingShare: Double { words > 0 ? Double(missingWords) / Double(words) : 0 }

    /// A page that was turned in the feeder loses a corner; one that lost more cannot be proved.
    private var outsideShare: Double { Double(outside) / Double(max(1, print + outside)) }

    var verdict: Verdict {
        guard outsideShare <= 0.05 else { return .rejected }
        // Filled pages, real scans among them, lack next to nothing; a version that differs in a line lacks 70 or more.
        if explained >= Self.leastOfForm, changed <= max(60, print / 1000), missingWords <= max(2, words / 25),
            replaced <= 45
        {
            return .accepted
        }
        if explained >= Self.leastOfEdition, missingShare <= 0.5, inliers >= max(30, features / 8) {
            return .resembles
        }
        return .rejected
    }

    /// 0...1.
    var confidence: Double {
        let ink = min(1, max(0, (explained - Self.leastOfForm) / 0.1))
        let geometry = min(1, Double(inliers) / Double(max(40, features / 8)))
        return 0.9 + 0.0999 * min(ink, geometry) * (1 - missingShare)
    }
}
