import CSANE

/// What the device says of one frame: a page, or one colour of it.
public struct SaneFrame: Sendable, Hashable {
    public enum Format: Sendable, Hashable {
        case gray, rgb, red, green, blue
        /// Compressed or vendor-specific, which we do not read.
        case other
    }

    public var format: Format
    /// Whether this frame completes the page.
    public var isLast: Bool
    public var bytesPerLine: Int
    public var pixelsPerLine: Int
    /// `nil` when the device does not know it beforehand.
    public var lines: Int?
    /// Bits per sample.
    public var depth: Int

    public init(
        format: Format, isLast: Bool, bytesPerLine: Int, pixelsPerLine: Int, lines: Int?, depth: Int
    ) {
        self.format = format
        self.isLast = isLast
        self.bytesPerLine = bytesPerLine
        self.pixelsPerLine = pixelsPerLine
        self.lines = lines
        self.depth = depth
    }

    init(_ parameters: SANE_Parameters) {
        let format: Format =
            switch parameters.format {
            case SANE_FRAME_GRAY: .gray
            case SANE_FRAME_RGB: .rgb
            case SANE_FRAME_RED: .red
            case SANE_FRAME_GREEN: .green
            case SANE_FRAME_BLUE: .blue
            default: .other
            }
        self.init(
            format: format, isLast: parameters.last_frame != SANE_FALSE, bytesPerLine: Int(parameters.bytes_per_line),
            pixelsPerLine: Int(parameters.pixels_per_line), lines: parameters.lines < 0 ? nil : Int(parameters.lines),
            depth: Int(parameters.depth))
    }
}
