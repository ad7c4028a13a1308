import COpenCV
import Imaging
import Support

/// A page in OpenCV's memory, with what was computed from it.
///
/// Not `Sendable`: it belongs to the one thread that reads.
final class GrayPage {
    let handle: OpaquePointer
    /// In pixels.
    let width: Int
    let height: Int
    private let pixelsPerMillimetre: (x: Double, y: Double)
    private var knownSkew: Double?

    init(_ image: PageImage, pixelsPerMillimetre: (x: Double, y: Double)) throws(VisionError) {
        guard
            let made = copencv_page_new(
                image.pixels, Int32(image.width), Int32(image.height), Int32(image.channels.rawValue),
                pixelsPerMillimetre.x, pixelsPerMillimetre.y)
        else { throw .last() }
        handle = made
        width = image.width
        height = image.height
        self.pixelsPerMillimetre = pixelsPerMillimetre
    }

    /// A page of which only the features and some of the print are known; `nil` where `shell` is not what ``shell()`` gave.
    init?(shell: [UInt8]) {
        let head = Self.shellHead
        guard shell.count > head else { return nil }
        let numbers = (0..<5).map { place in
            Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(shell[place * 8 + $1]) << (8 * UInt64($1)) })
        }
        guard numbers[..<2].allSatisfy({ (1...100_000).contains($0) }),
            numbers[2..<4].allSatisfy({ (0.1...1000).contains($0) }),
            (0...1_000_000).contains(numbers[4])
        else { return nil }
        width = Int(numbers[0])
        height = Int(numbers[1])
        pixelsPerMillimetre = (numbers[2], numbers[3])
        let print = Int(numbers[4])
        guard print <= shell.count - head else { return nil }
        let features = shell.count - head - print
        let made = shell.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.flatMap {
                copencv_page_shell(
                    Int32(numbers[0]), Int32(numbers[1]), numbers[2], numbers[3], $0 + head, Int32(features),
                    $0 + head + features, Int32(print))
            }
        }
        guard let made else { return nil }
        handle = made
    }

    private static let shellHead = 5 * 8

    /// Its size, features and some of its print, for ``init(shell:)``.
    func shell() throws(VisionError) -> [UInt8] {
        var features = [UInt8](repeating: 0, count: 2500 * 40)
        let length = try check(copencv_page_features(handle, &features, Int32(features.count)))
        var print = [UInt8](repeating: 0, count: 4000 * 4)
        let printLength = try check(copencv_page_print(handle, &print, Int32(print.count)))
        let numbers = [
            Double(width), Double(height), pixelsPerMillimetre.x, pixelsPerMillimetre.y, Double(printLength),
        ]
        let head = numbers.flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        }
        return head + features[..<min(length, features.count)] + print[..<min(printLength, print.count)]
    }

    /// Tells where people make marks on a blank, or copies differ: what is printed there may be covered or other.
    func setMarks(_ boxes: [MillimetreRect]) throws(VisionError) {
        let numbers = boxes.flatMap { [$0.x, $0.y, $0.width, $0.height] }
        try check(copencv_page_set_marks(handle, numbers, Int32(boxes.count)))
    }

    private init(turning page: GrayPage) throws(VisionError) {
        guard let made = copencv_page_turned(page.handle, 1) else { throw .last() }
        handle = made
        width = page.height
        height = page.width
        pixelsPerMillimetre = (page.pixelsPerMillimetre.y, page.pixelsPerMillimetre.x)
    }

    deinit { copencv_page_free(handle) }

    /// In millimetres.
    var size: (width: Double, height: Double) {
        (Double(width) / pixelsPerMillimetre.x, Double(height) / pixelsPerMillimetre.y)
    }

    /// From millimetres to pixels, the first pixel's centre at (0, 0).
    var fromMillimetres: Homography {
        Homography([pixelsPerMillimetre.x, 0, -0.5, 0, pixelsPerMillimetre.y, -0.5, 0, 0, 1])
    }

    /// Clockwise by a quarter of a circle.
    func turned() throws(VisionError) -> GrayPage { try GrayPage(turning: self) }

    /// Throws away what can be computed again.
    func trim() { copencv_page_trim(handle) }

    /// Dark pixels at 100 dpi that may be writing or print.
    func ink() throws(VisionError) -> Int { try check(copencv_ink(handle)) }

    /// By how many degrees it has to be turned to be straight; found once.
    private func skew() throws(VisionError) -> Double {
        if let known = knownSkew { return known }
        var degrees = 0.0
        try check(copencv_skew(handle, &degrees))
        knownSkew = degrees
        return degrees
    }

    /// How the page is laid out, for a form of `size` millimetres; the page is made straight first if `isScan`.
    func layout(size: (width: Double, height: Double), isScan: Bool) throws(VisionError) -> [Float] {
        let degrees = isScan ? try skew() : 0
        var layout = [Float](repeating: 0, count: Layout.count)
        try check(copencv_layout(handle, degrees, size.width, size.height, &layout))
        return layout
    }

    /// A part of the page as `map` lays it: pixels of the part to pixels of the page.
    func warped(by map: Homography, width: Int, height: Int) throws(VisionError) -> PageImage {
        var pixels = [UInt8](repeating: 0, count: width * height)
        try check(copencv_page_warp(handle, map.m, &pixels, Int32(width), Int32(height), 255))
        return PageImage(width: width, height: height, channels: .gray, resolution: 300, pixels: pixels)
    }
}
