/// What is accepted before a single pixel is decoded, so that no file can exhaust the memory.
public struct ImageLimits: Hashable, Sendable {
    /// Width times height of one page; the default holds A3 at 600 dpi.
    public var pixels: Int
    /// Width or height alone.
    public var side: Int
    /// Bytes of the file.
    public var bytes: Int
    /// Pages in one file.
    public var frames: Int
    /// For rendering one page of a PDF.
    public var pdfDeadline: Duration

    public init(
        pixels: Int = 80_000_000, side: Int = 30_000, bytes: Int = 256 << 20, frames: Int = 1000,
        pdfDeadline: Duration = .seconds(30)
    ) {
        self.pixels = pixels
        self.side = side
        self.bytes = bytes
        self.frames = frames
        self.pdfDeadline = pdfDeadline
    }

    func check(width: Int, height: Int) throws(ImageError) {
        guard width > 0, height > 0 else { throw ImageError(.damaged, "no width or height") }
        guard width <= side, height <= side, width * height <= pixels else {
            throw ImageError(.tooLarge, "\(width) × \(height) pixels")
        }
    }
}
