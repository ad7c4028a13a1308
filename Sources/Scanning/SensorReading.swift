/// What the sensors of a device say at one moment; `nil` where it has no such sensor.
public struct SensorReading: Sendable, Hashable, Codable {
    /// Whether paper lies in the feeder.
    public var paper: Bool?
    /// Whether the device's own scan button was pressed since the last reading.
    public var button: Bool?
    public var coverOpen: Bool?

    public init(paper: Bool? = nil, button: Bool? = nil, coverOpen: Bool? = nil) {
        self.paper = paper
        self.button = button
        self.coverOpen = coverOpen
    }

    /// What a status says of the feeder; paper that is stuck or on its way is neither in nor out.
    init(_ feeder: ScannerStatus.Feeder) {
        switch feeder {
        case .loaded: self.init(paper: true, coverOpen: false)
        case .empty: self.init(paper: false, coverOpen: false)
        case .doorOpen: self.init(coverOpen: true)
        case .processing, .jam, .multipick: self.init(coverOpen: false)
        case .absent, .unknown: self.init()
        }
    }

    /// Whether the device tells anything at all.
    public var isBlind: Bool { paper == nil && button == nil && coverOpen == nil }

    public var feeder: ScannerStatus.Feeder {
        if coverOpen == true { return .doorOpen }
        return paper.map { $0 ? .loaded : .empty } ?? .unknown
    }
}
