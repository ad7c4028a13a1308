public import Support

/// What a client and the scan-worker say to each other: the JSON headers of the frames on its pipes.
///
/// The worker says `hello`. It gets one `list`, `describe` or `scan`, answers it, and exits. A scan is `opened`, then for
/// each page `started`, `reading` about once a second while bytes come, and `page`; the next sheet is pulled in only
/// after the client's `next`. It ends with `end`, or with `error` when no sheet has moved. SIGTERM cancels it wherever
/// it is; `cancel` does where it waits for `next`.
public enum ScanWorkerMessage {
    /// Raised when client and worker no longer understand each other; they are installed together.
    public static let version = 1

    /// From the client.
    public enum Request: Sendable, Hashable, Codable {
        case list
        case describe(Device)
        case scan(Device, ScanJob)
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

    /// From the worker.
    public enum Reply: Sendable, Hashable, Codable {
        case hello(version: Int)
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
        case end(BatchEnd)
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
