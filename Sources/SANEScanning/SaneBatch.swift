public import Imaging
public import Scanning
public import Support

/// Scans the sheets of one batch from a device that is set up.
public struct SaneBatch {
    /// What the batch tells whoever started it.
    public enum Event {
        case started(page: Int)
        /// At most once a second.
        case reading(bytes: Int)
        /// A whole page.
        case page(number: Int, PageImage)
        /// No further sheet moves; the device is still to be put in order.
        case stopping(BatchEnd)
        /// No sheet has moved.
        case refused(BlankettError)
        /// `sane_cancel` comes next.
        case cancelling
    }

    private let job: ScanJob
    private var pages = 0

    public init(_ job: ScanJob) {
        self.job = job
    }

    /// - Parameters:
    ///   - device: Set up for the job.
    ///   - report: Told of each event. After a page, the next sheet is pulled in when it returns `true`.
    /// - Returns: How the batch ended, counted; `nil` when no sheet has moved, as was reported.
    /// - Throws: What `report` throws.
    public mutating func run(
        on device: borrowing SaneDevice, report: (Event) throws -> Bool
    ) throws -> BatchEnd? {
        var end: BatchEnd?
        do {
            end = try take(from: device, report: report)
            // Said before the device is put in order, as some drivers crash there: all that came is good already.
            if let end { _ = try report(.stopping(end)) }
            _ = try report(.cancelling)
        } catch {
            device.session.cancel()
            throw error
        }
        device.session.cancel()
        if job.source == .feeder, let feeder = try? device.status().feeder, feeder != .unknown { end?.feeder = feeder }
        return end
    }

    /// Takes pages until something ends it.
    private mutating func take(
        from device: borrowing SaneDevice, report: (Event) throws -> Bool
    ) throws -> BatchEnd? {
        do {
            let resolution = try device.resolution() ?? Double(job.resolution)
            repeat {
                if SaneCancellation.isRequested { throw SaneError(call: "batch", status: .cancelled) }
                let image = try page(on: device, resolution: resolution, report: report)
                pages += 1
                guard try report(.page(number: pages, image)) else {
                    throw SaneError(call: "batch", status: .cancelled)
                }
            } while job.source == .feeder
            return BatchEnd(reason: .noMoreSheets, pages: pages)
        } catch let error as SaneError {
            // Cancelling makes some backends fail in other words.
            let reason = SaneCancellation.isRequested ? .cancelled : error.status.batchEnd
            let isStart = error.call == "sane_start" && reason != .cancelled && reason != .connectionLost
            // sane-airscan starts the job first and finds the feeder empty when it reads.
            if pages == 0, isStart || reason == .noMoreSheets {
                _ = try report(.refused(error.blankettError))
                return nil
            }
            return BatchEnd(reason: reason, pages: pages, detail: error.description)
        } catch let defect as SanePage.Defect {
            let reason: BatchEnd.Reason = SaneCancellation.isRequested ? .cancelled : .badImage
            return BatchEnd(reason: reason, pages: pages, detail: defect.description)
        }
    }

    private func page(
        on device: borrowing SaneDevice, resolution: Double, report: (Event) throws -> Bool
    ) throws -> PageImage {
        var page = SanePage()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var lastReport = ContinuousClock.now
        var isLast = false
        while !isLast {
            do {
                try device.session.start()
                // Cancelled while it waits for a sheet, sane-airscan drops that sheet and starts a job anew: what
                // comes then is the sheet after it.
                if SaneCancellation.isRequested { throw SaneError(call: "sane_start", status: .cancelled) }
                if !page.isBegun { _ = try report(.started(page: pages + 1)) }
                let frame = try device.session.parameters()
                try suits(frame)
                try page.begin(frame)
                isLast = frame.isLast
                while let count = try device.session.read(into: &buffer) {
                    try page.append(buffer[..<count])
                    guard count > 0, lastReport.duration(to: .now) >= .seconds(1) else { continue }
                    _ = try report(.reading(bytes: page.bytesRead))
                    lastReport = .now
                }
            } catch let error as SaneError where error.status == .noDocuments && page.bytesRead > 0 {
                // "No more sheets" in the middle of one is no end of a stack: the rest of this sheet is missing.
                throw SanePage.Defect(description: "the page stopped after \(page.bytesRead) bytes: \(error)")
            }
        }
        return try page.image(resolution: resolution)
    }

    /// Refuses what cannot hold what the page was asked to hold.
    private func suits(_ frame: SaneFrame) throws(SanePage.Defect) {
        if job.mode == .color, frame.format == .gray {
            throw .init(description: "a grey page came in place of one in colour")
        }
        if job.mode != .blackAndWhite, frame.depth == 1 {
            throw .init(description: "a page of black and white came in place of one in \(job.mode.rawValue)")
        }
    }
}
