import COpenCV
public import Imaging
public import Support
public import Teaching

/// A blank page as it was scanned or rendered, made straight and looked at.
public struct BlankPage: Sendable {
    /// Its print; the lines of text are not read yet.
    public let printed: PrintedPage
    /// The page at 300 dpi, grey, straight.
    public let image: PageImage
    /// The same without its rules, for reading labels.
    public let withoutRules: PageImage
    /// By how much it was turned, counter-clockwise.
    public let degrees: Double

    private static let resolution = 300.0

    /// - Parameters:
    ///   - image: The page; without a resolution it counts as A4.
    ///   - isScan: Whether it may lie askew.
    ///   - hidden: Parts in millimetres that paper does not show.
    /// - Throws: What OpenCV throws.
    public init(_ image: PageImage, isScan: Bool, hidden: [MillimetreRect] = []) throws {
        let page = try GrayPage(image, pixelsPerMillimetre: Self.pixelsPerMillimetre(of: image))
        var degrees = 0.0
        if isScan { try check(copencv_skew(page.handle, &degrees)) }
        let (width, height) = page.size
        guard let marks = copencv_marks_new(page.handle, degrees, width, height) else { throw VisionError.last() }
        defer { copencv_marks_free(marks) }
        printed = try Self.printed(marks, width: width, height: height, hidden: hidden)
        self.degrees = degrees
        self.image = try Self.straight(page, degrees, without: nil, hidden: hidden)
        withoutRules = try Self.straight(page, degrees, without: marks, hidden: hidden)
    }

    /// The same page turned by two quarters; ``degrees`` stays what it was turned by before.
    public var onItsHead: BlankPage {
        BlankPage(
            printed: printed.onItsHead, image: image.turned(quarters: 2),
            withoutRules: withoutRules.turned(quarters: 2), degrees: degrees)
    }

    private init(printed: PrintedPage, image: PageImage, withoutRules: PageImage, degrees: Double) {
        self.printed = printed
        self.image = image
        self.withoutRules = withoutRules
        self.degrees = degrees
    }

    private static func pixelsPerMillimetre(of image: PageImage) -> (x: Double, y: Double) {
        if let resolution = image.resolution, resolution >= 90, resolution <= 1300 {
            return (resolution / 25.4, resolution / 25.4)
        }
        let scale = Double(image.width) / (image.width < image.height ? 210 : 297)
        return (scale, scale)
    }

    private static func printed(_ marks: OpaquePointer, width: Double, height: Double, hidden: [MillimetreRect]) throws
        -> PrintedPage
    {
        func isShown(_ box: MillimetreRect) -> Bool {
            !hidden.contains {
                $0.x - 1 < box.x && $0.y - 1 < box.y && $0.maxX + 1 > box.maxX && $0.maxY + 1 > box.maxY
            }
        }
        var rules = [copencv_rule](repeating: copencv_rule(), count: Int(copencv_marks_rules(marks, nil, 0)))
        copencv_marks_rules(marks, &rules, Int32(rules.count))
        var runs = [copencv_rect](repeating: copencv_rect(), count: Int(copencv_marks_text(marks, nil, 0)))
        copencv_marks_text(marks, &runs, Int32(runs.count))
        var regions = [copencv_region](repeating: copencv_region(), count: Int(copencv_marks_regions(marks, nil, 0)))
        copencv_marks_regions(marks, &regions, Int32(regions.count))
        let (columns, rows) = (Int((width * 10).rounded()), Int((height * 10).rounded()))
        var indices = [Int16](repeating: -1, count: columns * rows)
        try check(copencv_marks_map(marks, &indices, Int32(columns), Int32(rows)))
        let map = RegionMap(width: columns, height: rows, cellsPerMillimetre: 10, indices: indices)
        let printed = rules.map { rule -> PrintedPage.Rule in
            let box = MillimetreRect.tenths(rule.x0, rule.y0, rule.x1 - rule.x0 + 1, rule.y1 - rule.y0 + 1)
            return PrintedPage.Rule(box: box, isVertical: rule.vertical != 0, isDotted: rule.dotted != 0)
        }
        let white = regions.map { region -> PrintedPage.Region in
            let box = MillimetreRect.tenths(region.box.x, region.box.y, region.box.width, region.box.height)
            return PrintedPage.Region(box: box, area: Double(region.area) / 100)
        }
        let words = runs.map { MillimetreRect.tenths($0.x, $0.y, $0.width, $0.height) }.filter(isShown)
        return PrintedPage(
            width: width, height: height, rules: printed.filter { isShown($0.box) }, regions: white, map: map,
            lines: TextLine.lines(of: words, map: map))
    }

    private static func straight(
        _ page: GrayPage, _ degrees: Double, without marks: OpaquePointer?, hidden: [MillimetreRect]
    ) throws -> PageImage {
        let (width, height) = page.size
        let scale = resolution / 25.4
        let (columns, rows) = (Int((width * scale).rounded()), Int((height * scale).rounded()))
        var pixels = [UInt8](repeating: 255, count: columns * rows)
        try check(copencv_straight(page.handle, degrees, resolution, marks, &pixels, Int32(columns), Int32(rows)))
        for box in hidden {
            let left = min(max(0, Int((box.x - 0.3) * scale)), columns)
            let right = min(max(left, Int((box.x + box.width + 0.3) * scale)), columns)
            for row in max(0, Int((box.y - 0.3) * scale))..<max(0, min(rows, Int((box.y + box.height + 0.3) * scale))) {
                for column in left..<right { pixels[row * columns + column] = 255 }
            }
        }
        return PageImage(width: columns, height: rows, channels: .gray, resolution: resolution, pixels: pixels)
    }
}

extension MillimetreRect {
    fileprivate static func tenths(_ x: Int32, _ y: Int32, _ width: Int32, _ height: Int32) -> MillimetreRect {
        MillimetreRect(x: Double(x) / 10, y: Double(y) / 10, width: Double(width) / 10, height: Double(height) / 10)
    }
}
