public import Support

/// One file `device-profiles/MAKER.json5`.
public struct DeviceProfileFile: Sendable, Hashable, Codable {
    /// `blankett-device/1`.
    public var format: String
    public var maker: String
    public var devices: [DeviceProfile]
}

/// What we know of one device model: how to find it, how to reach it, and what a scan means on it.
public struct DeviceProfile: Sendable, Hashable, Codable {
    /// Any one of these identifies the device.
    public struct Match: Sendable, Hashable, Codable {
        /// `VID:PID` in lower-case hexadecimal.
        public var usb: [String]?
        /// A regular expression for the model name the device gives.
        public var model: String?
        /// A regular expression for the SANE device name.
        public var sane: String?
    }

    /// In seconds.
    public struct Deadlines: Sendable, Hashable, Codable {
        public var open: Double
        public var start: Double
        public var idle: Double
        public var cancel: Double

        public static let standard = Deadlines(open: 15, start: 60, idle: 60, cancel: 10)
    }

    public struct Quirk: Sendable, Hashable, Codable {
        public var name: String
        public var milliseconds: Int?
        /// The symptom, and where it was seen.
        public var why: String
    }

    public var name: String
    public var version: Int
    public var match: Match
    /// Tried in this order: `escl`, `escl-usb`, `sane:BACKEND`.
    public var connection: [String]
    public var profiles: [String: ScanProfile]
    public var deadlines: Deadlines?
    public var quirks: [Quirk]?
}

/// What the office wants of a scan, in logical values that any device can be asked for.
public struct ScanProfile: Sendable, Hashable, Codable {
    public var source: ScanSource
    public var sides: Int
    public var mode: ScanMode
    /// In dots per inch.
    public var resolution: Int
    /// `A4`, `A5`, `letter`, or `WIDTHxHEIGHT` in millimetres.
    public var size: String
    /// −100…100.
    public var brightness: Int?
    public var contrast: Int?
    /// 1…100.
    public var quality: Int?
    /// 0…255.
    public var threshold: Int?
    /// `keep` or `drop`.
    public var blankPages: String?
}

/// A scan fitted to one device: only values that it announced, and what had to be changed to get there.
public struct ScanJob: Sendable, Hashable, Codable {
    public struct Adjustment: Sendable, Hashable, Codable {
        public var name: String
        public var asked: String
        public var got: String
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
    public var adjustments: [Adjustment]
    public var deadlines: DeviceProfile.Deadlines
    public var quirks: [DeviceProfile.Quirk]

    public init(
        source: ScanSource, sides: Int, mode: ScanMode, resolution: Int, format: String, region: MillimetreRect,
        values: [String: Int] = [:], adjustments: [Adjustment] = [], deadlines: DeviceProfile.Deadlines = .standard,
        quirks: [DeviceProfile.Quirk] = []
    ) {
        self.source = source
        self.sides = sides
        self.mode = mode
        self.resolution = resolution
        self.format = format
        self.region = region
        self.values = values
        self.adjustments = adjustments
        self.deadlines = deadlines
        self.quirks = quirks
    }
}
