import COpenCV
import Foundation
import Support

/// A scan mapped to one blank page, with the proof that it belongs there.
struct Registration {
    /// Which blank page of the index.
    let entry: Int
    /// From millimetres on the blank to pixels of the scan.
    let toScan: Homography
    /// Features of the blank found again in one geometry, and of how many.
    let inliers: Int
    let features: Int
    /// Share of the blank's ink that is on the scan.
    let explained: Double
    /// Printed words that were looked for, and of these the ones that are not on the scan.
    let words: Int
    let missingWords: Int
    let correction: LocalCorrection

    /// - Returns: `nil` when scan and blank have too little in common to be worth a closer look.
    init?(of scan: GrayPage, to blank: GrayPage, entry: Int) throws(VisionError) {
        var match = copencv_match()
        guard try check(copencv_register(blank.handle, scan.handle, &match)) == 1,
            match.inliers >= Proof.fewestInliers(features: Int(match.features))
        else { return nil }
        var anchors = [copencv_anchor](repeating: copencv_anchor(), count: 64)
        let found = try check(copencv_refine(blank.handle, scan.handle, &match, &anchors, Int32(anchors.count)))
        self.entry = entry
        toScan = withUnsafeBytes(of: match.h) { Homography(Array($0.bindMemory(to: Double.self))) }
        inliers = Int(match.inliers)
        features = Int(match.features)
        explained = match.explained
        words = Int(match.words)
        missingWords = Int(match.missing_words)
        correction = LocalCorrection(
            anchors[..<found].map { .init(x: $0.x, y: $0.y, dx: $0.dx, dy: $0.dy, likeness: $0.score) })
    }

    /// What the proof comes to.
    var proof: Proof {
        Proof(inliers: inliers, features: features, explained: explained, words: words, missingWords: missingWords)
    }

    /// By how many degrees the scan stands turned clockwise, in quarters.
    func rotation(width: Double, height: Double) -> Int {
        let from = toScan.apply(width * 0.4, height / 2)
        let to = toScan.apply(width * 0.6, height / 2)
        let quarters = (atan2(to.y - from.y, to.x - from.x) / (.pi / 2)).rounded()
        return (Int(quarters) + 4) % 4 * 90
    }
}
