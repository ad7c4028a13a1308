import COpenCV

/// How a scan lies on a blank by their features alone: cheap, and enough to tell which of several blanks deserves a proof first.
struct RoughMatch {
    /// Which blank page of the index.
    let entry: Int
    /// Share of the blank's print that the scan has thereabouts.
    ///
    /// Pages of a form have nearly all of it. Strangers have a good half: lines of text lie on each other whatever they say.
    var shown: Double { match.shown }

    let match: copencv_match

    /// What shows the most comes first; of the same, what stands earlier in the index.
    static func isLikelier(_ one: Self, _ other: Self) -> Bool { (one.shown, other.entry) > (other.shown, one.entry) }

    /// Lays a scan on a blank, or on what is known of it without its picture; `nil` when the two have too little in common to be
    /// worth a closer look.
    init?(of scan: GrayPage, to features: GrayPage, entry: Int) throws(VisionError) {
        var match = copencv_match()
        guard try check(copencv_register(features.handle, scan.handle, &match)) == 1,
            match.inliers >= Proof.fewestInliers
        else { return nil }
        self.entry = entry
        self.match = match
    }
}
