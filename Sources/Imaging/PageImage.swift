/// The pixels of a page or of a part of one, decoded.
public struct PageImage: Sendable, Equatable {
    public enum Channels: Int, Sendable {
        case gray = 1
        /// Red, green, blue.
        case color = 3
    }

    /// In pixels, at least 1.
    public let width: Int
    public let height: Int
    public let channels: Channels
    /// In dots per inch; `nil` when the file does not say.
    public var resolution: Double?
    /// `width * height * channels` bytes, row by row from the top without gaps, 0 dark to 255 light.
    public var pixels: [UInt8]

    /// - Precondition: `pixels` has exactly `width * height * channels` bytes.
    public init(width: Int, height: Int, channels: Channels, resolution: Double? = nil, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height * channels.rawValue)
        self.width = width
        self.height = height
        self.channels = channels
        self.resolution = resolution
        self.pixels = pixels
    }

    public init(width: Int, height: Int, filledWith level: UInt8, channels: Channels = .gray, resolution: Double? = nil)
    {
        self.init(
            width: width, height: height, channels: channels, resolution: resolution,
            pixels: [UInt8](repeating: level, count: width * height * channels.rawValue))
    }

    /// One channel, by the weights of ITU-R BT.601.
    public func gray() -> PageImage {
        guard channels == .color else { return self }
        let source = pixels
        let gray = unsafe [UInt8](unsafeUninitializedCapacity: width * height) { output, count in
            for index in 0..<(width * height) {
                let red = UInt32(source[index * 3])
                let green = UInt32(source[index * 3 + 1])
                let blue = UInt32(source[index * 3 + 2])
                unsafe output[index] = UInt8((red * 299 + green * 587 + blue * 114 + 500) / 1000)
            }
            count = width * height
        }
        return PageImage(width: width, height: height, channels: .gray, resolution: resolution, pixels: gray)
    }
}

extension PageImage: CustomStringConvertible {
    /// Size and kind only: a page's pixels belong in no log.
    public var description: String {
        let dpi = resolution.map { " at \($0) dpi" } ?? ""
        return "\(width) × \(height) pixels, \(channels == .gray ? "grey" : "colour")\(dpi)"
    }
}
