public import Support

/// One file `device-profiles/MAKER.json5`.
public struct DeviceProfileFile: Sendable, Hashable, Codable {
    /// `blankett-device/1`.
    public var format: String
    public var maker: String
    public var devices: [DeviceProfile]

    public init(maker: String, devices: [DeviceProfile]) {
        format = Self.formatName
        self.maker = maker
        self.devices = devices
    }

    public static let formatName = "blankett-device/1"
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

        public init(usb: [String]? = nil, model: String? = nil, sane: String? = nil) {
            self.usb = usb
            self.model = model
            self.sane = sane
        }

        /// Whether nothing identifies a device: the profile is for any that has its connection.
        public var isGeneric: Bool { usb == nil && model == nil && sane == nil }
    }

    /// In seconds.
    public struct Deadlines: Sendable, Hashable, Codable {
        public var open: Double
        public var start: Double
        public var idle: Double
        public var cancel: Double

        public init(open: Double, start: Double, idle: Double, cancel: Double) {
            self.open = open
            self.start = start
            self.idle = idle
            self.cancel = cancel
        }

        public static let standard = Deadlines(open: 15, start: 60, idle: 60, cancel: 10)
    }

    /// A way in which this device differs from the standard, and how it showed.
    public struct Quirk: Sendable, Hashable, Codable {
        public enum Name: String, Sendable, Hashable, Codable, CaseIterable {
            /// Asked for the next page at once, it says that there is none: waits `milliseconds` before.
            case pauseBeforeNextPage = "pause-before-next-page"
            /// Answers 404 or 410 to NextDocument when it means "not yet".
            case retryNextPage = "retry-next-page"
            /// Takes a job only from the host `localhost`.
            case hostLocalhost = "host-localhost"
            /// DELETE after a good job disturbs the next one.
            case noDeleteAfterJob = "no-delete-after-job"
            /// Announces more than it can: `value` dpi is the highest.
            case highestResolution = "highest-resolution"
            /// The JPEG's header does not know the sheet's height; a DNL marker behind the image does.
            case heightFromDNL = "height-from-dnl"
            /// Counts images that it never sent, or none: its ImagesCompleted says nothing.
            case imageCountUnreliable = "image-count-unreliable"
        }

        public var name: Name
        public var milliseconds: Int?
        public var value: Int?
        /// The symptom, and where it was seen.
        public var why: String

        public init(_ name: Name, milliseconds: Int? = nil, value: Int? = nil, why: String) {
            self.name = name
            self.milliseconds = milliseconds
            self.value = value
            self.why = why
        }
    }

    public var name: String
    public var version: Int
    public var match: Match
    /// Tried in this order: `escl`, `escl-usb`, `sane:BACKEND`.
    public var connection: [String]
    public var profiles: [String: ScanProfile]
    public var deadlines: Deadlines?
    public var quirks: [Quirk]?

    public init(
        name: String, version: Int, match: Match, connection: [String], profiles: [String: ScanProfile],
        deadlines: Deadlines? = nil, quirks: [Quirk]? = nil
    ) {
        self.name = name
        self.version = version
        self.match = match
        self.connection = connection
        self.profiles = profiles
        self.deadlines = deadlines
        self.quirks = quirks
    }
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
    public var blankPages: BlankPages?

    public enum BlankPages: String, Sendable, Hashable, Codable, CaseIterable {
        case keep, drop
    }

    public init(
        source: ScanSource, sides: Int = 1, mode: ScanMode = .gray, resolution: Int = 300, size: String = "A4",
        brightness: Int? = nil, contrast: Int? = nil, quality: Int? = nil, threshold: Int? = nil,
        blankPages: BlankPages? = nil
    ) {
        self.source = source
        self.sides = sides
        self.mode = mode
        self.resolution = resolution
        self.size = size
        self.brightness = brightness
        self.contrast = contrast
        self.quality = quality
        self.threshold = threshold
        self.blankPages = blankPages
    }
}

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
