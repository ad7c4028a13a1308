/// What the office wants of a scan, in logical values that any device can be asked for.
public struct ScanProfile: Sendable, Hashable, Codable {
    public var source: ScanSource
    public var sides: Int
    public var mode: ScanMode
    /// In dots per inch.
    public var resolution: Int
    /// `A4`, `A5`, `letter`, or `WIDTHxHEIGHT` in millimetres.
    public var size: String
    /// −100…100 each, 0 for the device's normal.
    public var levels: [ScanLevel: Int]
    /// 1…100.
    public var quality: Int?
    /// 0…255.
    public var threshold: Int?
    /// What the device does by itself, where it is to be on or off.
    public var switches: [ScanSwitch: Bool]
    public var multiFeed: MultiFeed?
    public var blankPages: BlankPages?
    public var trigger: Trigger?
    /// For a device behind SANE.
    public var sane: SaneSettings?

    /// What becomes of a page with nothing on it.
    public enum BlankPages: String, Sendable, Hashable, Codable, CaseIterable {
        /// A person sees it.
        case keep
        /// Only blank back sides are put aside without a person: a blank front is a sheet that lies upside down.
        case dropBacks = "drop-backs"
        /// Every blank page is put aside without a person.
        case drop
    }

    /// What is to happen when two sheets went through as one.
    public enum MultiFeed: String, Sendable, Hashable, Codable, CaseIterable {
        /// The device stops, and the batch is incomplete from that sheet.
        case stop
        /// For forms with something glued or stapled on, which the sensor takes for a second sheet.
        case ignore
    }

    /// What begins a batch.
    public enum Trigger: String, Sendable, Hashable, Codable, CaseIterable {
        /// A person, at the kiosk.
        case button
        /// Paper that is put into the feeder.
        case paper
    }

    public init(
        source: ScanSource, sides: Int = 1, mode: ScanMode = .gray, resolution: Int = 300, size: String = "A4",
        levels: [ScanLevel: Int] = [:], quality: Int? = nil, threshold: Int? = nil, switches: [ScanSwitch: Bool] = [:],
        multiFeed: MultiFeed? = nil, blankPages: BlankPages? = nil, trigger: Trigger? = nil, sane: SaneSettings? = nil
    ) {
        self.source = source
        self.sides = sides
        self.mode = mode
        self.resolution = resolution
        self.size = size
        self.levels = levels
        self.quality = quality
        self.threshold = threshold
        self.switches = switches
        self.multiFeed = multiFeed
        self.blankPages = blankPages
        self.trigger = trigger
        self.sane = sane
    }
}

/// A value that devices let themselves be adjusted in, around a normal of their own.
///
/// The raw value is its key in profiles, in ``SourceCapabilities/ranges`` and in ``ScanJob/values``.
public enum ScanLevel: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
    case brightness, contrast, sharpen, gamma, highlight, shadow, noiseRemoval, blankPageSensitivity
    case colorSensitivity, colorRange, overscan
}

/// What some devices do by themselves, and can be told to do or to leave.
///
/// The raw value is its key in ``SourceCapabilities/switches`` and ``ScanJob/switches``; profiles have the first three.
public enum ScanSwitch: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
    /// Cuts the image to the sheet.
    case autoCrop
    /// Chooses brightness for each page.
    case autoExposure
    /// Says of each image whether the page is blank.
    case blankPageDetection
    /// Leaves blank pages out: then nothing confirms the count, so no profile asks for it.
    case blankPageRemoval
    /// Stops when two sheets went through as one; ``ScanProfile/multiFeed`` decides it.
    case multiFeedDetection
}
