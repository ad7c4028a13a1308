import COpenCV
public import Imaging
public import Support

/// Finds places of one edition of a blank page on another edition of it.
///
/// The pages are registered as a whole first; then each place is looked for by the print around it, since a line that was
/// added moves all that stands below it.
public struct EditionMatch {
    /// A place on the other edition.
    public struct Place: Sendable, Hashable {
        public var box: MillimetreRect
        /// By how many millimetres it has moved against the rest of the page, right and down.
        public var by: (x: Double, y: Double) { (moved.x, moved.y) }
        /// Whether the print around it was found again, or there is none.
        public var isSure: Bool
        /// How alike the print around it is, up to 1.
        public var likeness: Double

        private var moved: Moved

        private struct Moved: Sendable, Hashable {
            var x: Double
            var y: Double
        }

        init(box: MillimetreRect, x: Double, y: Double, isSure: Bool, likeness: Double) {
            self.box = box
            moved = Moved(x: x, y: y)
            self.isSure = isSure
            self.likeness = likeness
        }
    }

    /// Whether the pages were recognised as editions of one another.
    public let isRegistered: Bool
    /// How much of the first one's print is on the second, 0...1.
    public let strength: Double
    private let first: PageImage
    private let second: PageImage
    /// From millimetres of the first to millimetres of the second.
    private let map: Homography

    /// In dots per inch; enough for labels, and quick.
    private static let resolution = 100.0
    private static let perMillimetre = resolution / 25.4

    /// - Parameters:
    ///   - first: The earlier edition, grey, with the size of its page in millimetres.
    ///   - second: The later one.
    /// - Throws: What OpenCV throws.
    public init(
        first: (image: PageImage, width: Double, height: Double),
        second: (image: PageImage, width: Double, height: Double)
    ) throws {
        let firstScale = (x: Double(first.image.width) / first.width, y: Double(first.image.height) / first.height)
        let secondScale = (x: Double(second.image.width) / second.width, y: Double(second.image.height) / second.height)
        let old = try GrayPage(first.image, pixelsPerMillimetre: firstScale)
        let new = try GrayPage(second.image, pixelsPerMillimetre: secondScale)
        let registration = try RoughMatch(of: new, to: old, entry: 0).flatMap { rough in
            try Registration(of: new, by: rough, to: old)
        }
        isRegistered = registration != nil
        strength = registration?.proof.explained ?? 0
        let toPixels = registration?.toScan ?? Homography([secondScale.x, 0, 0, 0, secondScale.y, 0, 0, 0, 1])
        let step = 1 / Self.perMillimetre
        let (columns, rows) = (
            Int((first.width * Self.perMillimetre).rounded()), Int((first.height * Self.perMillimetre).rounded())
        )
        self.first = try first.image.warped(
            by: Homography([firstScale.x * step, 0, 0, 0, firstScale.y * step, 0, 0, 0, 1]), width: columns,
            height: rows)
        let m = toPixels.m
        self.second = try second.image.warped(
            by: Homography([
                m[0] * step, m[1] * step, m[2], m[3] * step, m[4] * step, m[5], m[6] * step, m[7] * step, m[8],
            ]), width: columns, height: rows)
        map = Homography([
            m[0] / secondScale.x, m[1] / secondScale.x, m[2] / secondScale.x, m[3] / secondScale.y,
            m[4] / secondScale.y, m[5] / secondScale.y, m[6], m[7], m[8],
        ])
    }

    /// Where a place of the first edition is on the second.
    public func place(of box: MillimetreRect) throws -> Place {
        let isSmall = box.width < 12
        // A box to mark is told from others by its label, which stands beside it.
        let (beside, above) = isSmall ? (16.0, 3.0) : (5.0, 6.0)
        let scale = Self.perMillimetre
        let part = copencv_rect(
            x: Int32((box.x - beside) * scale), y: Int32((box.y - above) * scale),
            width: Int32((box.width + 2 * beside) * scale), height: Int32((box.height + 2 * above) * scale))
        var found = copencv_found()
        let hasPrint = try check(
            copencv_find_part(
                first.pixels, Int32(first.width), Int32(first.height), part, second.pixels, Int32(second.width),
                Int32(second.height), Int32(15 * scale), Int32(60 * scale), Self.penalty / scale, &found))
        let isFound = hasPrint == 0 || found.likeness >= Self.leastLikeness
        let (dx, dy) = hasPrint == 1 && isFound ? (Double(found.dx) / scale, Double(found.dy) / scale) : (0, 0)
        let (left, top) = map.apply(box.x + dx, box.y + dy)
        let (right, bottom) = map.apply(box.maxX + dx, box.maxY + dy)
        return Place(
            box: MillimetreRect(x: left, y: top, width: right - left, height: bottom - top), x: dx, y: dy,
            isSure: isFound, likeness: hasPrint == 1 ? found.likeness : 0)
    }

    private static let leastLikeness = 0.72
    /// How much more alike what is a millimetre further away must be.
    private static let penalty = 0.004
}
