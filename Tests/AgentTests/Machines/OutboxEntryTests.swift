import AgentApp
import Foundation
import Support
import Testing

@Suite struct `An outbox entry` {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `waits longer each time, up to five minutes, and never gives up`() {
        var entry = OutboxEntry(document: UUIDv7(), queuedAt: Self.start)
        let waits = (1...40).map { _ in
            _ = entry.handle(.failed(code: "not-ready", retryAfter: nil), now: Self.start)
            return entry.nextAttempt.timeIntervalSince(Self.start)
        }
        #expect(waits.prefix(4) == [1, 2, 4, 8])
        #expect(waits.last == 300)
        #expect(entry.lastCode == "not-ready")
    }

    @Test(arguments: [(nil, 1.0), (30, 30.0), (86_400, 3600.0), (0, 1.0)] as [(Int?, Double)])
    func `does what the bridge asks, within reason`(retryAfter: Int?, seconds: Double) {
        var entry = OutboxEntry(document: UUIDv7(), queuedAt: Self.start)
        let action = entry.handle(.failed(code: "x", retryAfter: retryAfter), now: Self.start)
        #expect(action == .retry(at: Self.start.addingTimeInterval(seconds)))
    }
}
