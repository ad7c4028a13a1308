import COpenCV
import Imaging
import Support

/// A box on the blank with some margin, as a picture of 300 dpi.
struct Part {
    struct Rect {
        var x: Int
        var y: Int
        var width: Int
        var height: Int
    }

    static let pixelsPerMillimetre = 300 / 25.4

    /// In pixels.
    let width: Int
    let height: Int
    /// Where the box lies in the picture.
    let inner: Rect
    /// What the picture shows, in millimetres.
    let area: MillimetreRect

    init(of box: MillimetreRect, margin: Double) {
        let edge = Self.pixels(margin)
        inner = Rect(x: edge, y: edge, width: max(1, Self.pixels(box.width)), height: max(1, Self.pixels(box.height)))
        width = inner.width + 2 * edge
        height = inner.height + 2 * edge
        let step = 1 / Self.pixelsPerMillimetre
        area = MillimetreRect(
            x: box.x - Double(edge) * step, y: box.y - Double(edge) * step, width: Double(width) * step,
            height: Double(height) * step)
    }

    /// From pixels, the first pixel's centre at (0, 0).
    var toMillimetres: Homography {
        let step = 1 / Self.pixelsPerMillimetre
        return Homography([step, 0, area.x + step / 2, 0, step, area.y + step / 2, 0, 0, 1])
    }

    /// The box with another margin, at most this one's.
    func inside(margin: Double) -> Rect {
        let edge = min(Self.pixels(margin), inner.x)
        return Rect(
            x: inner.x - edge, y: inner.y - edge, width: inner.width + 2 * edge, height: inner.height + 2 * edge)
    }

    private static func pixels(_ millimetres: Double) -> Int { Int((millimetres * pixelsPerMillimetre).rounded()) }
}

extension copencv_rect {
    init(_ rect: Part.Rect) {
        self.init(x: Int32(rect.x), y: Int32(rect.y), width: Int32(rect.width), height: Int32(rect.height))
    }
}

extension PageImage {
    /// - Precondition: `rect` lies inside, and the picture is grey.
    func part(_ rect: Part.Rect) -> PageImage {
        if rect.width == width, rect.height == height { return self }
        var part: [UInt8] = []
        part.reserveCapacity(rect.width * rect.height)
        for row in rect.y..<(rect.y + rect.height) {
            part += pixels[(row * width + rect.x)..<(row * width + rect.x + rect.width)]
        }
        return PageImage(width: rect.width, height: rect.height, channels: .gray, resolution: resolution, pixels: part)
    }
}
