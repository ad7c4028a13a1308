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

    /// A job that was written before it had all its members, such as one in a journal, is as if they said nothing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            source: try container.decode(ScanSource.self, forKey: .source),
            sides: try container.decode(Int.self, forKey: .sides),
            mode: try container.decode(ScanMode.self, forKey: .mode),
            resolution: try container.decode(Int.self, forKey: .resolution),
            format: try container.decode(String.self, forKey: .format),
            region: try container.decode(MillimetreRect.self, forKey: .region),
            values: try container.decode([String: Int].self, forKey: .values),
            switches: try container.decodeIfPresent([ScanSwitch: Bool].self, forKey: .switches) ?? [:],
            blankPages: try container.decodeIfPresent(ScanProfile.BlankPages.self, forKey: .blankPages) ?? .keep,
            sane: try container.decodeIfPresent(SaneSettings.self, forKey: .sane) ?? SaneSettings(),
            adjustments: try container.decode([Adjustment].self, forKey: .adjustments),
            deadlines: try container.decode(DeviceProfile.Deadlines.self, forKey: .deadlines),
            quirks: try container.decode([DeviceProfile.Quirk].self, forKey: .quirks))
    }

    /// Whether a page of this job with nothing on it needs nobody to look at it.
    ///
    /// - Parameter number: From 1, in the order in which the pages came.
    /// - Returns: Whether the profile puts it aside.
    public func putsAside(blankPage number: Int) -> Bool {
        switch blankPages {
        case .keep: false
        case .drop: true
        // Fronts are odd: the device delivers both sides of each sheet in order.
        case .dropBacks: sides == 2 && number.isMultiple(of: 2)
        }
    }
}
