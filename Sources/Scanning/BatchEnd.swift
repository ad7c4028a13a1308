/// How a batch ended, with all that was counted.
///
/// Success is counted, never believed.
public struct BatchEnd: Sendable, Hashable, Codable {
    public enum Reason: String, Sendable, Hashable, Codable {
        /// The device said that there is no more.
        case noMoreSheets = "no-more-sheets"
        case cancelled
        case jam
        case doorOpen = "door-open"
        case multipick
        /// A page's image was not whole.
        case badImage = "bad-image"
        case timedOut = "timed-out"
        case connectionLost = "connection-lost"
        case workerCrashed = "worker-crashed"
        case refused
    }

    public var reason: Reason
    /// Pages that were verified and handed over.
    public var pages: Int
    /// How many images the device says it made, when it says so.
    public var imagesCompleted: Int?
    /// The feeder after the last page; `nil` when the batch came from the glass.
    public var feeder: ScannerStatus.Feeder?
    /// Whether the device calls the job completed, when it says so.
    public var jobCompleted: Bool?
    /// The first page, from 1, before which the device counted more images than it had handed over; `nil` when it was
    /// not seen to.
    public var doubtfulFrom: Int?
    /// What the device or library said, for the trace; no page contents.
    public var detail: String?
    /// The file that a failed scan left, with what was said.
    public var trace: String?
    /// The device's options as it confirmed them, by its own names; `nil` where it does not say.
    public var settings: [String: String]?
    /// What the device made of values that it did not take as they were.
    public var adjustments: [ScanJob.Adjustment]?

    public init(
        reason: Reason, pages: Int, imagesCompleted: Int? = nil, feeder: ScannerStatus.Feeder? = nil,
        jobCompleted: Bool? = nil, doubtfulFrom: Int? = nil, detail: String? = nil
    ) {
        self.reason = reason
        self.pages = pages
        self.imagesCompleted = imagesCompleted
        self.feeder = feeder
        self.jobCompleted = jobCompleted
        self.doubtfulFrom = doubtfulFrom
        self.detail = detail
    }

    /// Whether every sheet is accounted for.
    public enum Verdict: Sendable, Hashable {
        case complete
        /// The stack is to be put back from this sheet, counted from 1, for this reason (a stable code).
        case incomplete(fromSheet: Int, reason: String)
    }

    /// Weighs what was counted against what was asked for: on both sides, for one, the pages are even.
    ///
    /// Where pages are missing and nobody knows which, the sheets are in doubt from the first that may be: a stack that is
    /// put back from behind the lost one would lose it for good.
    ///
    /// - Parameters:
    ///   - job: What was asked for.
    ///   - before: How many pages of the stack earlier scans brought; the sheets are counted over all of them.
    /// - Returns: Whether every sheet is accounted for.
    public func verdict(for job: ScanJob, after before: Int = 0) -> Verdict {
        func sheet(_ page: Int) -> Int { (page - 1) / max(1, job.sides) + 1 }
        let nextSheet = sheet(before + pages + 1)
        let doubtfulSheet = min(nextSheet, sheet(before + (doubtfulFrom ?? 1)))
        if reason != .noMoreSheets {
            return .incomplete(fromSheet: doubtfulFrom == nil ? nextSheet : doubtfulSheet, reason: reason.rawValue)
        }
        if before + pages == 0 { return .incomplete(fromSheet: 1, reason: "no-pages") }
        if let imagesCompleted, imagesCompleted != pages {
            return .incomplete(fromSheet: doubtfulSheet, reason: "count-differs")
        }
        if job.sides == 2, pages % 2 != 0 { return .incomplete(fromSheet: doubtfulSheet, reason: "odd-count") }
        if jobCompleted == false { return .incomplete(fromSheet: nextSheet, reason: "job-not-completed") }
        if job.source == .feeder, let feeder, feeder != .empty {
            return .incomplete(fromSheet: nextSheet, reason: "feeder-not-empty")
        }
        return .complete
    }
}
