import BridgeApp
import Delivery
import Foundation
import HTTP
import HTTPClient
import PostgresStore
import Records
import SQLiteStore
import Sealing
import Support
import Synchronization
import Testing
import TestSupport

private typealias Item = AcknowledgementRequest.Item

/// From which kind of store to which.
private let ways = StoreKind.allCases.flatMap { from in StoreKind.allCases.map { (from, $0) } }

@Suite(.temporaryDirectory) struct `Archives` {
    private var file: URL { TemporaryDirectory.url.appending(path: "store.archive") }

    @Test(arguments: ways)
    func `bring all of a store into another, of either kind`(_ from: StoreKind, _ to: StoreKind) async throws {
        let old = try await TestStore(from, "old")
        let store = try await old.open()
        let (waiting, taken, erased) = (sampleRecord(), sampleRecord(), sampleRecord())
        for record in [erased, taken] { try await store.send(record) }
        try await store.takeAll("cases")
        _ = try await store.erase(erased.id, evenUndelivered: false, by: .test)
        try await store.send(waiting)
        let written = try await store.archive(to: file, for: nil)
        #expect(written.parts["record"]?.count == 3 && written.parts["blobs"]?.count == 1 && written.missing == 0)
        await store.close()

        let new = try await TestStore(to, "new", key: old.key)
        #expect(try await new.restore(file) == written)
        let restored = try await new.open()
        #expect(try await restored.damage() == [])
        #expect(try await restored.verifyAudit().broken == nil)
        let counters = try await restored.counters(of: "cases")
        #expect(counters.pending == 1 && counters.done == 2)
        let body = try JSONCoding.encode(taken)
        #expect(try await restored.record(taken.id, for: "cases")?.body == body)
        #expect(try await restored.blob(SHA256.hexadecimal(of: samplePage)) == samplePage)
        await #expect(throws: Problem.self) { try await restored.record(erased.id, for: "cases") }
        // Agents that send again double nothing, and new records find their place.
        #expect(try await restored.send(waiting) == false)
        #expect(try await restored.send(sampleRecord()))
        try await restored.takeAll("cases")
        #expect(try await restored.counters(of: "cases").done == 4)
        // A store that has something is left alone.
        let refused = await #expect(throws: BlankettError.self) { try await new.restore(file) }
        #expect(["store-not-empty", "storage-in-use"].contains(refused?.code))
        await restored.close()
    }

