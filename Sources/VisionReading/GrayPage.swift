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

    /// How the page is laid out, for a form of `size` millimetres; the page is made straight first if `isScan`.
    func layout(size: (width: Double, height: Double), isScan: Bool) throws(VisionError) -> [Float] {
        var degrees = 0.0
        if isScan { try check(copencv_skew(handle, &degrees)) }
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
