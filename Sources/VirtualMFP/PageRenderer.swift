import ImageCodecs
import Imaging
import Scanning
import Support

/// Turns a side of paper into the image that the settings ask for; it computes, so it has a thread of its own.
actor PageRenderer {
    private let executor = BlockingExecutor(label: "virtual-mfp.pages")

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// A finished image file.
    struct Output: Sendable {
        var mediaType: String
        var bytes: [UInt8]
        var width: Int
        var height: Int
    }

    /// - Parameters:
    ///   - side: The paper; `nil` for a blank back.
    ///   - settings: What the client asked for.
    ///   - ranges: What the device announced, to tell normal from more and less.
    /// - Returns: The image.
    /// - Throws: ``ImageError``.
    func render(
        _ side: PageSide?, _ settings: JobSettings, ranges: [String: SourceCapabilities.Range]
    ) throws(ImageError) -> Output {
        let paper =
            try side.map { side throws(ImageError) in try ImageCodec.decode(side.file, frame: side.frame) }
            ?? PageImage(width: 8, height: 8, filledWith: 255, resolution: 1)
        // A file that does not say is taken for a sheet of A4.
        let resolution = paper.resolution.flatMap { $0 >= 1 ? $0 : nil } ?? Double(paper.width) / (210 / 25.4)
        let scale = Double(settings.resolution) / resolution
        var image = settings.mode == .color ? Self.colored(paper) : paper.gray()
        image = try image.scaled(
            toWidth: max(1, Int((Double(paper.width) * scale).rounded())),
            height: max(1, Int((Double(paper.height) * scale).rounded())))
        image = Self.cut(image, settings)
        image = Self.adjusted(image, settings, ranges)
        image.resolution = Double(settings.resolution)
        let bytes =
            settings.format == "image/png"
            ? try ImageCodec.encodePNG(image)
            : try ImageCodec.encodeJPEG(image, quality: Self.quality(settings, ranges["compression"]))
        return Output(mediaType: settings.format, bytes: bytes, width: image.width, height: image.height)
    }

    /// A device that scans in colour sends three channels of a grey sheet too.
    private static func colored(_ image: PageImage) -> PageImage {
        guard image.channels == .gray else { return image }
        return PageImage(
            width: image.width, height: image.height, channels: .color, resolution: image.resolution,
            pixels: image.pixels.flatMap { [$0, $0, $0] })
    }

    /// The part that was asked for; where the sheet ends before it, the device's white background.
    private static func cut(_ image: PageImage, _ settings: JobSettings) -> PageImage {
        func pixels(_ units: Int) -> Int { units * settings.resolution / 300 }
        let left = min(pixels(settings.x), image.width - 1)
        let top = min(pixels(settings.y), image.height - 1)
        let width = settings.width > 0 ? max(1, pixels(settings.width)) : image.width - left
        let height = settings.height > 0 ? max(1, pixels(settings.height)) : image.height - top
        let part = image.cropped(x: left, y: top, width: width, height: height)
        guard part.width < width || part.height < height else { return part }
        let step = part.channels.rawValue
        let margin = [UInt8](repeating: 255, count: (width - part.width) * step)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * step)
        for row in 0..<part.height {
            pixels += part.pixels[(row * part.width * step)..<((row + 1) * part.width * step)]
            pixels += margin
        }
        pixels += [UInt8](repeating: 255, count: (height - part.height) * width * step)
        return PageImage(width: width, height: height, channels: part.channels, pixels: pixels)
    }

    private static func adjusted(
        _ image: PageImage, _ settings: JobSettings, _ ranges: [String: SourceCapabilities.Range]
    ) -> PageImage {
        /// −1…1, 0 for the device's normal.
        func share(_ name: String) -> Double {
            guard let value = settings.values[name], let range = ranges[name] else { return 0 }
            let reach = value < range.normal ? range.normal - range.minimum : range.maximum - range.normal
            return reach == 0 ? 0 : Double(value - range.normal) / Double(reach)
        }
        let brightness = share("brightness") * 128
        let contrast = 1 + share("contrast")
        let threshold = settings.mode == .blackAndWhite ? 128 + share("threshold") * 127 : nil
        guard brightness != 0 || contrast != 1 || threshold != nil else { return image }
        let table = (0...255).map { level -> UInt8 in
            let value = (Double(level) - 128) * contrast + 128 + brightness
            if let threshold { return value < threshold ? 0 : 255 }
            return UInt8(min(255, max(0, value.rounded())))
        }
        return PageImage(
            width: image.width, height: image.height, channels: image.channels,
            pixels: image.pixels.map { table[Int($0)] })
    }

    private static func quality(_ settings: JobSettings, _ range: SourceCapabilities.Range?) -> Int {
        guard let factor = settings.values["compression"], let range, range.maximum > range.minimum else { return 85 }
        let share = Double(factor - range.minimum) / Double(range.maximum - range.minimum)
        return min(100, max(10, 100 - Int(share * 70)))
    }
}

extension PageRenderer {
    static func mediaType(of file: [UInt8]) -> String {
        ImageFormat(sniffing: file)?.mediaType ?? "application/octet-stream"
    }
}
