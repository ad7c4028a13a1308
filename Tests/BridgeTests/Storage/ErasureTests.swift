import Delivery
import Foundation
import HTTP
import Records
import SQLiteStore
import Sealing
import Support
import Synchronization
import Testing
import TestSupport

private typealias Item = AcknowledgementRequest.Item

@Suite(.temporaryDirectory) struct `Erasing contents` {
    @Test(arguments: StoreKind.allCases)
    func `leaves receipts and the audit line, and takes pages only when no other record has them`(
        _ kind: StoreKind
    ) async throws {
        let place = try await TestStore(kind)
        let store = try await place.open()
        let shared = Array("a page of two records".utf8)
        let own = Array("a page of one record".utf8)
        let (first, second) = (sampleRecord(page: shared), sampleRecord(page: own))
        let third = sampleRecord(page: shared)
        try await store.send(first, page: shared)
        try await store.send(second, page: own)
        try await store.send(third, page: shared)
        #expect(try await store.erase(UUIDv7(), evenUndelivered: false, by: .test) == .notFound)
        #expect(try await store.erase(first.id, evenUndelivered: false, by: .test) == .undelivered)
        try await store.takeAll("cases")
        for record in [first, second] {
            #expect(try await store.erase(record.id, evenUndelivered: false, by: .test) == .erased)
            #expect(try await store.erase(record.id, evenUndelivered: false, by: .test) == .wasErased)
            let gone = await #expect(throws: Problem.self) { try await store.record(record.id, for: "cases") }
            #expect(gone?.code == "gone-erased" && gone?.status == 410)
            let proof = try await store.history(of: record.id.description).last
            #expect(proof?.action == "record.erase" && proof?.outcome == "erased")
        }
        #expect(try await store.blob(SHA256.hexadecimal(of: own)) == nil)
        #expect(try await store.blob(SHA256.hexadecimal(of: shared)) == shared)
        #expect(try await store.record(third.id, for: "cases") != nil)
        // The receipt stays, what the consumer wrote beside it does not.
        let entry = try #require(
            try await store.entries(of: "cases", in: .done, limit: 9, offset: 0).first { $0.recordId == first.id })
        #expect(entry.caseId == "case" && entry.reason == nil)
        #expect(try await store.redrive([first.id], of: "cases", by: .test).map(\.result) == [.erased])
        // An agent whose answer was lost is told that the record was taken; anything else under its id is refused.
        #expect(try await store.send(first, page: shared) == false)
        var other = first
        other.data.fields[0].raw = "other"
        let refused = await #expect(throws: Problem.self) { try await store.send(other, page: shared) }
        #expect(refused?.code == "gone-erased")
        #expect(try await store.verifyAudit().broken == nil)
        #expect(try await store.damage() == [])
        await store.close()
        // Nothing that could open them is left, in no file: the keys are gone, and so are the contents.
        let files = try FileManager.default.subpathsOfDirectory(atPath: place.folder.appending(path: "blobs").path())
        #expect(files.filter { $0.contains("/") }.count == 1)
    }

    @Test(arguments: StoreKind.allCases)
    func `by a person's wish ends what was not delivered`(_ kind: StoreKind) async throws {
        let store = try await TestStore(kind).open()
        let record = sampleRecord()
        try await store.send(record)
        let lease = try #require(
            try await store.claim("cases", limit: 1, leaseSeconds: 300, by: .test).claimed.first?.leaseId)
        #expect(try await store.erase(record.id, evenUndelivered: true, by: .test) == .erased)
        let late = try await store.acknowledge(
            [Item(leaseId: lease, outcome: .done, caseId: "1")], of: "cases", by: .test)
        #expect(late.map(\.result) == [.leaseLost])
        let dead = try await store.entries(of: "cases", in: .rejected, limit: 9, offset: 0)
        #expect(dead.map(\.recordId) == [record.id] && dead.first?.reason == "erased")
        #expect(try await store.claim("cases", limit: 1, leaseSeconds: 300, by: .test).claimed.isEmpty)
        await store.close()
    }

    /// Form type, days since it was taken, whether the rule below erases it.
    private static let ages: [(form: String, days: Double, isErased: Bool)] = [
        ("ansokan-bistand", 29, false), ("ansokan-bistand", 31, true), ("bygglov", 31, false), ("bygglov", 91, true),
        ("synpunkt", 6, false), ("synpunkt", 8, true),
    ]

    @Test(arguments: StoreKind.allCases)
    func `happens by itself when a form type's time is over, and never before it was taken`(
        _ kind: StoreKind
    ) async throws {
        let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        let store = try await TestStore(kind).open(
            [Subscription(name: "cases"), Subscription(name: "archive", formTypes: ["bygglov"])],
            now: { time.withLock { $0 } })
        let now = time.withLock { $0 }
        let rule = Retention(days: 30, formTypes: ["bygglov": 90, "synpunkt": 7])
        var records: [(UUIDv7, Bool)] = []
        for age in Self.ages.sorted(by: { $0.days > $1.days }) {
            time.withLock { $0 = now - age.days * 86400 }
            let record = sampleRecord(form: age.form)
            try await store.send(record)
            try await store.takeAll("cases")
            try await store.takeAll("archive")
            records.append((record.id, age.isErased))
        }
        // Old, but one of two has not taken it; or nobody wants it; or it is a dead letter.
        time.withLock { $0 = now - 400 * 86400 }
        let waiting = sampleRecord(form: "bygglov")
        try await store.send(waiting)
        try await store.takeAll("cases")
        let rejected = sampleRecord()
        try await store.send(rejected)
        let lease = try #require(try await store.claim("cases", limit: 9, leaseSeconds: 10, by: .test).claimed.first)
        _ = try await store.acknowledge(
            [Item(leaseId: lease.leaseId, outcome: .reject, reason: "x")], of: "cases", by: .test)
        let nobodys = sampleRecord(test: true)
        try await store.send(nobodys)
        records += [(waiting.id, false), (rejected.id, false)]

        time.withLock { $0 = now }
        #expect(try await store.eraseExpired(Retention(), by: .test) == 0)
        #expect(try await store.eraseExpired(rule, by: .test) == 3)
        #expect(try await store.eraseExpired(rule, by: .test) == 0)
        for (id, isErased) in records {
            let outcome = try await store.history(of: id.description).last?.outcome
            #expect((outcome == "retention") == isErased, "\(id)")
            if isErased {
                await #expect(throws: Problem.self) { try await store.record(id, for: "cases") }
            } else {
                #expect(try await store.record(id, for: "cases") != nil)
            }
        }
        await store.close()
    }
}

extension RecordStore {
    /// A consumer that takes all there is.
    func takeAll(_ subscription: String) async throws {
        while true {
            let claimed = try await claim(subscription, limit: 100, leaseSeconds: 300, by: .test).claimed
            if claimed.isEmpty { return }
            _ = try await acknowledge(
                claimed.map { Item(leaseId: $0.leaseId, outcome: .done, caseId: "case", reason: "words") },
                of: subscription, by: .test)
        }
    }
}
