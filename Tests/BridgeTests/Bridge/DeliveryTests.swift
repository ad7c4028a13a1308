import BridgeApp
import Delivery
import Foundation
import HTTP
import HTTPClient
import SQLiteStore
import Sealing
import Support
import Synchronization
import Testing
import TestSupport

private typealias Item = AcknowledgementRequest.Item

@Suite(.temporaryDirectory) struct `Claims and acknowledgements` {
    @Test func `lease each record to one worker, in the order in which they came`() async throws {
        try await TestBridge().run { origin in
            _ = try await origin.putBlob(samplePage)
            var ids: [UUIDv7] = []
            for _ in 0..<5 {
                let record = sampleRecord()
                _ = try await origin.put(record)
                ids.append(record.id)
            }
            let first = try await origin.claim(ClaimRequest(limit: 2))
            #expect(first.items.map(\.record.id) == Array(ids[..<2]))
            #expect(first.pending == 3)
            #expect(first.items.map(\.attempt) == [1, 1])
            let second = try await origin.claim()
            #expect(second.items.map(\.record.id) == Array(ids[2...]))
            #expect(try await origin.claim().items.isEmpty)
            let counters = try await origin.counters()
            #expect(counters.leased == 5 && counters.pending == 0 && counters.oldestPendingSeconds != nil)

            let leases = (first.items + second.items).map(\.leaseId)
            #expect(Set(leases).count == 5)
            let results = try await origin.acknowledge([
                Item(leaseId: leases[0], outcome: .done, caseId: "ä-1", system: "s"),
                Item(leaseId: leases[1], outcome: .retry, retryAfterSeconds: 0),
                Item(leaseId: leases[2], outcome: .reject, reason: "not ours"),
                Item(leaseId: leases[3], outcome: .extend, leaseSeconds: 3600),
                Item(leaseId: "unknown", outcome: .done, caseId: "1"),
                Item(leaseId: leases[0], outcome: .done, caseId: "ä-1"),
                Item(leaseId: leases[0], outcome: .done, caseId: "2"),
            ])
            #expect(
                results == [.done, .rescheduled, .rejected, .extended, .leaseLost, .alreadyDone, .ackConflict])
            let again = try await origin.claim()
            #expect(again.items.map(\.record.id) == [ids[1]] && again.items.first?.attempt == 2)
            // The old lease of the record that was leased anew.
            #expect(
                try await origin.acknowledge([Item(leaseId: leases[1], outcome: .done, caseId: "1")]) == [.leaseLost])
            let end = try await origin.counters()
            let counted: [Int] = [end.pending, end.leased, end.done, end.rejected]
            #expect(counted == [0, 3, 1, 1])

