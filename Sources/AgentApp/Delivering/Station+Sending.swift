import Foundation
import Reading
import Support

extension Station {
    /// Hands records to the bridge for as long as the agent runs; nothing is given up, however long it is away.
    func sendRecords() async {
        guard let bridge else { return }
        while !Task.isCancelled {
            let seen = toSend.count
            if link.state == .unknown || link.state == .unreachable { await probe(bridge) }
            if link.state == .reachable {
                let time = now()
                let due = await attempt("sending") {
                    try await journal.transaction { try $0.outbox(due: time, limit: 64) }
                }
                for entry in due ?? [] where !Task.isCancelled && link.state == .reachable {
                    let isDone: Void? = await attempt("sending") { try await self.send(entry, over: bridge) }
                    if isDone == nil { break }
                }
                if due?.isEmpty == false { continue }
            }
            await toSend.wait(after: seen, atMost: await untilNextTry())
        }
    }

    /// How long nothing needs to be tried, unless a new record comes.
    private func untilNextTry() async -> Duration {
        let now = now()
        var wait = 30.0
        if link.state == .unreachable {
            wait = link.nextAttempt?.timeIntervalSince(now) ?? 1
        } else if let next = try? await journal.transaction({ try $0.nextAttempt() }) {
            wait = min(wait, next.timeIntervalSince(now))
        }
        return time.duration(max(0.05, wait))
    }

    private func probe(_ bridge: BridgeClient) async {
        guard link.nextAttempt.map({ $0 <= now() }) ?? true else { return }
        do throws(BridgeClient.Failure) {
            try await bridge.probe()
            link.succeeded(now: now())
        } catch {
            link.failed(error.code, retryAfter: error.retryAfter, now: now(), jitter: .random(in: 0.8...1.2))
        }
        changes.ring()
    }

    private func send(_ entry: OutboxEntry, over bridge: BridgeClient) async throws {
        let id = entry.document
        let (document, record, pages) = try await journal.transaction { rows in
            let document = try rows.document(id)
            let pages = try document?.pages.compactMap { try rows.page($0) } ?? []
            return (document, try rows.contents(of: id, .record), pages)
        }
        guard document?.state == .queued, let record else {
            try await journal.transaction { try $0.removeOutboxEntry(id) }
            return
        }
        var outcome = OutboxEntry.Outcome.stored
        do {
            try await put(record, id, pages, over: bridge, isRepeat: entry.attempts > 0)
            link.succeeded(now: now())
        } catch let failure as BridgeClient.Failure {
            log.log(.warning, "record-not-sent", .id("document", id), .name("error", failure.code))
            if failure.isFinal {
                outcome = .refused(code: failure.code)
            } else {
                // A way that is down is tried as a whole, and nothing is written for each record that waits.
                guard failure.scope == .record else {
                    link.failed(
                        failure.code, retryAfter: failure.retryAfter, now: now(), jitter: .random(in: 0.8...1.2))
                    changes.ring()
                    return
                }
                if failure.code.hasPrefix("bridge-") {
                    link.failed(failure.code, retryAfter: nil, now: now(), jitter: .random(in: 0.8...1.2))
                }
                outcome = .failed(code: failure.code, retryAfter: failure.retryAfter)
            }
        } catch let error as BlankettError where error.code == "journal-damaged" {
            outcome = .refused(code: error.code)
        }
        try await conclude(id, outcome)
    }

    /// Blobs first, the record last; after a failed try the record first, as it may be there already.
    private func put(
        _ record: [UInt8], _ id: UUIDv7, _ pages: [Page], over bridge: BridgeClient, isRepeat: Bool
    ) async throws {
        if isRepeat {
            do throws(BridgeClient.Failure) {
                return try await bridge.put(record: record, id: id)
            } catch {
                guard error.code == "missing-blobs" else { throw error }
            }
        }
        for page in pages {
            let bytes = try await journal.read(.page(page.id))
            try await bridge.put(blob: bytes, sha256: page.sha256, mediaType: page.mediaType)
        }
        try await bridge.put(record: record, id: id)
    }

    private func conclude(_ id: UUIDv7, _ outcome: OutboxEntry.Outcome) async throws {
        let time = now()
        try await journal.transaction { rows in
            guard var entry = try rows.outboxEntry(id), var document = try rows.document(id) else { return }
            let event: Document.Event
            switch entry.handle(outcome, now: time, jitter: .random(in: 0.8...1.2)) {
            case .retry: return try rows.save(entry)
            case .delivered: event = .delivered
            case .setAside(let code): event = .refused(code: code)
            }
            if document.handle(event) == .dropFromOutbox { try rows.removeOutboxEntry(id) }
            document.touch(at: time)
            try rows.save(document)
            try rows.note("document-\(document.state.rawValue)", id, outcome: document.refusal, at: time)
        }
        changes.ring()
    }
}
