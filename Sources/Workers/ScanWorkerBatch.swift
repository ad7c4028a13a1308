import Dispatch
import Glibc
import Scanning
import Support

/// One batch with one scan-worker, from its first word to its end, whatever end that is.
struct ScanWorkerBatch {
    let job: ScanJob
    let wanted: ScanWorkerMessage.Device
    let session: ScanWorkerSession
    /// Is told of each phase.
    let log: ScanWorkerLog

    /// - Parameter page: Takes each page; the next sheet moves when it has returned.
    /// - Returns: How the batch ended, and whether the worker then went by itself and in peace.
    /// - Throws: ``BlankettError`` when no sheet has moved; ``Untouched`` when it may simply be tried again.
    func run(page: @Sendable (ScannedPage) async throws -> Void) async throws -> (end: BatchEnd, isPeaceful: Bool) {
        let process = session.process
        return try await withTaskCancellationHandler {
            do {
                var end = try await talk(page: page)
                // A driver that crashes when it closes the device has done its work; one that hangs there is ended.
                let isPeaceful = await session.finish(before: .now + .seconds(job.deadlines.cancel))
                if !isPeaceful { end.note("closing the device: the driver did not end by itself") }
                return (end, isPeaceful)
            } catch let lost as ScanWorkerPhase.Lost {
                if lost.isWorthAnotherTry, !Task.isCancelled { throw Untouched(error: lost.error) }
                return (try lost.outcome(isCancelled: Task.isCancelled), false)
            } catch let stopped as Stopped {
                return (stopped.end, false)
            } catch {
                await session.finish(before: .now + .seconds(job.deadlines.cancel))
                throw error
            }
        } onCancel: {
            process.send(signal: SIGTERM)
            // Some drivers hang in cancelling too.
            DispatchQueue.global().asyncAfter(deadline: .now() + job.deadlines.cancel) { process.kill() }
        }
    }

    /// Nothing was asked of the paper yet: to try again does no harm.
    struct Untouched: Error {
        var error: BlankettError
    }

    /// The worker was lost when it had said already that no further sheet moves, and how that came.
    private struct Stopped: Error {
        var end: BatchEnd
    }

    private func talk(page: @Sendable (ScannedPage) async throws -> Void) async throws -> BatchEnd {
        var phase = ScanWorkerPhase.starting
        var deadline = ContinuousClock.now + phase.deadline(job.deadlines)
        log.enter(phase)
        var pages = 0
        var opened: (settings: [String: String], adjustments: [ScanJob.Adjustment])?
        var stopped: BatchEnd?
        func reply() async throws -> (message: ScanWorkerMessage.Reply, body: [UInt8]) {
            do {
                return try await session.reply(before: deadline)
            } catch {
                let lost = ScanWorkerPhase.Lost(phase: phase, pages: pages, death: await session.death(after: error))
                guard var end = stopped, !Task.isCancelled else { throw lost }
                end.note(lost.detail)
                throw Stopped(end: end)
            }
        }
        func enter(_ next: ScanWorkerPhase) {
            phase = next
            log.enter(next)
            deadline = .now + next.deadline(job.deadlines)
        }
        /// Two counts that must agree; the verdict finds it when they do not.
        func counted(_ end: BatchEnd) -> BatchEnd {
            var end = end
            if end.pages != pages { end.imagesCompleted = end.pages }
            end.pages = pages
            end.settings = opened?.settings
            end.adjustments = opened?.adjustments
            return end
        }

        guard case .hello(ScanWorkerMessage.version) = try await reply().message else { throw BlankettError.outOfTurn }
        // Where it fails, the worker's silence says why.
        try? await session.send(.scan(wanted, job))
        while true {
            let (message, body) = try await reply()
            switch message {
            case .phase(let next): enter(.worker(next))
            case .opened(let settings, let adjustments):
                opened = (settings, adjustments)
                enter(.start(page: 1))
            case .started(let number): enter(.reading(page: number))
            case .reading: enter(phase)
            case .page(let header):
                guard header.number == pages + 1, !body.isEmpty else { throw BlankettError.outOfTurn }
                let scanned = ScannedPage(
                    number: header.number, mediaType: header.mediaType, bytes: body, width: header.width,
                    height: header.height, resolution: header.resolution)
                do {
                    try await page(scanned)
                } catch {
                    // A page that nobody keeps ends the batch, as a jam does.
                    try? await session.send(.cancel)
                    return counted(
                        BatchEnd(reason: .cancelled, pages: pages, detail: "the page was not taken: \(error)"))
                }
                pages += 1
                log.take(scanned)
                enter(.start(page: pages + 1))
                // The next sheet moves only now that this page is safe.
                try? await session.send(Task.isCancelled ? .cancel : .next)
            case .stopping(let end): stopped = counted(end)
            case .end(let end): return counted(end)
            case .error(let report):
                let error = report.error
                // A driver that cannot begin for another reason may have pulled at the paper all the same.
                guard error.isTransient, opened == nil || error.code == "scanner-busy" else { throw error }
                throw Untouched(error: error)
            case .hello, .devices, .description, .sensors: throw BlankettError.outOfTurn
            }
        }
    }
}

extension BatchEnd {
    fileprivate mutating func note(_ more: String) {
        detail = [detail, more].compactMap(\.self).joined(separator: "; ")
    }
}
