import CLeptonica
public import Imaging

extension ImageCodec {
    /// A PNG file of the picture, with its resolution.
    public static func encodePNG(_ image: PageImage) throws(ImageError) -> [UInt8] {
        let pix = try Pix(image)
        // Level 3 is half the work of zlib's default for a tenth more bytes.
        pixSetSpecial(pix.handle, 10 + 3)
        return try encoded { pixWriteMemPng($0, $1, pix.handle, 0) }
    }

    /// A JPEG file of the picture, with its resolution.
    ///
    /// - Parameters:
    ///   - image: Grey or colour.
    ///   - quality: 1...100.
    /// - Returns: The file.
    /// - Throws: ``ImageError`` with `encoding-failed`.
    public static func encodeJPEG(_ image: PageImage, quality: Int = 85) throws(ImageError) -> [UInt8] {
        let pix = try Pix(image)
        let clamped = Int32(min(max(quality, 1), 100))
        return try encoded { pixWriteMemJpeg($0, $1, pix.handle, clamped, 0) }
    }

    private static func encoded(
        by write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>) -> Int32
    ) throws(ImageError) -> [UInt8] {
        var data: UnsafeMutablePointer<UInt8>?
        var size = 0
        let status = write(&data, &size)
        defer { lept_free(data) }
        guard status == 0, let data, size > 0 else { throw ImageError(.encodingFailed) }
        return Array(UnsafeBufferPointer(start: data, count: size))
    }
}
