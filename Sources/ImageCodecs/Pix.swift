import CLeptonica
import Imaging

/// One picture in Leptonica's memory.
struct Pix: ~Copyable {
    let handle: UnsafeMutablePointer<CLeptonica.Pix>

    /// Takes ownership of `made`; `nil` stays `nil`.
    init?(_ made: UnsafeMutablePointer<CLeptonica.Pix>?) {
        guard let made else { return nil }
        handle = made
    }

    init(_ image: PageImage) throws(ImageError) {
        // Leptonica reports on stderr whatever a damaged file makes it stumble over.
        setMsgSeverity(Int32(L_SEVERITY_NONE))
        let depth: Int32 = image.channels == .gray ? 8 : 32
        guard let made = pixCreate(Int32(image.width), Int32(image.height), depth) else {
            throw ImageError(.encodingFailed, "out of memory")
        }
        handle = made
        let resolution = Int32(image.resolution?.rounded() ?? 0)
        pixSetResolution(handle, resolution, resolution)
        image.pixels.withUnsafeBufferPointer { pixels in
            cleptonica_fill_rows(handle, Int32(image.channels.rawValue), pixels.baseAddress)
        }
    }

    deinit {
        var mine: UnsafeMutablePointer<CLeptonica.Pix>? = handle
        pixDestroy(&mine)
    }

    var width: Int { Int(pixGetWidth(handle)) }
    var height: Int { Int(pixGetHeight(handle)) }

    /// Grey or colour with 8 bits a channel, square pixels and no transparency.
    func pageImage() throws(ImageError) -> PageImage {
        guard let plain = Pix(flattened()), let square = Pix(plain.withSquarePixels()) else {
            throw ImageError(.damaged)
        }
        let channels: PageImage.Channels = pixGetDepth(square.handle) == 8 ? .gray : .color
        let count = square.width * square.height * channels.rawValue
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            cleptonica_copy_rows(square.handle, Int32(channels.rawValue), buffer.baseAddress)
            initialized = count
        }
        let resolution = Double(pixGetXRes(square.handle))
        return PageImage(
            width: square.width, height: square.height, channels: channels,
            resolution: resolution > 0 ? resolution : nil, pixels: pixels)
    }

    /// 8 bits grey or 32 bits colour; a palette is resolved and transparent parts are laid on white.
    private func flattened() -> UnsafeMutablePointer<CLeptonica.Pix>? {
        guard let direct = Pix(pixRemoveColormap(handle, Int32(REMOVE_CMAP_BASED_ON_SRC))) else { return nil }
        switch pixGetDepth(direct.handle) {
        case 32: return pixGetSpp(direct.handle) == 4 ? laidOnWhite(direct) : pixClone(direct.handle)
        case 16: return pixConvert16To8(direct.handle, Int32(L_MS_BYTE))
        default: return pixConvertTo8(direct.handle, 0)
        }
    }

    private func laidOnWhite(_ pix: borrowing Pix) -> UnsafeMutablePointer<CLeptonica.Pix>? {
        guard let opaque = pixAlphaBlendUniform(pix.handle, 0xFFFF_FF00) else { return nil }
        pixCopyResolution(opaque, pix.handle)
        pixSetSpp(opaque, 3)
        return opaque
    }

    /// Fax machines scan with half the lines; their pixels are stretched to squares.
    private func withSquarePixels() -> UnsafeMutablePointer<CLeptonica.Pix>? {
        let across = Float(pixGetXRes(handle))
        let down = Float(pixGetYRes(handle))
        guard across > 0, down > 0, max(across, down) / min(across, down) > 1.02,
            max(across, down) / min(across, down) < 4
        else { return pixClone(handle) }
        let resolution = max(across, down)
        let scaled = pixScale(handle, resolution / across, resolution / down)
        if let scaled { pixSetResolution(scaled, Int32(resolution), Int32(resolution)) }
        return scaled
    }
}
