import AgentApp
import Foundation
import Support
import Testing

/// Stops the station at each write in turn, starts it again on the same journal, and lets a clerk finish.
@Suite(.timeLimit(.minutes(1))) struct `After a stop at any write` {
    /// Runs one batch of two sheets against a journal of which one write fails, restarts, and finishes by hand.
    private func course(failing write: Int) async throws -> (journal: MemoryJournal, bridge: FakeBridge) {
        let journal = MemoryJournal(failing: [write])
        let bridge = FakeBridge()
        let setup = TestStation(journal: journal, scanner: FakeScanner(["sure A", "sure B"]), bridge: bridge)
        try? await setup.run { station in
            if let batch = try? await station.startScan() { _ = try await station.untilOver(batch.id) }
        }
        // As after a power cut: what the first run held in memory is gone.
        let again = TestStation(journal: journal, scanner: setup.scanner, bridge: bridge)
        try await again.run { station in
            let open = try await station.view().batches
            if open.isEmpty, try await station.documents().documents.isEmpty {
                setup.scanner.load(["sure A", "sure B"])
                _ = try await station.scanToEnd()
            }
            for batch in open where batch.state == .incomplete {
                // The clerk puts the rest of the stack back, from the sheet that is named.
                setup.scanner.load(Array(["sure A", "sure B"].dropFirst((batch.fromSheet ?? 1) - 1)))
                if batch.pages == 2 {
                    try await station.finishBatch(batch.id)
                } else {
                    _ = try await station.continueScan(of: batch.id)
                }
                _ = try await station.untilOver(batch.id)
            }
            try await station.untilSent(2)
        }
        return (journal, bridge)
    }

    @Test(arguments: 1...24)
    func `no page and no record is lost or doubled`(write: Int) async throws {
        let (_, bridge) = try await course(failing: write)
        #expect(bridge.records.count == 2)
        let names = try bridge.records.values.map { record in
            try JSONCoding.decode(JSONValue.self, from: record)["data"]?["fields"]?[0]?["value"]?.stringValue
        }
        #expect(Set(names) == ["A", "B"])
    }
}
