public import Support

/// A scanner that can scan one batch at a time: eSCL in the agent, SANE behind a worker process, a fake in tests.
public protocol Scanner: Sendable {
    var device: DeviceDescription { get }

    func capabilities() async throws -> ScannerCapabilities

    func status() async throws -> ScannerStatus

    /// Scans one batch: one sheet from the glass, or all that lie in the feeder.
    ///
    /// - Parameters:
    ///   - job: What to do, already fitted to what this device announces.
    ///   - page: Called for each page in order, after its image was verified whole. The next page is taken from the
    ///     device only when it returns, so what it has journalled is safe. If it throws, the batch is cancelled.
    /// - Returns: How the batch ended, with all that was counted. A jam, an empty feeder or a cancelled batch is an
    ///   end, not an error; pages already handed over stay good.
    /// - Throws: ``BlankettError`` with exit `.device` when no sheet has moved, such as `scanner-busy`, `feeder-empty`,
    ///   `scanner-unreachable`, `scanner-refused`.
    func scan(_ job: ScanJob, page: @escaping @Sendable (ScannedPage) async throws -> Void) async throws -> BatchEnd

    /// Whether nobody else can use the device while it is watched.
    var isHeldWhileWatched: Bool { get }

    /// Says what the sensors say, again and again, until the task is cancelled; then the device is free again.
    ///
    /// - Parameters:
    ///   - interval: How often to ask a device that must be asked.
    ///   - report: Told of each reading.
    /// - Throws: ``BlankettError`` when the device cannot be asked any longer; `no-sensors` when it has none.
    func watch(
        every interval: Duration, _ report: @escaping @Sendable (SensorReading) async -> Void
    ) async throws
}

extension Scanner {
    public var isHeldWhileWatched: Bool { false }

    public func watch(
        every interval: Duration, _ report: @escaping @Sendable (SensorReading) async -> Void
    ) async throws {
        try await watchStatus(every: interval, report)
    }

    /// Watches a device by asking for its status again and again.
    public func watchStatus(
        every interval: Duration, _ report: @Sendable (SensorReading) async -> Void
    ) async throws {
        while !Task.isCancelled {
            let reading = SensorReading(try await status().feeder)
            if reading.isBlind { throw BlankettError.noSensors }
            await report(reading)
            try? await Task.sleep(for: interval)
        }
    }
}

extension BlankettError {
    public static let noSensors = BlankettError(
        "no-sensors", exit: .device, "The scanner does not tell whether paper lies in it.",
        advice: "Begin each scan at the kiosk.")
}

/// A scanner as it was found, before anything was asked of it.
public struct DeviceDescription: Sendable, Hashable, Codable {
    /// How it is reached; profiles name it so in `connection`.
    public enum Connection: String, Sendable, Hashable, Codable {
        case escl
        case esclUSB = "escl-usb"
        case sane
    }

    /// Stable between runs where the device allows: such as its UUID, serial number or address.
    public var id: String
    public var name: String
    public var make: String?
    public var model: String?
    public var serial: String?
    public var connection: Connection
    /// What the connection needs: an eSCL root such as `http://127.0.0.1:8095/eSCL`, or a SANE device name.
    public var address: String
    /// `VID:PID` in lower-case hexadecimal, such as `0482:069d`.
    public var usb: String?

    public init(
        id: String, name: String, make: String? = nil, model: String? = nil, serial: String? = nil,
        connection: Connection, address: String, usb: String? = nil
    ) {
        self.id = id
        self.name = name
        self.make = make
        self.model = model
        self.serial = serial
        self.connection = connection
        self.address = address
        self.usb = usb
    }
}

public struct ScannerStatus: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable {
        case idle, processing, warmingUp = "warming-up", stopped, down, unknown
    }

    public enum Feeder: String, Sendable, Hashable, Codable {
        case absent, empty, loaded, processing, jam, doorOpen = "door-open", multipick, unknown
    }

    public var state: State
    public var feeder: Feeder

    public init(state: State, feeder: Feeder) {
        self.state = state
        self.feeder = feeder
    }
}

/// One page as the device sent it: a whole image file.
public struct ScannedPage: Sendable, Hashable {
    /// From 1, in the order in which the pages came.
    public var number: Int
    public var mediaType: String
    public var bytes: [UInt8]
    public var width: Int
    public var height: Int
    public var resolution: Int

    public init(number: Int, mediaType: String, bytes: [UInt8], width: Int, height: Int, resolution: Int) {
        self.number = number
        self.mediaType = mediaType
        self.bytes = bytes
        self.width = width
        self.height = height
        self.resolution = resolution
    }
}
