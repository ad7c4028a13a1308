import Imaging
import Support

/// What came of one scan, held against what was asked for.
public struct Conformance: Sendable, Hashable, Codable {
    /// One thing that came otherwise.
    public struct Difference: Sendable, Hashable, Codable {
        public enum What: String, Sendable, Hashable, Codable {
            case width, height, resolution, mode, format, sides
            /// What the device counted, or how the batch ended.
            case count
        }

        public var what: What
        /// The page, from 1; `nil` for the batch as a whole.
        public var page: Int?
        public var asked: String
        public var got: String
    }

    /// A page as it came, without what stands on it.
    public struct Page: Sendable, Hashable, Codable {
        public var format: String
        public var width: Int
        public var height: Int
        public var channels: Int
        public var bitsPerChannel: Int
        /// In dots per inch, as the file says; `nil` where it does not.
        public var resolution: Double?
        public var bytes: Int
        /// From the start of the scan.
        public var seconds: Double

        /// `nil` when the bytes are no image whose header can be read.
        public init?(_ page: ScannedPage, seconds: Double) {
            guard let header = ImageHeader(page.bytes) else { return nil }
            format = header.format.mediaType
            width = header.width
            height = header.height == 0 ? page.height : header.height
            channels = header.channels
            bitsPerChannel = header.bitsPerChannel
            resolution = header.resolution.map { ($0 * 10).rounded() / 10 }
            bytes = page.bytes.count
            self.seconds = (seconds * 100).rounded() / 100
        }
    }

    public private(set) var differences: [Difference] = []

    /// Devices round lengths up to a multiple of some pixels; more than a hundredth is another size.
    private static func isClose(_ got: Int, _ asked: Int) -> Bool { abs(got - asked) <= max(16, asked / 100) }

    /// - Parameters:
    ///   - job: What the device was asked for.
    ///   - pages: What came, in order.
    ///   - end: How the device ended it.
    public init(of job: ScanJob, pages: [Page], end: BatchEnd) {
        let width = Int((job.region.width / 25.4 * Double(job.resolution)).rounded())
        let height = Int((job.region.height / 25.4 * Double(job.resolution)).rounded())
        for (index, page) in pages.enumerated() {
            func expect(
                _ what: Difference.What, _ asked: some CustomStringConvertible, _ got: some CustomStringConvertible,
                _ holds: Bool
            ) {
                guard !holds else { return }
                differences.append(
                    Difference(what: what, page: index + 1, asked: asked.description, got: got.description))
            }
            expect(.format, job.format, page.format, page.format == job.format)
            expect(.width, width, page.width, Self.isClose(page.width, width))
            expect(.height, height, page.height, Self.isClose(page.height, height))
            if let resolution = page.resolution {
                expect(
                    .resolution, job.resolution, resolution.shortest, abs(resolution - Double(job.resolution)) <= 1)
            }
            let isColor = page.channels > 1
            expect(.mode, job.mode.rawValue, isColor ? "color" : "gray", isColor == (job.mode == .color))
        }
        if job.sides == 2, pages.count % 2 != 0 {
            differences.append(
                Difference(what: .sides, asked: "an even number of pages", got: String(pages.count)))
        }
        if case .incomplete(_, let reason) = end.verdict(for: job) {
            differences.append(Difference(what: .count, asked: "complete", got: reason))
        }
    }
}

/// What a device does with each of its scan profiles: for whoever looks after the profiles.
///
/// Holds neither what stands on the pages nor the device's serial number or address.
public struct ConformanceReport: Sendable, Hashable, Codable {
    public struct Scan: Sendable, Hashable, Codable {
        public enum Outcome: String, Sendable, Hashable, Codable {
            /// All that came is what was asked for.
            case passed
            case differs
            /// The device does not announce what the profile asks for.
            case refused
            /// Nothing came.
            case failed
            /// There was no paper.
            case skipped
        }

        public var profile: String
        public var outcome: Outcome
        public var asked: ScanProfile
        /// What the device's abilities made of it before it began.
        public var adjustments: [ScanJob.Adjustment] = []
        public var differences: [Conformance.Difference] = []
        public var pages: [Conformance.Page] = []
        public var end: BatchEnd?
        public var seconds: Double?
        /// Why there is no result: a stable code, and a sentence.
        public var code: String?
        public var reason: String?

        public init(profile: String, outcome: Outcome, asked: ScanProfile) {
            self.profile = profile
            self.outcome = outcome
            self.asked = asked
        }
    }

    public static let formatName = "blankett-conformance/1"

    public var format = formatName
    public var blankett: String
    /// In RFC 3339.
    public var date: String
    public var model: String?
    public var connection: DeviceDescription.Connection
    public var device: String
    public var version: Int
    public var announced: [SourceCapabilities]
    public var scans: [Scan] = []

    public init(
        blankett: String, date: String, model: String?, connection: DeviceDescription.Connection,
        device: DeviceProfile, announced: ScannerCapabilities
    ) {
        self.blankett = blankett
        self.date = date
        self.model = model
        self.connection = connection
        self.device = device.name
        version = device.version
        self.announced = announced.sources
    }
}
