import Delivery
import Foundation
import PostgresStore
import Records
import Sealing
import Support
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `A store in PostgreSQL` {
    private func open(_ information: String, _ folder: String, key: SealingKey) async throws -> SQLRecordStore {
        try await SQLRecordStore(
            postgres: information,
            SQLRecordStore.Settings(
                subscriptions: [Subscription(name: "cases")], blobs: TemporaryDirectory.url.appending(path: folder),
                key: key, makeToken: { SecureRandom.token() }))
    }

    @Test func `goes on when the server was killed and started again, with all that it said was stored`() async throws {
        let server = try PrivatePostgres(syncs: true)
        let schema = try await server.makeSchema()
        let store = try await open(server.information(schema: schema), "blobs", key: SealingKey())
        var stored: [UUIDv7] = []
        for _ in 0..<3 {
            let record = sampleRecord()
            try await store.send(record)
            stored.append(record.id)
        }
        for _ in 0..<2 {
            try server.kill()
            let record = sampleRecord()
            for _ in 0..<2 {
                let error = await #expect(throws: BlankettError.self) { try await store.send(record) }
                #expect(error?.exit == .storage && error?.isTransient == true)
            }
            await #expect(throws: BlankettError.self) { try await store.counters(of: "cases") }
            try server.start()
            try await store.send(record)
            stored.append(record.id)
        }
        let claimed = try await store.claim("cases", limit: 9, leaseSeconds: 10, by: .test).claimed
        #expect(try claimed.map { try JSONCoding.decode(Record.self, from: $0.body).id } == stored)
        #expect(try await store.damage() == [])
        #expect(try await store.verifyAudit().broken == nil)
        await store.close()
    }

    @Test func `lends each record to one of several bridges, and stores one that is sent to both once`() async throws {
        let place = try await TestStore(.postgres)
        let key = SealingKey()
        let first = try await open(try place.information(), "blobs", key: key)
        let second = try await open(try place.information(), "blobs", key: key)
        let records = (0..<30).map { _ in sampleRecord() }
        let created = try await withThrowingTaskGroup(of: Int.self) { group in
            for store in [first, second] {
                for record in records { group.addTask { try await store.send(record) ? 1 : 0 } }
            }
            return try await group.reduce(0, +)
        }
        #expect(created == records.count)
        let claimed = try await withThrowingTaskGroup(of: [UUIDv7].self) { group in
            for store in [first, second, first, second] {
                group.addTask {
                    var ids: [UUIDv7] = []
                    while true {
                        let items = try await store.claim("cases", limit: 4, leaseSeconds: 300, by: .test).claimed
                        if items.isEmpty { return ids }
                        ids += try items.map { try JSONCoding.decode(Record.self, from: $0.body).id }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(claimed).count == claimed.count && Set(claimed) == Set(records.map(\.id)))
        #expect(try await second.counters(of: "cases").leased == records.count)
        #expect(try await first.damage() == [])
        #expect(try await first.verifyAudit().broken == nil)
        await first.close()
        await second.close()
    }

    @Test func `learns of other bridges on its database, and whether they know the same subscriptions`() async throws {
        let place = try await TestStore(.postgres)
        let (cases, other) = (Subscription(name: "cases", formTypes: ["a", "b"]), Subscription(name: "other"))
        let first = try await place.open([cases, other])
        func expect(_ store: SQLRecordStore, living: Int, disagreeing: Int) async throws {
            let (others, unlike) = try await store.meetOthers()
            #expect(others == living && unlike == disagreeing)
        }
        try await expect(first, living: 0, disagreeing: 0)
        let second = try await place.open([Subscription(name: "cases"), other])
        try await expect(second, living: 1, disagreeing: 1)
        try await expect(first, living: 1, disagreeing: 1)
        // In whatever order they stand.
        try await second.adopt([other, Subscription(name: "cases", formTypes: ["b", "a"])])
        try await expect(second, living: 1, disagreeing: 0)
        try await expect(first, living: 1, disagreeing: 0)
        try await second.adopt([cases, Subscription(name: "other", hiddenFields: ["account"])])
        try await expect(second, living: 1, disagreeing: 1)
        // One that was killed is forgotten after half a minute.
        _ = try await PrivatePostgres.shared().query(
            "INSERT INTO peer VALUES('gone', 'x', (extract(epoch FROM clock_timestamp()) * 1000)::bigint - 40000)",
            schema: place.schema)
        await second.close()
        try await expect(first, living: 0, disagreeing: 0)
        await first.close()
    }

    @Test func `is opened by nobody while its key is changed, nor is the key while it is open`() async throws {
        let place = try await TestStore(.postgres)
        let store = try await place.open()
        let engine = try await place.engine()
        #expect(try await engine.isAlone() == false)
        await store.close()
        // The server sees a moment later that a connection has ended.
        var isAlone = false
        for _ in 0..<500 where !isAlone {
            isAlone = try await engine.isAlone()
            if !isAlone { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(isAlone)
        let refused = await #expect(throws: BlankettError.self) { try await place.open() }
        #expect(refused?.code == "database-reserved" && refused?.exit == .storage && refused?.isTransient == true)
        await engine.close()
    }
}
