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
        /// For a generic profile: whether the device must have a feeder, or must have none.
        public var feeder: Bool?

        public init(usb: [String]? = nil, model: String? = nil, sane: String? = nil, feeder: Bool? = nil) {
            self.usb = usb
            self.model = model
            self.sane = sane
            self.feeder = feeder
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
            /// Counts CompressionFactor the other way: a greater number is a better image.
            case compressionIsQuality = "compression-is-quality"
            /// Hangs with two requests at once over USB: only one interface is used.
            case oneUSBInterface = "one-usb-interface"
            /// Must be reset over USB before it answers, as after sleep.
            case resetUSBFirst = "reset-usb-first"
            /// Needs `milliseconds` over USB until it answers at all.
            case slowUSBStart = "slow-usb-start"
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
    /// Where the facts of this entry come from.
    public var facts: String?
    public var match: Match
    /// Tried in this order: `escl`, `escl-usb`, `sane:BACKEND`.
    public var connection: [String]
    public var profiles: [String: ScanProfile]
    public var deadlines: Deadlines?
    public var quirks: [Quirk]?
    /// For all its scans, where it is behind SANE.
    public var sane: SaneSettings?

    public init(
        name: String, version: Int, facts: String? = nil, match: Match, connection: [String],
        profiles: [String: ScanProfile], deadlines: Deadlines? = nil, quirks: [Quirk]? = nil, sane: SaneSettings? = nil
    ) {
        self.name = name
        self.version = version
        self.facts = facts
        self.match = match
        self.connection = connection
        self.profiles = profiles
        self.deadlines = deadlines
        self.quirks = quirks
        self.sane = sane
    }
}
