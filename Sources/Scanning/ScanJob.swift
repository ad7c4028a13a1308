public import Support

/// A scan fitted to one device: only values that it announced, and what had to be changed to get there.
public struct ScanJob: Sendable, Hashable, Codable {
    public struct Adjustment: Sendable, Hashable, Codable {
        public var name: String
        public var asked: String
        public var got: String

        public init(name: String, asked: String, got: String) {
            self.name = name
            self.asked = asked
            self.got = got
        }
    }

    public var source: ScanSource
    public var sides: Int
    public var mode: ScanMode
    public var resolution: Int
    public var format: String
    /// From the top-left corner of the source.
    public var region: MillimetreRect
    /// The device's own numbers by logical name, such as `brightness`.
    public var values: [String: Int]
    /// Only those that the device announced.
    public var switches: [ScanSwitch: Bool]
    public var blankPages: ScanProfile.BlankPages
    /// For a device behind SANE; empty for others.
    public var sane: SaneSettings
    public var adjustments: [Adjustment]
    public var deadlines: DeviceProfile.Deadlines
    public var quirks: [DeviceProfile.Quirk]

    public init(
        source: ScanSource, sides: Int, mode: ScanMode, resolution: Int, format: String, region: MillimetreRect,
        values: [String: Int] = [:], switches: [ScanSwitch: Bool] = [:], blankPages: ScanProfile.BlankPages = .keep,
        sane: SaneSettings = SaneSettings(), adjustments: [Adjustment] = [],
        deadlines: DeviceProfile.Deadlines = .standard,
        quirks: [DeviceProfile.Quirk] = []
    ) {
        self.source = source
        self.sides = sides
        self.mode = mode
        self.resolution = resolution
        self.format = format
        self.region = region
        self.values = values
        self.switches = switches
        self.blankPages = blankPages
        self.sane = sane
        self.adjustments = adjustments
        self.deadlines = deadlines
        self.quirks = quirks
    }
}
