import HTTP
import Imaging
import Scanning
import Support

/// Takes the images of one accepted job, and counts.
struct ESCLBatch: Sendable {
    let job: ScanJob
    /// The job's path on the device.
    let path: String
    let service: ESCLService
    /// The service's transport, told what each image was.
    let transport: TracingTransport
    let pause: ESCLScanner.Pause

    static let poll = Duration.milliseconds(500)

    /// Takes pages until there are no more or something is wrong, then clears the job away.
    ///
    /// - Parameter page: Takes each page.
    /// - Returns: How it ended, and whether the job is gone from the device.
    func run(
        page: @escaping @Sendable (ScannedPage) async throws -> Void
    ) async -> (end: BatchEnd, isCleared: Bool) {
        let stopped = await takePages(page)
        // Clearing up goes on when the task was cancelled: an orphaned job would keep the device busy.
        return await Task { await settle(stopped) }.value
    }

    // MARK: Pages

    /// What an answer without an image means.
    private enum Turn {
        case again(after: Duration)
        case end(BatchEnd.Reason, detail: String?)
    }

    private func takePages(_ page: @Sendable (ScannedPage) async throws -> Void) async -> BatchEnd {
        var pages = 0
        // Where the device's count first ran ahead of what it had sent; asked for while a page is put away.
        var doubtfulFrom: Int?
        var tellsCount = job.source == .feeder && job.quirk(.imageCountUnreliable) == nil
        func end(_ reason: BatchEnd.Reason, _ detail: String? = nil) -> BatchEnd {
            BatchEnd(reason: reason, pages: pages, doubtfulFrom: doubtfulFrom, detail: detail)
        }
        // Counted in pauses since something last came; the requests have deadlines of their own.
        var waited = Duration.zero
        while true {
            do {
                try Task.checkCancellation()
                if pages > 0, waited == .zero, let quirk = job.quirk(.pauseBeforeNextPage) {
                    try await pause(.milliseconds(quirk.milliseconds ?? 500))
                }
                let response = try await service.nextDocument(path, isFirst: pages == 0)
                if response.status == 200 {
                    let scanned = try await self.scanned(response, number: pages + 1)
                    async let sent = tellsCount ? imagesSent() : nil
                    do {
                        try await page(scanned)
                    } catch {
                        return end(.cancelled, "the page was not taken: \(error)")
                    }
                    pages += 1
                    waited = .zero
                    if job.source == .platen { return end(.noMoreSheets) }
                    let count = await sent
                    tellsCount = count != nil
                    if let count, count > pages, doubtfulFrom == nil { doubtfulFrom = pages }
                    continue
                }
                switch await turn(response, waited: waited) {
                case .end(let reason, let detail): return end(reason, detail)
                case .again(let wait):
                    let limit = pages == 0 ? max(job.deadlines.start, job.deadlines.idle) : job.deadlines.idle
                    guard waited < .milliseconds(Int(limit * 1000)) else {
                        return end(.timedOut, "no image in \(limit) s (\(response.status))")
                    }
                    try await pause(wait)
                    waited += wait
                }
            } catch {
                let (reason, detail) = Self.reason(for: error)
                return end(reason, detail)
            }
        }
    }

    /// How many images the device has handed over by its own count, where it tells.
    private func imagesSent() async -> Int? {
        guard let job = try? await service.status(within: 2).job(path), let completed = job.imagesCompleted,
            let waiting = job.imagesToTransfer
        else { return nil }
        return completed - waiting
    }

    private func scanned(_ response: Response, number: Int) async throws -> ScannedPage {
        let image: PageCheck
        do {
            image = try PageCheck(response.bytes ?? [])
        } catch {
            transport.describe { $0.flaw = error.description }
            throw error
        }
        transport.describe { ($0.width, $0.height) = (image.width, image.height) }
        if job.quirk(.heightFromDNL) != nil, let actual = await service.actualHeight(path), actual != image.height {
            throw PageCheck.Flaw(description: "the image has \(image.height) lines, the device scanned \(actual)")
        }
        return ScannedPage(
            number: number, mediaType: image.format.mediaType, bytes: image.bytes, width: image.width,
            height: image.height, resolution: job.resolution)
    }

    private func turn(_ response: Response, waited: Duration) async -> Turn {
        switch response.status {
        case 503: return .again(after: Self.retryAfter(response))
        case 404, 410:
            if let quirk = job.quirk(.retryNextPage), waited < .milliseconds(quirk.milliseconds ?? 3000) {
                return .again(after: Self.poll)
            }
            return await turnWithoutImage(status: response.status)
        case 409: return await turnAtConflict()
        default: return .end(.refused, detail: "NextDocument answered \(response.status)")
        }
    }

