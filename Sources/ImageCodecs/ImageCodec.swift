import CLeptonica
public import Imaging

/// Turns image files into pixels and back.
///
/// Files come from outside and may be damaged or hostile: the format is told by the content, the size is checked before
/// decoding, and a file that ends too early is an error instead of a page with a grey half.
public enum ImageCodec {
    /// Decodes one page of a file.
    ///
    /// - Parameters:
    ///   - bytes: A whole PNG, JPEG, TIFF, PNM or PDF file. Pages of a PDF are rendered at 300 dpi.
    ///   - frame: Which page, from 1.
    ///   - limits: What is accepted.
    /// - Returns: Grey if the file is grey or black and white, else colour; transparent parts are laid on white.
    /// - Throws: ``ImageError``.
    public static func decode(_ bytes: [UInt8], frame: Int = 1, limits: ImageLimits = .init()) throws(ImageError)
        -> PageImage
    {
        let format = try format(of: bytes, limits: limits)
        if format == .pdf { return try PDFPages(bytes, limits: limits).render(frame) }
        if format == .tiff { return try decodeTIFF(bytes, frame: frame, limits: limits) }
        guard frame == 1 else { throw ImageError(.noSuchFrame, "1 page") }
        return switch format {
        case .png: try decodePNG(bytes, limits: limits)
        case .jpeg: try decodeJPEG(bytes, limits: limits)
        default: try decodePNM(bytes, limits: limits)
        }
    }

    /// How many pages the file holds; only TIFF and PDF have more than one.
    public static func frameCount(_ bytes: [UInt8], limits: ImageLimits = .init()) throws(ImageError) -> Int {
        switch try format(of: bytes, limits: limits) {
        case .tiff: try TIFFStructure(bytes, limit: limits.frames).frames.count
        case .pdf: try PDFPages(bytes, limits: limits).count
        case .png, .jpeg, .pnm: 1
        }
    }

    static func format(of bytes: [UInt8], limits: ImageLimits) throws(ImageError) -> ImageFormat {
        guard !bytes.isEmpty else { throw ImageError(.empty) }
        guard bytes.count <= limits.bytes else { throw ImageError(.tooLarge, "\(bytes.count) bytes") }
        guard let format = ImageFormat(sniffing: bytes) else { throw ImageError(.notAnImage) }
        setMsgSeverity(Int32(L_SEVERITY_NONE))
        return format
    }

    private static func decodePNG(_ bytes: [UInt8], limits: ImageLimits) throws(ImageError) -> PageImage {
        let structure = try PNGStructure(bytes)
        try limits.check(width: structure.width, height: structure.height)
        guard let pix = Pix(pixReadMemPng(structure.essential, structure.essential.count)) else {
            throw ImageError(.damaged)
        }
        return try pix.pageImage()
    }

    private static func decodeJPEG(_ bytes: [UInt8], limits: ImageLimits) throws(ImageError) -> PageImage {
        let structure = try JPEGStructure(bytes)
        try limits.check(width: structure.width, height: structure.height)
        var whole = Array(bytes[..<structure.length])
        var warnings: Int32 = 0
        if let pix = Pix(pixReadMemJpeg(whole, whole.count, 0, 1, &warnings, 0)), warnings == 0 {
            return try pix.pageImage()
        }
        // Some devices pad the picture with zeros before the end marker, which libjpeg also counts as a warning.
        whole.removeLast(2)
        while whole.last == 0, whole.dropLast().last != 0xFF { whole.removeLast() }
        whole += [0xFF, 0xD9]
        guard let pix = Pix(pixReadMemJpeg(whole, whole.count, 0, 1, &warnings, 0)), warnings == 0 else {
            throw ImageError(.damaged)
        }
        return try pix.pageImage()
    }

    private static func decodeTIFF(_ bytes: [UInt8], frame: Int, limits: ImageLimits) throws(ImageError) -> PageImage {
        let structure = try TIFFStructure(bytes, limit: limits.frames).frame(frame, fileSize: bytes.count)
        try limits.check(width: structure.width, height: structure.height)
        guard let pix = Pix(pixReadMemTiff(bytes, bytes.count, Int32(frame - 1))) else { throw ImageError(.damaged) }
        return try pix.pageImage()
    }

    static func decodePNM(_ bytes: [UInt8], limits: ImageLimits) throws(ImageError) -> PageImage {
        let decoder = try PNMDecoder(bytes)
        try limits.check(width: decoder.width, height: decoder.height)
        return try decoder.decode()
    }
}
