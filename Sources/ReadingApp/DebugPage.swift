import Forms
import Imaging
import Reading
import Support

/// A page as it was registered, with its fields, and by how much the paper lies elsewhere than its neighbourhood foretells.
///
/// Green are boxes that are read with certainty or empty, orange those that are asked; red lines lead from places of print to
/// where they were found, twenty times as long as they are on paper.
struct DebugPage {
    private(set) var picture: PageImage

    private typealias Color = (red: UInt8, green: UInt8, blue: UInt8)
    private static let enlarged = 20.0

    init(_ page: any RegisteredPage, fields: [(field: Field, reading: FieldReading)]) throws {
        picture = try page.preview().inColor()
        let scale = (picture.resolution ?? 150) / 25.4
        for (field, reading) in fields {
            let isAsked = reading.status == .uncertain || reading.status == .unreadable
            let color: Color = isAsked ? (230, 120, 0) : (0, 150, 60)
            let boxes = field.options.compactMap(\.box)
            for box in boxes.isEmpty ? [field.box] : boxes { frame(box, scale, color) }
        }
        for residual in page.residuals {
            let from = (x: residual.x * scale, y: residual.y * scale)
            line(
                from, (from.x + residual.dx * scale * Self.enlarged, from.y + residual.dy * scale * Self.enlarged),
                (220, 0, 0))
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)] {
                set(Int(from.x) + dx, Int(from.y) + dy, (220, 0, 0))
            }
        }
    }

    private mutating func frame(_ box: MillimetreRect, _ scale: Double, _ color: Color) {
        let corners = [(box.x, box.y), (box.maxX, box.y), (box.maxX, box.maxY), (box.x, box.maxY)]
            .map { (x: $0 * scale, y: $1 * scale) }
        for (place, corner) in corners.enumerated() { line(corner, corners[(place + 1) % corners.count], color) }
    }

    private mutating func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ color: Color) {
        // A wrong find may point off the page; nobody follows it there.
        let length = min(max(abs(to.x - from.x), abs(to.y - from.y)).rounded(.up), 5000)
        for step in 0...Int(max(1, length)) {
            let share = Double(step) / max(1, length)
            set(Int(from.x + (to.x - from.x) * share), Int(from.y + (to.y - from.y) * share), color)
        }
    }

    private mutating func set(_ x: Int, _ y: Int, _ color: Color) {
        guard x >= 0, y >= 0, x < picture.width, y < picture.height else { return }
        let place = (y * picture.width + x) * 3
        (picture.pixels[place], picture.pixels[place + 1], picture.pixels[place + 2]) = color
    }
}

extension PageImage {
    /// Three channels, whatever it had.
    fileprivate func inColor() -> PageImage {
        guard channels == .gray else { return self }
        return PageImage(
            width: width, height: height, channels: .color, resolution: resolution,
            pixels: pixels.flatMap { [$0, $0, $0] })
    }
}
