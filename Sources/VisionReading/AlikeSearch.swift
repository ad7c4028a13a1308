import COpenCV
public import Imaging
public import Support

/// Finds the places on blank pages that are printed as a given one: "one like this".
///
/// The outlines of the given boxes are what counts, held against the page in every place by normalised correlation; each edge
/// must be there that the given place has, and no other. What is printed inside is each field's own.
public struct AlikeSearch {
    /// How far a place lies from the given one, in millimetres further right and down.
    public struct Offset: Sendable, Hashable {
        public var x: Double
        public var y: Double
        /// How alike the outlines are, up to 1.
        public var likeness: Double
    }

    private let page: PageImage
    private let outline: [copencv_rect]

    /// In dots per inch: a rule is two pixels broad, and a whole page takes a fifth of a second.
    private static let resolution = 150.0
    private static let perMillimetre = resolution / 25.4
    /// How far beside the edge of a box its printed frame may lie, in millimetres.
    private static let band = 0.8
    private static let most = 400

    /// - Parameters:
    ///   - image: The page that has the given place, grey.
    ///   - size: Of the page in millimetres.
    ///   - boxes: The place, in millimetres: a box, the cells of a comb, or the options of a choice.
    /// - Throws: What OpenCV throws.
    public init(_ image: PageImage, size: (width: Double, height: Double), boxes: [MillimetreRect]) throws {
        page = try Self.scaled(image, size)
        let scale = Self.perMillimetre
        outline = boxes.map { box in
            copencv_rect(
                x: Int32((box.x * scale).rounded()), y: Int32((box.y * scale).rounded()),
                width: Int32((box.width * scale).rounded()), height: Int32((box.height * scale).rounded()))
        }
    }

    /// Every place that is printed as the given one, on its own page or another: the most alike first.
    ///
    /// - Parameters:
    ///   - image: The page to look at, grey.
    ///   - size: Of the page in millimetres.
    /// - Returns: On its own page the given place is among them; none where nothing is printed around it.
    /// - Throws: What OpenCV throws.
    public func offsets(on image: PageImage, size: (width: Double, height: Double)) throws -> [Offset] {
        let other = try Self.scaled(image, size)
        var found = [copencv_alike](repeating: copencv_alike(), count: Self.most)
        let count = try check(
            copencv_find_alike(
                page.pixels, Int32(page.width), Int32(page.height), outline, Int32(outline.count), other.pixels,
                Int32(other.width), Int32(other.height), Int32((Self.band * Self.perMillimetre).rounded()), &found,
                Int32(Self.most)))
        return found.prefix(Int(count)).map {
            Offset(x: $0.dx / Self.perMillimetre, y: $0.dy / Self.perMillimetre, likeness: $0.likeness)
        }
    }

    private static func scaled(_ image: PageImage, _ size: (width: Double, height: Double)) throws -> PageImage {
        let (x, y) = (Double(image.width) / size.width, Double(image.height) / size.height)
        return try image.warped(
            by: Homography([x / perMillimetre, 0, 0, 0, y / perMillimetre, 0, 0, 0, 1]),
            width: Int((size.width * perMillimetre).rounded()), height: Int((size.height * perMillimetre).rounded()))
    }
}
