public import Forms
public import Imaging
public import Support

/// Finds out which page of which form an image is: OpenCV in the programs, a fake in tests.
public protocol FormIdentifier: AnyObject {
    /// - Parameters:
    ///   - image: The decoded scan, grey or colour, any resolution and turn.
    ///   - form: Only this form id is possible; `nil` for all that are loaded.
    /// - Returns: The registered page, or why there is none.
    /// - Throws: What the vision library throws; never for an unknown form.
    func identify(_ image: PageImage, as form: String?) throws -> Identification

    /// Registers a page to the version that a person says it is, even where some of its print is missing or replaced.
    ///
    /// - Returns: `nil` where it cannot be laid on any page of it.
    /// - Throws: What the vision throws.
    func register(_ image: PageImage, to form: FormKey) throws -> (any RegisteredPage)?
}

public enum Identification {
    case known(any RegisteredPage)
    /// The image looks like `near`, a known form, but regions that should be alike differ: `changes`, as far as they are known.
    case unknownVersion(near: FormKey, changes: [PrintDifference])
    case unknownForm
    /// There is no ink worth the name.
    case blank
    /// The image is too poor to say; a stable code, such as `too-small`.
    case unreadable(reason: String)
}

/// A scan that was recognised as a page of a form and mapped to its blank.
public protocol RegisteredPage: AnyObject {
    var form: FormKey { get }
    /// From 1.
    var page: Int { get }
    /// How sure the identification is, 0...1.
    var confidence: Double { get }
    /// By how many degrees the scan stood turned clockwise: 0, 90, 180 or 270.
    var rotation: Int { get }
    /// Mean registration error in millimetres.
    var residual: Double { get }
    /// From millimetres on the blank to pixels of the scan; the centre of the scan's first pixel is (0, 0).
    var toScan: Homography { get }
    /// Other versions, or other forms, whose page is the same to the last word: the document's other pages decide.
    var alternatives: [FormKey] { get }
    /// Where a printed letter or digit is another than on the blank, although the page is proved by all other print.
    var changes: [PrintDifference] { get }
    /// Whether all that is printed on the blank is on the picture.
    var isWhole: Bool { get }

    /// How far off the parts around a box may be after all corrections, in millimetres.
    func residual(of box: MillimetreRect) -> Double

    /// The errors at the places where the print was found again, for a technician to look at.
    var residuals: [PlaceResidual] { get }

    /// Cuts a part of the page out of the scan, laid as on the blank.
    ///
    /// - Parameters:
    ///   - box: In millimetres on the blank.
    ///   - margin: How much more to cut on each side, in millimetres.
    /// - Returns: The part at 300 dpi.
    /// - Throws: What the vision library throws.
    func snippet(of box: MillimetreRect, margin: Double) throws -> Snippet

    /// Looks at one tick box: finds it again near its place, and measures the ink inside.
    ///
    /// - Parameter box: The box's printed frame, in millimetres on the blank.
    /// - Returns: What was measured.
    /// - Throws: What the vision library throws.
    func mark(in box: MillimetreRect) throws -> MarkMeasurement

    /// The whole page laid as on the blank, at 150 dpi, for a person to look at; in colour if the scan was.
    ///
    /// - Returns: The picture.
    /// - Throws: What the vision library throws.
    func preview() throws -> PageImage
}

extension RegisteredPage {
    public var alternatives: [FormKey] { [] }
    public var residuals: [PlaceResidual] { [] }
    public var changes: [PrintDifference] { [] }
    public var isWhole: Bool { true }

    /// Whether the whole of a box is on the picture that the page was found in, or `tolerance` millimetres beyond it at most.
    public func shows(_ box: MillimetreRect, in image: PageImage, tolerance: Double = 0) -> Bool {
        let (left, right) = (box.x + tolerance, box.maxX - tolerance)
        let (top, bottom) = (box.y + tolerance, box.maxY - tolerance)
        return [(left, top), (right, top), (left, bottom), (right, bottom)].map { toScan.apply($0, $1) }.allSatisfy {
            $0.x >= 0 && $0.y >= 0 && $0.x < Double(image.width) && $0.y < Double(image.height)
        }
    }

    public func residual(of box: MillimetreRect) -> Double { residual }
}

/// A place where the print of a page is not that of its blank.
public struct PrintDifference: Sendable, Hashable, Codable {
    /// Which page of the form, from 1.
    public var page: Int
    /// In millimetres on the blank.
    public var box: MillimetreRect

    public init(page: Int, box: MillimetreRect) {
        self.page = page
        self.box = box
    }

    /// For a technician: English, such as `page 1, 20 mm from the left and 134 mm from the top`.
    public var words: String {
        "page \(page), \(Int(box.x.rounded())) mm from the left and \(Int(box.y.rounded())) mm from the top"
    }
}

/// By how much a place on the blank lies elsewhere than its neighbours foretell; all in millimetres.
public struct PlaceResidual: Sendable, Hashable {
    public var x: Double
    public var y: Double
    public var dx: Double
    public var dy: Double

    public init(x: Double, y: Double, dx: Double, dy: Double) {
        self.x = x
        self.y = y
        self.dx = dx
        self.dy = dy
    }
}

/// A part of a page at 300 dpi; all pictures are grey, of one size, and laid as on the blank.
public struct Snippet: Sendable {
    /// As scanned, warped.
    public var scan: PageImage
    /// The same part of the blank.
    public var blank: PageImage
    /// Only what stands on the paper and not on the blank: dark ink on 255.
    ///
    /// Strokes that cross printed lines are closed.
    public var cleaned: PageImage
    /// Where the asked-for box lies inside the pictures, in pixels: x, y, width, height.
    public var inner: (x: Int, y: Int, width: Int, height: Int)
    /// Pixels of real ink (specks and the edges of shifted print left out) inside the box, in square millimetres.
    public var inkArea: Double

    public init(
        scan: PageImage, blank: PageImage, cleaned: PageImage, inner: (x: Int, y: Int, width: Int, height: Int),
        inkArea: Double
    ) {
        self.scan = scan
        self.blank = blank
        self.cleaned = cleaned
        self.inner = inner
        self.inkArea = inkArea
    }
}

/// What was measured at one tick box.
public struct MarkMeasurement: Sendable, Hashable {
    /// Share of the inner pixels that are darker than the local paper, less what the blank has there, 0...1.
    public var ink: Double
    /// The same share when the whole box counts as filled: near 1 for a box that was filled over.
    public var fill: Double
    /// How well the printed box itself was found again, −1...1.
    public var match: Double
    /// How far from its place it was found, in millimetres.
    public var shift: Double
    /// Share of the box's inside that is clear of print, 0...1: small where a letter fills the box.
    public var free: Double
    /// How dark the inside is on the scan, 0 as the paper around, 1 black.
    public var darkness: Double
    /// The same on the blank.
    public var printed: Double

    public init(
        ink: Double, fill: Double, match: Double, shift: Double, free: Double = 1, darkness: Double = 0,
        printed: Double = 0
    ) {
        self.ink = ink
        self.fill = fill
        self.match = match
        self.shift = shift
        self.free = free
        self.darkness = darkness
        self.printed = printed
    }
}