            struct List: Decodable { var items: [DeliveryEntry] }
            let list = try await origin.send(
                "GET", "/v1/subscriptions/cases/records?state=done", as: origin.bridge.consumer)
            let entry = try JSONCoding.decode(List.self, from: list.bytes ?? []).items.first
            #expect(entry?.recordId == ids[0] && entry?.caseId == "ä-1" && entry?.system == "s")
        }
    }

    @Test func `want a receipt with done`() async throws {
        try await TestBridge().run { origin in
            let body = try JSONCoding.encode(AcknowledgementRequest(items: [Item(leaseId: "a", outcome: .done)]))
            let response = try await origin.send(
                "POST", "/v1/subscriptions/cases/acknowledgements", as: origin.bridge.consumer, body: body)
            #expect(response.status == 422)
            #expect(response.problem?.violations?.first?.field == "items[0].caseId")
        }
    }

    @Test func `give a subscription its form types, and test records only on wish`() async throws {
        try await TestBridge().run { origin in
            _ = try await origin.putBlob(samplePage)
            for record in [
                sampleRecord(), sampleRecord(test: true), sampleRecord(form: "bygglov"),
                sampleRecord(form: "bygglov", test: true),
            ] { #expect(try await origin.put(record).status == 201) }
            #expect(try await origin.counters().pending == 2)
            let permits = try await origin.send("GET", "/v1/subscriptions/permits", as: origin.bridge.other)
            #expect(try JSONCoding.decode(SubscriptionCounters.self, from: permits.bytes ?? []).pending == 2)
        }
    }

    @Test func `wait for a record that comes later`() async throws {
        try await TestBridge().run { origin in
            _ = try await origin.putBlob(samplePage)
            async let waiting = origin.claim(ClaimRequest(waitSeconds: 25))
            try await Task.sleep(for: .milliseconds(200))
            let record = sampleRecord()
            _ = try await origin.put(record)
            #expect(try await waiting.items.map(\.record.id) == [record.id])
        }
    }

    @Test func `issue a new lease when the old one has run out, and give up at last`() async throws {
        let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        let store = try SQLiteRecordStore(
            TemporaryDirectory.url, subscriptions: [Subscription(name: "cases")], sealer: SealingKey(),
            makeToken: { SecureRandom.token() }, now: { time.withLock { $0 } })
        let origin = Origin(actor: "test", request: UUIDv7())
        _ = try await store.putBlob(samplePage, name: SHA256.hexadecimal(of: samplePage))
        let record = sampleRecord()
        _ = try await store.put(record, body: try JSONCoding.encode(record), by: origin)
        var leases: [String] = []
        for attempt in 1...10 {
            let claimed = try await store.claim("cases", limit: 1, leaseSeconds: 10, by: origin).claimed
            #expect(claimed.map(\.attempt) == [attempt])
            leases += claimed.map(\.leaseId)
            #expect(try await store.claim("cases", limit: 1, leaseSeconds: 10, by: origin).claimed.isEmpty)
            time.withLock { $0 += 10 }
        }
        #expect(try await store.claim("cases", limit: 1, leaseSeconds: 10, by: origin).claimed.isEmpty)
        #expect(try await store.counters(of: "cases").rejected == 1)
        // The last worker made the case after all.
        let results = try await store.acknowledge(
            [leases[8], leases[9]].map { Item(leaseId: $0, outcome: .done, caseId: "1") }, of: "cases", by: origin)
        #expect(results.map(\.result) == [.leaseLost, .done])
        let (rows, broken) = try await store.verifyAudit()
        #expect(rows == 12 && broken == nil)
        #expect(try await store.damage() == [])
        await store.close()
    }

    @Test func `bring what is stored already to a new subscription that wants it`() async throws {
        let key = SealingKey()
        let origin = Origin(actor: "test", request: UUIDv7())
        func open(_ subscriptions: [Subscription]) throws -> SQLiteRecordStore {
            try SQLiteRecordStore(
                TemporaryDirectory.url, subscriptions: subscriptions, sealer: key,
                makeToken: { SecureRandom.token() })
        }
        let first = try open([])
        _ = try await first.putBlob(samplePage, name: SHA256.hexadecimal(of: samplePage))
        let record = sampleRecord()
        _ = try await first.put(record, body: try JSONCoding.encode(record), by: origin)
        await first.close()
        let second = try open([Subscription(name: "late"), Subscription(name: "all", start: .earliest)])
        #expect(try await second.counters(of: "late").pending == 0)
        #expect(try await second.claim("all", limit: 9, leaseSeconds: 10, by: origin).claimed.count == 1)
        await second.close()
    }

    @Test func `leave traces in the audit log that cannot be changed unseen`() async throws {
        let key = SealingKey()
        func open() throws -> SQLiteRecordStore {
            try SQLiteRecordStore(
                TemporaryDirectory.url, subscriptions: [], sealer: key, makeToken: { SecureRandom.token() })
        }
        let store = try open()
        _ = try await store.putBlob(samplePage, name: SHA256.hexadecimal(of: samplePage))
        for _ in 0..<5 {
            let record = sampleRecord()
            _ = try await store.put(
                record, body: try JSONCoding.encode(record), by: Origin(actor: "kiosk-1", request: UUIDv7()))
        }
        #expect(try await store.verifyAudit().broken == nil)
        await store.close()
        for change in ["UPDATE audit SET actor = 'x' WHERE n = 3", "DELETE FROM audit WHERE n = 2"] {
            let file = TemporaryDirectory.url.appending(path: "bridge.db")
            let schema = Database.Schema(applicationID: 0x426C_4272, migrations: [""])
            do { try Database(file, schema: schema).execute(change) }
            let changed = try open()
            #expect(try await changed.verifyAudit().broken == (change.hasPrefix("UPDATE") ? 3 : 2))
            await changed.close()
        }
    }

    @Test func `sweep blobs that no record names`() async throws {
        let store = try SQLiteRecordStore(
            TemporaryDirectory.url, subscriptions: [], sealer: SealingKey(), makeToken: { SecureRandom.token() })
        let orphan = Array("orphan".utf8)
        for bytes in [samplePage, orphan] {
            _ = try await store.putBlob(bytes, name: SHA256.hexadecimal(of: bytes))
        }
        let record = sampleRecord()
        _ = try await store.put(
            record, body: try JSONCoding.encode(record), by: Origin(actor: "test", request: UUIDv7()))
        #expect(try await store.sweepBlobs(storedBefore: Date(timeIntervalSinceNow: -60)) == 0)
        #expect(try await store.sweepBlobs(storedBefore: Date(timeIntervalSinceNow: 60)) == 1)
        #expect(try await store.hasBlob(SHA256.hexadecimal(of: samplePage)))
        await store.close()
    }
}
