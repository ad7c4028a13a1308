public import Imaging
public import Scanning
import Support

/// Scans the sheets of one batch from a device that is set up.
public struct SaneBatch {
    /// What the batch tells whoever started it.
    public enum Event {
        case started(page: Int)
        /// At most once a second.
        case reading(bytes: Int)
        /// A whole page.
        case page(number: Int, PageImage)
    }

    private let job: ScanJob
    private var pages = 0

    public init(_ job: ScanJob) {
        self.job = job
    }

    /// - Parameters:
    ///   - device: Set up for the job.
    ///   - report: Told of each event. After a page, the next sheet is pulled in when it returns `true`.
    /// - Returns: How the batch ended, counted.
    /// - Throws: ``BlankettError`` when no sheet has moved; what `report` throws.
    public mutating func run(
        on device: borrowing SaneDevice, report: (Event) throws -> Bool
    ) throws -> BatchEnd {
        var detail: String?
        var reason: BatchEnd.Reason
        do {
            defer { device.session.cancel() }
            let resolution = try device.resolution() ?? Double(job.resolution)
            reason = .noMoreSheets
            repeat {
                if SaneCancellation.isRequested { throw SaneError(call: "batch", status: .cancelled) }
                let image = try page(on: device, resolution: resolution, report: report)
                pages += 1
                guard try report(.page(number: pages, image)) else {
                    throw SaneError(call: "batch", status: .cancelled)
                }
            } while job.source == .feeder
        } catch let error as SaneError {
            // Cancelling makes some backends fail in other words.
            reason = SaneCancellation.isRequested ? .cancelled : error.status.batchEnd
            detail = error.description
            if pages == 0, error.call == "sane_start", reason != .cancelled, reason != .connectionLost {
                throw error.blankettError
            }
            // sane-airscan starts the job first and finds the feeder empty when it reads.
            if pages == 0, reason == .noMoreSheets { throw error.blankettError }
        } catch let defect as SanePage.Defect {
            reason = .badImage
            detail = defect.description
        }
        var end = BatchEnd(reason: reason, pages: pages, detail: detail)
        if job.source == .feeder, let feeder = try? device.status().feeder, feeder != .unknown { end.feeder = feeder }
        return end
    }

    private func page(
        on device: borrowing SaneDevice, resolution: Double, report: (Event) throws -> Bool
    ) throws -> PageImage {
        var page = SanePage()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var lastReport = ContinuousClock.now
        var isLast = false
        while !isLast {
            try device.session.start()
            if page.bytesRead == 0 { _ = try report(.started(page: pages + 1)) }
            let frame = try device.session.parameters()
            try page.begin(frame)
            isLast = frame.isLast
            while let count = try device.session.read(into: &buffer) {
                try page.append(buffer[..<count])
                guard count > 0, lastReport.duration(to: .now) >= .seconds(1) else { continue }
                _ = try report(.reading(bytes: page.bytesRead))
                lastReport = .now
            }
        }
        return try page.image(resolution: resolution)
    }
}
