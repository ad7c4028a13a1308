import COpenCV
import Forms
import Imaging
import Reading
import Support

/// A scan with its way to the blank: cuts fields out of the full scan, never a whole page.
final class VisionRegisteredPage: RegisteredPage {
    let form: FormKey
    let page: Int
    let confidence: Double
    let rotation: Int
    let residual: Double
    let toScan: Homography
    let alternatives: [FormKey]
    let changes: [PrintDifference]
    let isWhole: Bool

    private let image: PageImage
    private let scan: GrayPage
    private let blank: GrayPage
    private let size: (width: Double, height: Double)
    private let correction: LocalCorrection

    init(
        image: PageImage, scan: GrayPage, index: FormIndex, registration: Registration, letters: [PrintChange],
        alternatives: [FormKey]
    ) throws {
        let entry = index.entries[registration.entry]
        form = entry.form
        page = entry.page
        confidence = registration.proof.confidence
        rotation = registration.rotation(width: entry.width, height: entry.height)
        residual = registration.correction.residual
        toScan = registration.toScan
        correction = registration.correction
        isWhole = registration.proof.unseenWords == 0
        self.alternatives = alternatives
        self.image = image
        self.scan = scan
        blank = try index.blank(registration.entry)
        // Lost print that does not disprove the page is a hole or a pale copy, and is not told.
        let added = try registration.addedPrint(on: scan, to: blank, beside: entry.fields)
        changes = (letters + added).areas().map { PrintDifference(page: entry.page, box: $0) }
        size = (entry.width, entry.height)
    }

    func residual(of box: MillimetreRect) -> Double {
        correction.residual(atX: box.x + box.width / 2, y: box.y + box.height / 2)
    }

    var residuals: [PlaceResidual] {
        zip(correction.anchors, correction.errors).map { anchor, error in
            PlaceResidual(x: anchor.x, y: anchor.y, dx: error.dx, dy: error.dy)
        }
    }

    func snippet(of box: MillimetreRect, margin: Double) throws -> Snippet {
        // Paper and print around the box say what is normal there.
        let part = Part(of: box, margin: max(margin, 3))
        let inner = part.inner
        let expected = try blank.warped(
            by: blank.fromMillimetres.after(part.toMillimetres), width: part.width, height: part.height)
        var seen = try scan.warped(by: map(part), width: part.width, height: part.height)
        if let shift = try Self.shift(of: expected, in: seen), abs(shift.dx) + abs(shift.dy) > 0.4 {
            let moved = Homography([1, 0, shift.dx, 0, 1, shift.dy, 0, 0, 1])
            seen = try scan.warped(by: map(part).after(moved), width: part.width, height: part.height)
        }
        var cleaned = [UInt8](repeating: 255, count: part.width * part.height)
        let ink = try check(
            copencv_clean(
                seen.pixels, expected.pixels, Int32(part.width), Int32(part.height), copencv_rect(inner), &cleaned))
        let asked = part.inside(margin: margin)
        let difference = PageImage(
            width: part.width, height: part.height, channels: .gray, resolution: 300, pixels: cleaned)
        return Snippet(
            scan: seen.part(asked), blank: expected.part(asked), cleaned: difference.part(asked),
            inner: (inner.x - asked.x, inner.y - asked.y, inner.width, inner.height),
            inkArea: Double(ink) / (Part.pixelsPerMillimetre * Part.pixelsPerMillimetre))
    }

    func mark(in box: MillimetreRect) throws -> MarkMeasurement {
        let part = Part(of: box, margin: 4)
        let expected = try blank.warped(
            by: blank.fromMillimetres.after(part.toMillimetres), width: part.width, height: part.height)
        let seen = try scan.warped(by: map(part), width: part.width, height: part.height)
        var mark = copencv_mark()
        try check(
            copencv_measure_mark(
                seen.pixels, expected.pixels, Int32(part.width), Int32(part.height), copencv_rect(part.inner), &mark))
        return MarkMeasurement(
            ink: mark.ink, fill: mark.fill, match: mark.match,
            shift: (mark.dx * mark.dx + mark.dy * mark.dy).squareRoot() / Part.pixelsPerMillimetre,
            free: mark.free, darkness: mark.dark, printed: mark.printed)
    }

    func preview() throws -> PageImage {
        let resolution = 150.0
        let width = Int((size.width * resolution / 25.4).rounded())
        let height = Int((size.height * resolution / 25.4).rounded())
        let step = 25.4 / resolution
        let map = toScan.after(Homography([step, 0, step / 2, 0, step, step / 2, 0, 0, 1]))
        var page = try image.warped(by: map, width: width, height: height)
        page.resolution = resolution
        return page
    }

    /// From pixels of a part to pixels of the scan, with what the homography cannot follow put right at three corners.
    private func map(_ part: Part) -> Homography {
        let area = part.area
        let origin = correction.shift(atX: area.x, y: area.y)
        let right = correction.shift(atX: area.maxX, y: area.y)
        let below = correction.shift(atX: area.x, y: area.maxY)
        let (xx, xy) = ((right.dx - origin.dx) / area.width, (below.dx - origin.dx) / area.height)
        let (yx, yy) = ((right.dy - origin.dy) / area.width, (below.dy - origin.dy) / area.height)
        let local = Homography([
            1 + xx, xy, origin.dx - xx * area.x - xy * area.y,
            yx, 1 + yy, origin.dy - yx * area.x - yy * area.y,
            0, 0, 1,
        ])
        return toScan.after(local).after(part.toMillimetres)
    }

    private static func shift(of expected: PageImage, in seen: PageImage) throws -> (dx: Double, dy: Double)? {
        var (dx, dy) = (0.0, 0.0)
        let found = try check(
            copencv_align(seen.pixels, expected.pixels, Int32(seen.width), Int32(seen.height), &dx, &dy))
        return found == 1 ? (dx, dy) : nil
    }
}
