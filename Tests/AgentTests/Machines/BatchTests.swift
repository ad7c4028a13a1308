import AgentApp
import Foundation
import Scanning
import Testing

@Suite struct `A batch` {
    private static func end(
        _ pages: Int, images: Int? = nil, _ reason: BatchEnd.Reason = .noMoreSheets
    ) -> BatchEnd {
        BatchEnd(reason: reason, pages: pages, imagesCompleted: images, feeder: .empty, jobCompleted: true)
    }

    static let courses: [(sides: Int, events: [Batch.Event], state: Batch.State, reason: String?, sheet: Int?)] = [
        (1, [.pageJournalled, .pageJournalled, .scanEnded(end(2))], .reading, nil, nil),
        (1, [.pageJournalled, .scanEnded(end(1, .jam))], .incomplete, "jam", 2),
        (1, [.pageJournalled, .scanEnded(end(1, images: 2))], .incomplete, "count-differs", 1),
        (1, [.pageJournalled, .scanEnded(end(2))], .incomplete, "count-differs", 2),
        (2, [.pageJournalled, .pageJournalled, .pageJournalled, .scanEnded(end(3))], .incomplete, "odd-count", 1),
        (1, [.scanFailed(code: "scanner-busy")], .failed, "scanner-busy", 1),
        (1, [.pageJournalled, .scanFailed(code: "storage-full")], .incomplete, "storage-full", 2),
        (1, [.scanEnded(end(0))], .failed, "no-pages", 1),
        (1, [.pageJournalled, .agentStarted], .incomplete, "agent-stopped", 2),
        (1, [.agentStarted], .failed, "agent-stopped", 1),
        (1, [.pageJournalled, .agentStarted, .agentStarted], .incomplete, "agent-stopped", 2),
        (1, [.pageJournalled, .agentStarted, .finished], .reading, nil, nil),
        (1, [.pageJournalled, .agentStarted, .finished, .everyPageRead], .assembled, nil, nil),
        (1, [.pageJournalled, .agentStarted, .continued, .pageJournalled, .scanEnded(end(1))], .reading, nil, nil),
        (1, [.pageJournalled, .agentStarted, .continued, .agentStarted], .incomplete, "agent-stopped", 2),
    ]

    @Test(arguments: courses)
    func `knows whether every sheet is there`(
        sides: Int, events: [Batch.Event], state: Batch.State, reason: String?, sheet: Int?
    ) {
        var batch = Batch(device: "d", profile: "p", job: sides == 2 ? .twoSided : .oneSided, startedAt: Date())
        for event in events { #expect(batch.handle(event) != .refuse) }
        #expect(batch.state == state)
        #expect(batch.reason == reason)
        #expect(batch.fromSheet == sheet)
    }

    static let oddOrders: [[Batch.Event]] = [
        [.finished], [.continued], [.everyPageRead], [.scanEnded(end(0)), .pageJournalled],
        [.pageJournalled, .scanEnded(end(1)), .pageJournalled],
        [.pageJournalled, .scanEnded(end(1)), .scanEnded(end(1))],
        [.pageJournalled, .agentStarted, .finished, .continued],
        [.pageJournalled, .scanEnded(end(1)), .everyPageRead, .everyPageRead],
    ]

    @Test(arguments: oddOrders)
    func `refuses what does not belong`(events: [Batch.Event]) {
        var batch = Batch(device: "d", profile: "p", job: .oneSided, startedAt: Date())
        for event in events.dropLast() { _ = batch.handle(event) }
        let before = batch
        if let last = events.last { #expect(batch.handle(last) == .refuse) }
        #expect(batch == before)
    }

    @Test func `names the trace that its last scan left`() {
        var batch = Batch(device: "d", profile: "p", job: .oneSided, startedAt: Date())
        _ = batch.handle(.pageJournalled)
        var end = Self.end(1, .jam)
        end.trace = "/somewhere/traces/scan-1.trace.json"
        _ = batch.handle(.scanEnded(end))
        #expect(batch.trace == "scan-1.trace.json")
        _ = batch.handle(.continued)
        #expect(batch.trace == nil)
        _ = batch.handle(.scanFailed(code: "scanner-refused", trace: "/somewhere/traces/scan-2.trace.json"))
        #expect(batch.trace == "scan-2.trace.json")
    }

    @Test func `scans again from where the device counted more than it sent`() {
        var batch = Batch(device: "d", profile: "p", job: .oneSided, startedAt: Date())
        _ = batch.handle(.pageJournalled)
        _ = batch.handle(.scanEnded(Self.end(1, .jam)))
        #expect(batch.handle(.continued) == .none)
        for _ in 1...4 { _ = batch.handle(.pageJournalled) }
        var end = Self.end(4, images: 5)
        end.doubtfulFrom = 2
        _ = batch.handle(.scanEnded(end))
        // One page came before; of this scan the second is in doubt.
        #expect(batch.fromSheet == 3)
        #expect(batch.handle(.continued) == .supersede(fromPage: 3))
        for _ in 1...4 { _ = batch.handle(.pageJournalled) }
        _ = batch.handle(.scanEnded(Self.end(4, images: 4)))
        #expect(batch.state == .reading)
        #expect(batch.pages == 6)
    }

    @Test func `drops half a sheet before it is scanned again`() {
        var batch = Batch(device: "d", profile: "p", job: .twoSided, startedAt: Date())
        for _ in 1...3 { _ = batch.handle(.pageJournalled) }
        _ = batch.handle(.scanEnded(BatchEnd(reason: .jam, pages: 3)))
        #expect(batch.fromSheet == 2)
        #expect(batch.handle(.continued) == .supersede(fromPage: 3))
        #expect(batch.pages == 2)
    }
}
