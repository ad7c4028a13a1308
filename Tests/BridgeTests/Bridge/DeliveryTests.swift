import BridgeApp
import Delivery
import Foundation
import HTTP
import HTTPClient
import Records
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

    @Test(arguments: StoreKind.allCases)
    func `issue a new lease when the old one has run out, and give up at last`(_ kind: StoreKind) async throws {
        let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        let store = try await TestStore(kind).open(now: { time.withLock { $0 } })
        try await store.send(sampleRecord())
        var leases: [String] = []
        for attempt in 1...10 {
            let claimed = try await store.claim("cases", limit: 1, leaseSeconds: 10, by: .test).claimed
            #expect(claimed.map(\.attempt) == [attempt])
            leases += claimed.map(\.leaseId)
            #expect(try await store.claim("cases", limit: 1, leaseSeconds: 10, by: .test).claimed.isEmpty)
            time.withLock { $0 += 10 }
        }
        #expect(try await store.claim("cases", limit: 1, leaseSeconds: 10, by: .test).claimed.isEmpty)
        #expect(try await store.counters(of: "cases").rejected == 1)
        // The last worker made the case after all.
        let results = try await store.acknowledge(
            [leases[8], leases[9]].map { Item(leaseId: $0, outcome: .done, caseId: "1") }, of: "cases", by: .test)
        #expect(results.map(\.result) == [.leaseLost, .done])
        let (rows, broken) = try await store.verifyAudit()
        #expect(rows == 12 && broken == nil)
        #expect(try await store.damage() == [])
        await store.close()
    }

    @Test(arguments: StoreKind.allCases)
    func `bring what is stored already to a new subscription that wants it`(_ kind: StoreKind) async throws {
        let place = try await TestStore(kind)
        let first = try await place.open([])
        try await first.send(sampleRecord())
        await first.close()
        let second = try await place.open([Subscription(name: "late"), Subscription(name: "all", start: .earliest)])
        #expect(try await second.counters(of: "late").pending == 0)
        #expect(try await second.claim("all", limit: 9, leaseSeconds: 10, by: .test).claimed.count == 1)
        await second.close()
    }

    @Test func `leave traces in the audit log that cannot be changed unseen`() async throws {
        let place = try await TestStore(.sqlite)
        let store = try await place.open()
        for _ in 0..<5 { try await store.send(sampleRecord()) }
        #expect(try await store.verifyAudit().broken == nil)
        await store.close()
        for change in ["UPDATE audit SET actor = 'x' WHERE n = 3", "DELETE FROM audit WHERE n = 2"] {
            try place.change(change)
            let changed = try await place.open()
            #expect(try await changed.verifyAudit().broken == (change.hasPrefix("UPDATE") ? 3 : 2))
            await changed.close()
        }
    }

    @Test(arguments: StoreKind.allCases) func `sweep blobs that no record names`(_ kind: StoreKind) async throws {
        let place = try await TestStore(kind)
        let store = try await place.open()
        // Half a page, from a power cut before its row.
        let torn = place.folder.appending(path: "blobs/ab/ab0123456789abcdef0123456789abcd")
        try DurableFile.makeFolder(torn.deletingLastPathComponent())
        try Data("half a p".utf8).write(to: torn)
        let orphan = Array("orphan".utf8)
        _ = try await store.putBlob(orphan, name: SHA256.hexadecimal(of: orphan))
        try await store.send(sampleRecord())
        #expect(try await store.sweepBlobs(storedBefore: Date(timeIntervalSinceNow: -60)) == 0)
        #expect(try await store.sweepBlobs(storedBefore: Date(timeIntervalSinceNow: 60)) == 1)
        #expect(try await store.blob(SHA256.hexadecimal(of: samplePage)) == samplePage)
        #expect(try await store.hasBlob(SHA256.hexadecimal(of: orphan)) == false)
        #expect(!FileManager.default.fileExists(atPath: torn.path()))
        await store.close()
    }

    @Test func `keep each of many page images that come at the same moment, and the same one once`() async throws {
        let place = try await TestStore(.sqlite)
        let store = try await place.open()
        let pages = (0..<150).map { number in [UInt8](repeating: UInt8(number), count: 5000) }
        let new = try await withThrowingTaskGroup(of: Bool.self) { group in
            for page in pages + pages.prefix(50) {
                group.addTask { try await store.putBlob(page, name: SHA256.hexadecimal(of: page)) }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(new == pages.count)
        for page in pages { #expect(try await store.blob(SHA256.hexadecimal(of: page)) == page) }
        // What lost against the same one leaves nothing behind.
        let files = try FileManager.default.subpathsOfDirectory(atPath: place.folder.appending(path: "blobs").path())
        #expect(files.count { $0.contains("/") } == pages.count)
        await store.close()
    }
}
