import Support

/// What a device announces, whatever protocol said it.
///
/// Lengths are millimetres, resolutions dots per inch.
public struct ScannerCapabilities: Sendable, Hashable, Codable {
    public var makeAndModel: String?
    public var serial: String?
    public var uuid: String?
    public var sources: [SourceCapabilities]

    public init(
        makeAndModel: String? = nil, serial: String? = nil, uuid: String? = nil, sources: [SourceCapabilities]
    ) {
        self.makeAndModel = makeAndModel
        self.serial = serial
        self.uuid = uuid
        self.sources = sources
    }

    public subscript(source: ScanSource, sides: Int) -> SourceCapabilities? {
        sources.first { $0.source == source && $0.sides == sides }
    }
}

public enum ScanSource: String, Sendable, Hashable, Codable, CaseIterable {
    case platen, feeder
}

public enum ScanMode: String, Sendable, Hashable, Codable, CaseIterable {
    case blackAndWhite = "black-and-white"
    case gray, color
}

/// What one source can do: the limits differ between the glass, the feeder, and the feeder on both sides.
public struct SourceCapabilities: Sendable, Hashable, Codable {
    /// An adjustable value as announced: the device's own numbers.
    public struct Range: Sendable, Hashable, Codable {
        public var minimum: Int
        public var normal: Int
        public var maximum: Int
        public var step: Int

        public init(minimum: Int, normal: Int, maximum: Int, step: Int = 1) {
            self.minimum = minimum
            self.normal = normal
            self.maximum = maximum
            self.step = step
        }
    }

    public var source: ScanSource
    /// 1 or 2.
    public var sides: Int
    public var modes: [ScanMode]
    /// Media types such as `image/jpeg`.
    public var formats: [String]
    public var resolutions: [Int]
    public var minimumWidth: Double
    public var maximumWidth: Double
    public var minimumHeight: Double
    public var maximumHeight: Double
    /// Adjustable values by their logical name: those of ``ScanLevel``, `threshold`, and `quality` or `compression`.
    public var ranges: [String: Range]
    /// What it can be told to do by itself.
    public var switches: Set<ScanSwitch>
    /// How many sheets the feeder holds.
    public var capacity: Int?

    public init(
        source: ScanSource, sides: Int, modes: [ScanMode], formats: [String], resolutions: [Int], minimumWidth: Double,
        maximumWidth: Double, minimumHeight: Double, maximumHeight: Double, ranges: [String: Range] = [:],
        switches: Set<ScanSwitch> = [], capacity: Int? = nil
    ) {
        self.source = source
        self.sides = sides
        self.modes = modes
        self.formats = formats
        self.resolutions = resolutions
        self.minimumWidth = minimumWidth
        self.maximumWidth = maximumWidth
        self.minimumHeight = minimumHeight
        self.maximumHeight = maximumHeight
        self.ranges = ranges
        self.switches = switches
        self.capacity = capacity
    }
}
