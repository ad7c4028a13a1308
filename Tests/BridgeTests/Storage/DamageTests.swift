import Delivery
import Foundation
import HTTP
import Records
import SQLiteStore
import Support
import Synchronization
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `Damage in the store` {
    @Test(arguments: StoreKind.allCases)
    func `sets a record apart, serves the others, and is mended by the agent that still has it`(
        _ kind: StoreKind
    ) async throws {
        let told = Mutex<[String]>([])
        let place = try await TestStore(kind)
        var store = try await place.open()
        let (first, broken, last) = (sampleRecord(), sampleRecord(), sampleRecord())
        for record in [first, broken, last] { try await store.send(record) }
        await store.close()
        try await place.flipBit(in: "record", column: "body", where: "id = '\(broken.id)'")
        store = try await place.open(reportDamage: { what in told.withLock { $0.append(what) } })
        let claimed = try await store.claim("cases", limit: 9, leaseSeconds: 10, by: .test).claimed
        #expect(try claimed.map { try JSONCoding.decode(Record.self, from: $0.body).id } == [first.id, last.id])
        #expect(told.withLock { $0 } == ["record \(broken.id)"])
        let dead = try await store.entries(of: "cases", in: .rejected, limit: 9, offset: 0)
        #expect(dead.map(\.recordId) == [broken.id] && dead.first?.reason == "damaged")
        let problem = await #expect(throws: Problem.self) { try await store.record(broken.id, for: "cases") }
        #expect(problem?.code == "record-damaged")
        #expect(try await store.send(broken))
        let again = try await store.claim("cases", limit: 9, leaseSeconds: 10, by: .test).claimed
        #expect(try again.map { try JSONCoding.decode(Record.self, from: $0.body).id } == [broken.id])
        #expect(try await store.verifyAudit().broken == nil)
        await store.close()
    }

    @Test(arguments: StoreKind.allCases)
    func `of a page image makes it asked for again`(_ kind: StoreKind) async throws {
        let place = try await TestStore(kind)
        let store = try await place.open()
        let record = sampleRecord()
        try await store.send(record)
        let name = SHA256.hexadecimal(of: samplePage)
        let blobs = place.folder.appending(path: "blobs")
        let file = try #require(
            try FileManager.default.subpathsOfDirectory(atPath: blobs.path()).first { $0.contains("/") })
        for change in ["bit", "gone"] {
            let url = blobs.appending(path: file)
            if change == "bit" {
                var bytes = try Data(contentsOf: url)
                bytes[bytes.count / 2] ^= 4
                try bytes.write(to: url)
            } else {
                let all = try FileManager.default.subpathsOfDirectory(atPath: blobs.path()).filter { $0.contains("/") }
                for file in all { try FileManager.default.removeItem(at: blobs.appending(path: file)) }
            }
            #expect(try await store.hasBlob(name))
            let problem = await #expect(throws: Problem.self) { try await store.blob(name) }
            #expect(problem?.code == "record-damaged")
            #expect(try await !store.hasBlob(name))
            // A record that names it waits for it, too.
            let missing = await #expect(throws: Problem.self) {
                try await store.put(sampleRecord(), body: try JSONCoding.encode(sampleRecord()), by: .test)
            }
            #expect(missing?.code == "missing-blobs")
            #expect(try await store.putBlob(samplePage, name: name))
            #expect(try await store.blob(name) == samplePage)
        }
        await store.close()
    }

    /// What a bit in a page of the file can change without a word: nothing that is delivered.
    @Test func `of the database is noticed, or changes nothing that matters`() async throws {
        let place = try await TestStore(.sqlite)
        let store = try await place.open()
        for _ in 0..<8 { try await store.send(sampleRecord()) }
        _ = try await store.claim("cases", limit: 3, leaseSeconds: 3600, by: .test)
        let before = try await Self.look(store)
        await store.close()
        let whole = try Data(contentsOf: place.folder.appending(path: "bridge.db"))
        let head = try Data(contentsOf: place.folder.appending(path: "bridge.head"))
        var noticed = 0
        for _ in 0..<60 {
            let copy = try await TestStore(.sqlite, "copy-\(UUIDv7())", key: place.key)
            var bytes = whole
            let bit = Int.random(in: 0..<bytes.count * 8)
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            try bytes.write(to: copy.folder.appending(path: "bridge.db"))
            try head.write(to: copy.folder.appending(path: "bridge.head"))
            do {
                let opened = try await copy.open()
                do {
                    let damage = try await opened.damage()
                    let broken = try await opened.verifyAudit().broken
                    if damage.isEmpty, broken == nil {
                        #expect(try await Self.look(opened) == before, "bit \(bit)")
                    } else {
                        noticed += 1
                    }
                } catch {
                    noticed += 1
                }
                await opened.close()
            } catch is BlankettError {
                noticed += 1
            }
        }
        #expect(noticed > 5)
    }

    /// A disk that is full takes half of what is written.
    @Test func `of the note of how far the log had come is not taken for damage of the log`() async throws {
        let place = try await TestStore(.sqlite)
        let head = place.folder.appending(path: "bridge.head")
        let store = try await place.open()
        try await store.send(sampleRecord())
        try await store.send(sampleRecord())
        let before = try Data(contentsOf: head)
        try await store.send(sampleRecord())
        let after = try Data(contentsOf: head)
        await store.close()
        #expect(before != after && before.count == after.count)
        for cut in stride(from: 0, to: after.count, by: 5) {
            try (after.prefix(cut) + before.dropFirst(cut)).write(to: head)
            await (try place.open()).close()
        }
        // What is whole and tells of more than there is still counts.
        let other = try await TestStore(.sqlite, "other", key: place.key)
        await (try other.open()).close()
        try after.write(to: other.folder.appending(path: "bridge.head"))
        let error = await #expect(throws: BlankettError.self) { try await other.open() }
        #expect(error?.code == "storage-behind")
    }

    /// Each record's bytes and how far it has come.
    private static func look(_ store: some RecordStore) async throws -> [String: [UInt8]] {
        var seen: [String: [UInt8]] = [:]
        for entry in try await store.entries(of: "cases", in: nil, limit: 100, offset: 0) {
            seen["\(entry.recordId) \(entry.state)"] = try await store.record(entry.recordId, for: "cases")?.body ?? []
        }
        return seen
    }

    /// Wherever a bit flips in the write-ahead log, nothing that was acknowledged is missing without a word.
    @Test func `of the write-ahead log is noticed at the next start`() async throws {
        let place = try await TestStore(.sqlite)
        let store = try await place.open()
        for _ in 0..<5 { try await store.send(sampleRecord()) }
        let counted = try await store.counters(of: "cases").pending
        let files = ["bridge.db", "bridge.db-wal", "bridge.head"]
        let copies = try files.map { try Data(contentsOf: place.folder.appending(path: $0)) }
        await store.close()
        #expect(copies[1].count > 50_000)
        var noticed = 0
        for _ in 0..<30 {
            let copy = try await TestStore(.sqlite, "copy-\(UUIDv7())", key: place.key)
            for (name, bytes) in zip(files, copies) {
                var bytes = bytes
                if name.hasSuffix("-wal") {
                    let bit = Int.random(in: 0..<bytes.count * 8)
                    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
                }
                try bytes.write(to: copy.folder.appending(path: name))
            }
            do {
                let opened = try await copy.open()
                #expect(try await opened.counters(of: "cases").pending == counted)
                #expect(try await opened.verifyAudit().broken == nil)
                await opened.close()
            } catch let error as BlankettError {
                #expect(error.exit == .storage)
                noticed += 1
            }
        }
        #expect(noticed > 20)
    }
}
