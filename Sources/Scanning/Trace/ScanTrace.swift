public import Foundation
public import Support

/// What was said between us and a device during one scan that failed, so that the failure can be played again.
///
/// It holds settings, answers, counts and times. A page's image is only described, unless its contents were allowed.
public struct ScanTrace: Sendable, Hashable, Codable {
    /// One request and what came of it.
    public struct Exchange: Sendable, Hashable, Codable {
        /// Seconds from the beginning of the scan.
        public var at: Double
        /// How long it took, in seconds.
        public var seconds: Double
        public var method: String
        public var path: String
        public var sent: String?
        /// `nil` when no whole answer came; ``failure`` says why.
        public var status: Int?
        public var headers: [String: String]?
        public var body: Body?
        public var failure: Failure?

        public init(at: Double, seconds: Double, method: String, path: String, sent: String? = nil) {
            self.at = at
            self.seconds = seconds
            self.method = method
            self.path = path
            self.sent = sent
        }
    }

    /// An answer's body: a document as it came, or an image by what it was.
    public struct Body: Sendable, Hashable, Codable {
        public var bytes: Int
        public var mediaType: String?
        public var text: String?
        public var width: Int?
        public var height: Int?
        /// Why the image was not taken for a whole one.
        public var flaw: String?
        /// The image itself, where contents are allowed.
        public var content: Data?

        public init(bytes: Int, mediaType: String? = nil, text: String? = nil) {
            self.bytes = bytes
            self.mediaType = mediaType
            self.text = text
        }
    }

    public struct Failure: Sendable, Hashable, Codable {
        /// Such as `timed-out` or `connection-cut`.
        public var kind: String
        public var detail: String

        public init(kind: String, detail: String) {
            self.kind = kind
            self.detail = detail
        }
    }

    /// `blankett-trace/1`.
    public var format = formatName
    public var device: DeviceDescription
    /// The device's own document of what it can do.
    public var capabilities: String?
    public var job: ScanJob
    public var startedAt: Date
    public var exchanges: [Exchange]
    /// How many exchanges in the middle were left out.
    public var leftOut = 0
    /// How the batch ended, or else ``error``.
    public var end: BatchEnd?
    public var error: ErrorReport?

    public init(device: DeviceDescription, capabilities: String?, job: ScanJob, startedAt: Date, exchanges: [Exchange])
    {
        self.device = device
        self.capabilities = capabilities
        self.job = job
        self.startedAt = startedAt
        self.exchanges = exchanges
    }

    public static let formatName = "blankett-trace/1"
}
