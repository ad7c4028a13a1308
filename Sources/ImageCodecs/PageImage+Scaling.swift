import CLeptonica
public import Imaging

extension PageImage {
    /// The same picture with another number of pixels: averaged over areas when it shrinks, interpolated when it grows.
    ///
    /// - Parameters:
    ///   - width: In pixels, at least 1.
    ///   - height: In pixels, at least 1.
    /// - Returns: The picture; its resolution follows its width.
    /// - Throws: ``ImageError`` with `encoding-failed` when memory is short.
    public func scaled(toWidth width: Int, height: Int) throws(ImageError) -> PageImage {
        precondition(width > 0 && height > 0)
        if width == self.width, height == self.height { return self }
        let source = try ImageCodecs.Pix(self)
        let across = Float(width) / Float(self.width)
        let down = Float(height) / Float(self.height)
        let shrinks = across < 0.7 && down < 0.7
        guard
            let scaled = ImageCodecs.Pix(
                shrinks ? pixScaleAreaMap(source.handle, across, down) : pixScale(source.handle, across, down)),
            // Rounding may miss the asked-for size by one pixel.
            let exact = ImageCodecs.Pix(
                scaled.width == width && scaled.height == height
                    ? pixClone(scaled.handle) : pixScaleToSize(scaled.handle, Int32(width), Int32(height)))
        else { throw ImageError(.encodingFailed, "out of memory") }
        var result = try exact.pageImage()
        result.resolution = resolution.map { $0 * Double(width) / Double(self.width) }
        return result
    }

    /// The same picture at another resolution.
    ///
    /// - Precondition: ``resolution`` is known.
    public func scaled(toResolution wanted: Double) throws(ImageError) -> PageImage {
        guard let resolution else { preconditionFailure("the picture's resolution is not known") }
        let factor = wanted / resolution
        var result = try scaled(
            toWidth: max(1, Int((Double(width) * factor).rounded())),
            height: max(1, Int((Double(height) * factor).rounded())))
        result.resolution = wanted
        return result
    }
}
