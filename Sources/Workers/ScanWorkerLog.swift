import Scanning
import Synchronization

/// What a scan-worker did, and when, for the trace of a scan that failed.
///
/// Each phase is an exchange with the method `SANE`; a page is only described.
final class ScanWorkerLog: Sendable {
    private let start = ContinuousClock.now
    private let record = Mutex<[ScanTrace.Exchange]>([])

    private static let most = 2000

    var exchanges: [ScanTrace.Exchange] {
        let time = time
        return record.withLock { exchanges in
            exchanges.ended(at: time)
            return exchanges
        }
    }

    /// Notes that a phase begins; one that goes on is the same.
    func enter(_ phase: ScanWorkerPhase) {
        let time = time
        record.withLock { exchanges in
            guard exchanges.last?.path != phase.words, exchanges.count < Self.most else { return }
            exchanges.ended(at: time)
            exchanges.append(ScanTrace.Exchange(at: time, seconds: 0, method: "SANE", path: phase.words))
        }
    }

    /// Notes the page that the present phase brought.
    func take(_ page: ScannedPage) {
        record.withLock { exchanges in
            guard let last = exchanges.indices.last else { return }
            var body = ScanTrace.Body(bytes: page.bytes.count, mediaType: page.mediaType)
            (body.width, body.height) = (page.width, page.height)
            exchanges[last].body = body
        }
    }

    private var time: Double { (ContinuousClock.now - start) / .seconds(1) }
}

extension [ScanTrace.Exchange] {
    fileprivate mutating func ended(at time: Double) {
        guard let last = indices.last else { return }
        self[last].seconds = time - self[last].at
    }
}
