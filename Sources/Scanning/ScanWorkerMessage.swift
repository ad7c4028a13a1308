public import Support

/// What a client and the scan-worker say to each other: the JSON headers of the frames on its pipes.
///
/// The worker says `hello`. It gets one `list`, `describe`, `watch` or `scan`, answers it, and exits. `phase` says what it
/// does next, so that the client knows where it died or hangs. A scan is `opened`, then for each page `started`,
/// `reading` about once a second while bytes come, and `page`; the next sheet is pulled in only after the client's
/// `next`. No further sheet moves after `stopping`; once the device is in order it ends with `end`. Where no sheet has
/// moved there is an `error` in place of both. SIGTERM cancels it wherever it is; `cancel` does where it waits for `next`.
/// A watch says `sensors` again and again until SIGTERM.
public enum ScanWorkerMessage {
    /// Raised when client and worker no longer understand each other; they are installed together.
    public static let version = 2

    /// From the client.
    public enum Request: Sendable, Hashable, Codable {
        case list
        case describe(Device)
        case scan(Device, ScanJob)
        /// Tells what the sensors say, every so many milliseconds; the device is open, and nobody else's, meanwhile.
        case watch(Device, milliseconds: Int)
        case next
        case cancel
    }

    /// Which device to open, and how.
    public struct Device: Sendable, Hashable, Codable {
        /// As SANE calls it, such as `test:0`; with nothing after the colon, the first device that the backend finds.
        public var name: String
        /// Options of the device to set beside a job's own, by SANE's name, as text.
        public var options: [String: String]

        public init(name: String, options: [String: String] = [:]) {
            self.name = name
            self.options = options
        }
    }

    /// What the worker does when it is not about a page.
    public enum Phase: String, Sendable, Hashable, Codable {
        case finding, opening, options, sensors, cancelling, closing
    }

    /// From the worker.
    public enum Reply: Sendable, Hashable, Codable {
        case hello(version: Int)
        case phase(Phase)
        case devices([FoundDevice])
        case description(ScannerCapabilities, ScannerStatus)
        /// The device is open, and its options were set and read back: `settings` by SANE's name, as text.
        case opened(settings: [String: String], adjustments: [ScanJob.Adjustment])
        /// The device began with this page, counted from 1.
        case started(page: Int)
        /// This many bytes of the page have come.
        case reading(bytes: Int)
        /// A page was read and verified; the frame's body is its image file.
        case page(Page)
        case stopping(BatchEnd)
        case end(BatchEnd)
        case sensors(SensorReading)
        case error(ErrorReport)
    }

    public struct FoundDevice: Sendable, Hashable, Codable {
        /// As SANE calls it.
        public var name: String
        public var vendor: String
        public var model: String
        /// Such as `sheetfed scanner`.
        public var type: String

        public init(name: String, vendor: String, model: String, type: String) {
            self.name = name
            self.vendor = vendor
            self.model = model
            self.type = type
        }
    }

    /// A ``ScannedPage`` without its bytes.
    public struct Page: Sendable, Hashable, Codable {
        public var number: Int
        public var mediaType: String
        public var width: Int
        public var height: Int
        public var resolution: Int

        public init(number: Int, mediaType: String, width: Int, height: Int, resolution: Int) {
            self.number = number
            self.mediaType = mediaType
            self.width = width
            self.height = height
            self.resolution = resolution
        }
    }
}
