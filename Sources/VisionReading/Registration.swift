import COpenCV
import Foundation
import Support

/// A scan mapped to one blank page, with the proof that it belongs there.
struct Registration {
    /// Which blank page of the index.
    let entry: Int
    /// From millimetres on the blank to pixels of the scan.
    let toScan: Homography
    let proof: Proof
    let correction: LocalCorrection
    /// The same at the points of a grid over the blank; see ``LocalCorrection/grid(columns:rows:over:)``.
    private let shifts: [Float]
    /// Where words and other print of the blank are not on the scan.
    let changes: [PrintChange]

    /// Looks closely at what features say; `nil` when the two have too little in common after all.
    ///
    /// A scan with less than the `least` share of the print does not have its words looked at.
    init?(of scan: GrayPage, by rough: RoughMatch, to blank: GrayPage, least: Double = Proof.leastOfEdition)
        throws(VisionError)
    {
        try self.init(rough.match, of: scan, to: blank, entry: rough.entry, least: least)
        // Rows of one circle have features that are taken for each other: few agree even on the right form. The patches
        // then bear it out, or it is chance.
        let isClear = rough.match.inliers >= Proof.clearInliers(features: Int(rough.match.features))
        guard isClear || correction.anchors.count >= Self.clearAnchors else { return nil }
    }

    /// Patches found again that bear out what few features say; a stranger of the same make has half as many.
    private static let clearAnchors = 40

    /// Registers to a blank that is nearly the same as one to which the scan is registered already.
    init(of scan: GrayPage, to blank: GrayPage, entry: Int, like known: Registration) throws(VisionError) {
        var match = copencv_match()
        match.inliers = Int32(known.proof.inliers)
        match.features = Int32(known.proof.features)
        match.map = known.toScan.m
        try self.init(match, of: scan, to: blank, entry: entry, least: Proof.leastOfForm)
    }

    private init(_ rough: copencv_match, of scan: GrayPage, to blank: GrayPage, entry: Int, least: Double)
        throws(VisionError)
    {
        let first = try Self(refining: rough, of: scan, to: blank, entry: entry, least: least)
        self = try first.reseated(from: rough, of: scan, to: blank, least: least) ?? first
    }

    /// The same page, where its print fits better some way aside; `nil` where it does not, or need not.
    private func reseated(from rough: copencv_match, of scan: GrayPage, to blank: GrayPage, least: Double)
        throws(VisionError) -> Self?
    {
        guard proof.verdict != .accepted, proof.explained >= Self.leastToReseat else { return nil }
        // Rows that repeat are taken for each other: then half of the print is there by chance, and not in its place.
        var moved = rough
        var map = rough.map
        guard try check(copencv_reseat(blank.handle, scan.handle, &map)) == 1 else { return nil }
        moved.map = map
        let other = try Self(refining: moved, of: scan, to: blank, entry: entry, least: least)
        return other.proof.explained > proof.explained ? other : nil
    }

    /// Of a stranger there is less.
    private static let leastToReseat = 0.5

    private init(refining rough: copencv_match, of scan: GrayPage, to blank: GrayPage, entry: Int, least: Double)
        throws(VisionError)
    {
        var match = rough
        var map = rough.map
        var anchors = [copencv_anchor](repeating: copencv_anchor(), count: 128)
        let found = try check(copencv_refine(blank.handle, scan.handle, &map, &anchors, Int32(anchors.count)))
        match.map = map
        correction = LocalCorrection(
            anchors[..<found].map { .init(x: $0.x, y: $0.y, dx: $0.dx, dy: $0.dy) })
        let shifts = correction.grid(columns: Self.columns, rows: Self.rows, over: blank.size)
        self.shifts = shifts
        changes = try PrintChange.found(most: 64) { places, capacity in
            copencv_prove(
                blank.handle, scan.handle, shifts, Int32(Self.columns), Int32(Self.rows), least, &match, places,
                capacity)
        }
        self.entry = entry
        toScan = Homography(map)
        proof = Proof(
            inliers: Int(match.inliers), features: Int(match.features), print: Int(match.print),
            outside: Int(match.outside), changed: Int(match.changed), explained: match.explained,
            words: Int(match.words), missingWords: Int(match.missing_words), unseenWords: Int(match.unseen_words),
            replaced: Int(match.replaced))
    }

    // Of the grid of ``shifts``.
    private static let columns = 15
    private static let rows = 21

    /// Letters and digits of the blank that are others on the scan.
    func replacedLetters(on scan: GrayPage, to blank: GrayPage) throws(VisionError) -> [PrintChange] {
        try PrintChange.found(most: 64) { places, capacity in
            copencv_replaced(
                blank.handle, scan.handle, toScan.m, shifts, Int32(Self.columns), Int32(Self.rows), places, capacity)
        }
    }

    /// Print on the scan that the blank has not, away from places where people write.
    func addedPrint(on scan: GrayPage, to blank: GrayPage, beside fields: [MillimetreRect]) throws(VisionError)
        -> [PrintChange]
    {
        let boxes = fields.flatMap { [$0.x, $0.y, $0.width, $0.height] }
        return try PrintChange.found(most: 16) { places, capacity in
            copencv_added(
                blank.handle, scan.handle, toScan.m, shifts, Int32(Self.columns), Int32(Self.rows), boxes,
                Int32(fields.count), places, capacity)
        }
    }

    /// By how many degrees the scan stands turned clockwise, in quarters.
    func rotation(width: Double, height: Double) -> Int {
        let from = toScan.apply(width * 0.4, height / 2)
        let to = toScan.apply(width * 0.6, height / 2)
        let quarters = (atan2(to.y - from.y, to.x - from.x) / (.pi / 2)).rounded()
        return (Int(quarters) + 4) % 4 * 90
    }
}

extension copencv_match {
    /// ``h`` as an array of nine.
    fileprivate var map: [Double] {
        get { withUnsafeBytes(of: h) { Array($0.bindMemory(to: Double.self)) } }
        set { withUnsafeMutableBytes(of: &h) { $0.copyBytes(from: newValue.withUnsafeBytes(Array.init)) } }
    }
}