    @Test(arguments: StoreKind.allCases)
    func `made under load hold what was acknowledged before, whole, and nothing twice`(_ kind: StoreKind) async throws {
        let old = try await TestStore(kind, "old")
        let store = try await old.open()
        let sent = Shared<[Record]>([])
        let isOver = Shared(false)
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    while !isOver.value {
                        let record = sampleRecord()
                        try await store.send(record)
                        sent.change { $0.append(record) }
                    }
                }
            }
            group.addTask {
                // Asking for what is not there waits for nothing: without a pause it would keep a thread for itself.
                while !isOver.value {
                    try await store.takeAll("cases")
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
            while sent.value.count < 30 { try await Task.sleep(for: .milliseconds(5)) }
            let before = sent.value
            _ = try await store.archive(to: file, for: nil)
            while sent.value.count < before.count + 30 { try await Task.sleep(for: .milliseconds(5)) }
            isOver.change { $0 = true }
            try await group.waitForAll()

            let new = try await TestStore(kind, "new", key: old.key)
            try await new.restore(file)
            let restored = try await new.open()
            #expect(try await restored.damage() == [])
            for record in before {
                let body = try JSONCoding.encode(record)
                #expect(try await restored.record(record.id, for: "cases")?.body == body)
            }
            // Agents send again what came after the backup, and the rest as well: each is there once then.
            for record in sent.value { try await restored.send(record) }
            let counters = try await restored.counters(of: "cases")
            let total = counters.pending + counters.leased + counters.done + counters.rejected
            let expected = sent.value.count
            #expect(total == expected)
            await restored.close()
        }
        await store.close()
    }

    @Test func `with one bit changed, or cut, are refused, and nothing of them is taken in`() async throws {
        let old = try await TestStore(.sqlite, "old")
        let store = try await old.open()
        for _ in 0..<3 { try await store.send(sampleRecord()) }
        _ = try await store.archive(to: file, for: nil)
        await store.close()
        let whole = try Data(contentsOf: file)
        let new = try await TestStore(.sqlite, "new", key: old.key)
        for round in 0..<40 {
            var bytes = whole
            if round < 35 {
                let bit = Int.random(in: 0..<bytes.count * 8)
                bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            } else {
                bytes = bytes.prefix(Int.random(in: 0..<bytes.count))
            }
            try bytes.write(to: file)
            let error = await #expect(throws: BlankettError.self) { try await new.restore(file) }
            #expect(error?.code == "archive-broken")
        }
        try whole.write(to: file)
        try await new.restore(file)
    }

    @Test func `sealed for a key tell nothing without it, and need nothing but it`() async throws {
        let old = try await TestStore(.sqlite, "old")
        let store = try await old.open()
        let record = sampleRecord()
        try await store.send(record)
        let secretFile = TemporaryDirectory.url.appending(path: "offline.key")
        let secret = try BackupKey(creating: secretFile)
        let storeKey = SecureRandom.bytes(32)
        let frameKey = SecureRandom.bytes(32)
        _ = try await store.archive(
            to: file,
            for: ArchiveRecipient(
                name: secret.publicKey, storeKey: storeKey, makeKey: { (SealingKey(secret: frameKey), frameKey) },
                seal: { BackupKey.seal($0, for: secret.publicKey) }))
        await store.close()
        let bytes = try Data(contentsOf: file)
        for word in ["ansokan-bistand", "kiosk", "record.put", "\(record.id)", "cases"] {
            #expect(bytes.range(of: Data(word.utf8)) == nil)
        }
        let new = try await TestStore(.sqlite, "new", key: old.key)
        #expect(await #expect(throws: BlankettError.self) { try await new.restore(file) }?.code == "archive-sealed")
        let stranger = try BackupKey(creating: TemporaryDirectory.url.appending(path: "stranger.key"))
        let error = await #expect(throws: BlankettError.self) { try await new.restore(file, secret: stranger) }
        #expect(error?.code == "wrong-key")
        let kept = Shared<[UInt8]>([])
        try await new.restore(file, secret: secret, keep: { bytes in kept.change { $0 = bytes } })
        #expect(kept.value == storeKey)
        let restored = try await new.open()
        #expect(try await restored.record(record.id, for: "cases") != nil)
        await restored.close()
    }

    @Test(arguments: StoreKind.allCases)
    func `that were taken in only in part keep the store from being used`(_ kind: StoreKind) async throws {
        let old = try await TestStore(.sqlite, "old")
        let store = try await old.open()
        for _ in 0..<3 { try await store.send(sampleRecord()) }
        _ = try await store.archive(to: file, for: nil)
        await store.close()
        for writes in 1...6 {
            let new = try await TestStore(kind, "new-\(writes)", key: old.key)
            let engine = FailingEngine(try await new.engine(), after: writes)
            await #expect(throws: FailingEngine.Failure.self) { try await new.restore(file, into: engine) }
            await engine.close()
            let error = await #expect(throws: BlankettError.self) { try await new.open() }
            #expect(error?.code == "restore-unfinished")
        }
    }

    @Test func `are made by the command of the running bridge, and restored by the command`() async throws {
        let bridge = try await TestBridge()
        let record = sampleRecord()
        let words = ["--config", bridge.file.path()]
        try await bridge.run { origin in
            _ = try await origin.putBlob(samplePage)
            _ = try await origin.put(record)
            let run = try await ProgramRun("blankett-bridge", ["backup", file.path()] + words)
            #expect(run.code == 0 && run.output.contains("1 records, 1 page images"))
            let busy = try await ProgramRun("blankett-bridge", ["restore", file.path()] + words)
            #expect(busy.code == ExitCode.badInput.rawValue)
        }
        let key = try Data(contentsOf: bridge.dataFolder.appending(path: "bridge.key"))
        let tokens = try Data(contentsOf: bridge.dataFolder.appending(path: "tokens.json"))
        try FileManager.default.removeItem(at: bridge.dataFolder)
        try DurableFile.makeFolder(bridge.dataFolder)
        try DurableFile.write([UInt8](key), to: bridge.dataFolder.appending(path: "bridge.key"))
        try DurableFile.write([UInt8](tokens), to: bridge.dataFolder.appending(path: "tokens.json"))
        let run = try await ProgramRun("blankett-bridge", ["restore", file.path()] + words)
        #expect(run.code == 0)
        try await bridge.run { origin in
            let status = try await origin.put(record).status
            let claimed = try await origin.claim().items.map(\.record.id)
            #expect(status == 200 && claimed == [record.id])
        }
        let erased = try await ProgramRun("blankett-bridge", ["erase", "\(record.id)", "--undelivered"] + words)
        #expect(erased.code == 0 && erased.output.contains("is erased; line"))
        #expect(try await ProgramRun("blankett-bridge", ["audit", "verify"] + words).code == 0)
    }
}
