import Delivery
import Foundation
import HTTP
import Records
import Support
import Testing
import TestSupport

private typealias Item = AcknowledgementRequest.Item

@Suite(.temporaryDirectory) struct `Subscriptions of a running store` {
    @Test(arguments: StoreKind.allCases)
    func `come, change and go between two records`(_ kind: StoreKind) async throws {
        let store = try await TestStore(kind).open()
        func ids(_ subscription: String) async throws -> Set<UUIDv7> {
            let claimed = try await store.claim(subscription, limit: 100, leaseSeconds: 300, by: .test).claimed
            return Set(try claimed.map { try JSONCoding.decode(Record.self, from: $0.body).id })
        }
        let (first, second, permit, last) = (
            sampleRecord(), sampleRecord(), sampleRecord(form: "bygglov"), sampleRecord()
        )
        try await store.send(first)
        try await store.adopt([
            Subscription(name: "cases"), Subscription(name: "new"), Subscription(name: "all", start: .earliest),
            Subscription(name: "permits", formTypes: ["ansokan-bistand"]),
        ])
        try await store.send(second)
        #expect(try await ids("cases") == [first.id, second.id])
        #expect(try await ids("new") == [second.id])
        #expect(try await ids("all") == [first.id, second.id])
        #expect(try await ids("permits") == [second.id])
        try await store.adopt([
            Subscription(name: "cases"), Subscription(name: "permits", formTypes: ["bygglov"]),
        ])
        try await store.send(permit)
        #expect(try await ids("permits") == [permit.id])
        let gone = await #expect(throws: Problem.self) { try await ids("new") }
        #expect(gone?.code == "unknown-subscription")
        // Taken up again it goes on where it was, and has not what came meanwhile.
        try await store.adopt([Subscription(name: "new")])
        try await store.send(last)
        #expect(try await ids("new").contains(last.id))
        #expect(try await store.damage() == [])
        await store.close()
    }

    /// Two bridges on one database see the change at different times.
    @Test(arguments: StoreKind.allCases)
    func `miss nothing that is taken in while they come`(_ kind: StoreKind) async throws {
        let place = try await TestStore(kind)
        let bridges = kind == .postgres ? [try await place.open(), try await place.open()] : [try await place.open()]
        let sent = Shared(0)
        let isOver = Shared(false)
        try await withThrowingTaskGroup { group in
            for bridge in bridges + bridges {
                group.addTask {
                    while !isOver.value {
                        try await bridge.send(sampleRecord())
                        sent.change { $0 += 1 }
                    }
                }
            }
            func wait(for count: Int) async throws {
                let goal = sent.value + count
                while sent.value < goal { try await Task.sleep(for: .milliseconds(2)) }
            }
            try await wait(for: 20)
            for bridge in bridges {
                try await bridge.adopt([Subscription(name: "cases"), Subscription(name: "late", start: .earliest)])
                try await wait(for: 20)
            }
            isOver.change { $0 = true }
            try await group.waitForAll()
        }
        for subscription in ["cases", "late"] {
            let pending = try await bridges[0].counters(of: subscription).pending
            #expect(pending == sent.value, "\(subscription)")
        }
        #expect(try await bridges[0].damage() == [])
        for bridge in bridges { await bridge.close() }
    }

    @Test(arguments: StoreKind.allCases)
    func `give back the reasons of consumers, which lie sealed in the database`(_ kind: StoreKind) async throws {
        let place = try await TestStore(kind)
        let expired = Shared<[String: Int]>([:])
        let clock = Shared(Date(timeIntervalSince1970: 1_800_000_000))
        let store = try await place.open(
            now: { clock.value },
            reportExpired: { name, count in
                expired.change { $0[name, default: 0] += count }
            })
        let reason = "Kön hos Test Testsson är full"
        for _ in 0..<3 { try await store.send(sampleRecord()) }
        let claimed = try await store.claim("cases", limit: 2, leaseSeconds: 60, by: .test).claimed
        let items = [
            Item(leaseId: claimed[0].leaseId, outcome: .reject, reason: reason),
            Item(leaseId: claimed[1].leaseId, outcome: .done, reason: reason),
        ]
        #expect(try await store.acknowledge(items, of: "cases", by: .test).map(\.result) == [.rejected, .done])
        let entries = try await store.entries(of: "cases", in: nil, limit: 10, offset: 0)
        #expect(entries.map(\.reason) == [reason, reason, nil])
        // A lease that runs out is told.
        _ = try await store.claim("cases", limit: 2, leaseSeconds: 60, by: .test)
        clock.change { $0 += 3600 }
        _ = try await store.claim("cases", limit: 2, leaseSeconds: 60, by: .test)
        #expect(expired.value == ["cases": 1])
        await store.close()
        switch kind {
        case .sqlite:
            let bytes = try Data(contentsOf: place.folder.appending(path: "bridge.db"))
            #expect(bytes.range(of: Data("sealed:".utf8)) != nil)
            #expect(bytes.range(of: Data("Testsson är full".utf8)) == nil)
        case .postgres:
            let rows = try await PrivatePostgres.shared().query(
                "SELECT reason FROM delivery WHERE reason IS NOT NULL", schema: place.schema)
            let lines = rows.split(separator: "\n")
            #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix("sealed:") })
        }
    }
}