    /// 404 means "no more", but comes too early from some devices: the status decides.
    private func turnWithoutImage(status: Int) async -> Turn {
        guard let now = try? await service.status() else { return .again(after: Self.poll) }
        if let reason = Self.fault(now.status.feeder) { return .end(reason, detail: "NextDocument answered \(status)") }
        guard let job = now.job(path) else {
            // Gone from the list: only a feeder that still works can bring more.
            return now.status.feeder == .processing ? .again(after: Self.poll) : .end(.noMoreSheets, detail: nil)
        }
        switch job.state {
        case .completed:
            // Some say "completed" with images still waiting to be fetched.
            return (job.imagesToTransfer ?? 0) > 0 ? .again(after: Self.poll) : .end(.noMoreSheets, detail: nil)
        case .aborted: return .end(.refused, detail: "the device aborted the job")
        case .canceled: return .end(.cancelled, detail: "the job was cancelled at the device")
        case .pending, .processing: return .again(after: Self.poll)
        case .unknown:
            return now.status.feeder == .processing ? .again(after: Self.poll) : .end(.noMoreSheets, detail: nil)
        }
    }

    private func turnAtConflict() async -> Turn {
        // The status may lag behind the answer.
        for _ in 0..<4 {
            if let now = try? await service.status(), let reason = Self.fault(now.status.feeder) {
                return .end(reason, detail: "NextDocument answered 409")
            }
            if (try? await pause(Self.poll)) == nil { break }
        }
        return .end(.refused, detail: "NextDocument answered 409")
    }

    private static func fault(_ feeder: ScannerStatus.Feeder) -> BatchEnd.Reason? {
        switch feeder {
        case .jam: .jam
        case .doorOpen: .doorOpen
        case .multipick: .multipick
        case .absent, .empty, .loaded, .processing, .unknown: nil
        }
    }

    private static func retryAfter(_ response: Response) -> Duration {
        let seconds = response.headers["Retry-After"].flatMap { Int($0) } ?? 1
        return .seconds(min(10, max(1, seconds)))
    }

    private static func reason(for error: any Error) -> (BatchEnd.Reason, String) {
        switch error {
        case let flaw as PageCheck.Flaw: (flaw.isForeign ? .refused : .badImage, flaw.description)
        case is CancellationError: (.cancelled, "the batch was cancelled")
        case let error as TransportError:
            switch error.kind {
            case .cancelled: (.cancelled, error.description)
            case .timedOut: (.timedOut, error.description)
            case .tooLarge: (.badImage, error.description)
            case .notHTTP: (.refused, error.description)
            case .unreachable, .connectionCut, .tls, .otherKey, .notAllowed, .inUse:
                (.connectionLost, error.description)
            }
        default: (.refused, "\(error)")
        }
    }

    // MARK: The end

    /// Asks the device what it counted, and clears the job away.
    private func settle(_ end: BatchEnd) async -> (end: BatchEnd, isCleared: Bool) {
        var end = end
        if end.reason == .noMoreSheets {
            await count(&end)
            let isDone = end.jobCompleted == true
            if isDone, job.quirk(.noDeleteAfterJob) != nil { return (end, true) }
            let isDeleted = await service.delete(path)
            return (end, isDone || isDeleted)
        }
        if let now = try? await service.status() { note(now, in: &end) }
        var isDeleted = await service.delete(path)
        // A device takes its time to stop; one that does not would answer "busy" to the next job.
        var waited = Duration.zero
        while waited < .milliseconds(Int(job.deadlines.cancel * 1000)) {
            guard let now = try? await service.status() else { break }
            guard now.job(path)?.isOpen == true else { return (end, true) }
            isDeleted = await service.delete(path)
            try? await pause(Self.poll)
            waited += Self.poll
        }
        return (end, isDeleted)
    }

    /// Waits until the device calls the job done and its sensor has settled, and takes over its figures.
    private func count(_ end: inout BatchEnd) async {
        var waited = Duration.zero
        while let now = try? await service.status() {
            note(now, in: &end)
            let isSettled = end.jobCompleted != false && end.feeder != .processing
            if isSettled || waited >= .milliseconds(Int(job.deadlines.cancel * 1000)) { return }
            try? await pause(Self.poll)
            waited += Self.poll
        }
        end.detail = end.detail ?? "the device did not answer when asked for its count"
        // Nothing confirms the count: never a success.
        if end.jobCompleted == nil { end.jobCompleted = false }
    }

    private func note(_ now: ESCLStatus, in end: inout BatchEnd) {
        if job.source == .feeder { end.feeder = now.status.feeder }
        guard let job = now.job(path) else { return }
        end.jobCompleted = job.state == .completed
        if self.job.quirk(.imageCountUnreliable) == nil { end.imagesCompleted = job.imagesCompleted }
    }
}
