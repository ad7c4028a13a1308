import Delivery
import Foundation
import HTTP
import Records
import SQLiteStore
import Sealing
import Support
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `Changing the key of a store` {
    @Test(arguments: StoreKind.allCases)
    func `goes on wherever it was killed, and all can be read with the new key only`(_ kind: StoreKind) async throws {
        let place = try await TestStore(kind)
        let page = Array("a page of its own".utf8)
        let records = (0..<3).map { sampleRecord(page: $0 == 1 ? page : samplePage) }
        var store = try await place.open()
        for (index, record) in records.enumerated() {
            try await store.send(record, page: index == 1 ? page : samplePage)
        }
        let gone = sampleRecord()
        try await store.send(gone)
        #expect(try await store.erase(gone.id, evenUndelivered: true, by: .test) == .erased)
        await store.close()

        let new = SealingKey()
        var failures = 0
        // Beginning, records, pages, and the end; what was done before is not done again.
        for count in [0, 1, 2, 2, 9] {
            let engine = try await place.engine()
            do {
                _ = try await Rekeying(FailingEngine(engine, after: count), from: place.key, to: new).run()
                await engine.close()
            } catch is FailingEngine.Failure {
                await engine.close()
                failures += 1
                // Begun, it cannot be opened with either key: half of it would count as damaged.
                for key in [place.key, new] where count > 0 {
                    let refused = await #expect(throws: BlankettError.self) {
                        try await TestStore(place, key: key).open()
                    }
                    #expect(refused?.code == "rekey-unfinished" && refused?.exit == .storage)
                }
                // Nor is it brought to its end with another new one.
                if count > 0 {
                    let engine = try await place.engine()
                    let refused = await #expect(throws: BlankettError.self) {
                        _ = try await Rekeying(engine, from: place.key, to: SealingKey()).run()
                    }
                    #expect(refused?.code == "wrong-key")
                    await engine.close()
                }
            }
        }
        #expect(failures == 4)
        let refused = await #expect(throws: BlankettError.self) { try await place.open() }
        #expect(refused?.code == "wrong-key")
        store = try await TestStore(place, key: new).open()
        for record in records {
            let body = try JSONCoding.encode(record)
            #expect(try await store.record(record.id, for: "cases")?.body == body)
        }
        #expect(try await store.blob(SHA256.hexadecimal(of: page)) == page)
        #expect(try await store.blob(SHA256.hexadecimal(of: samplePage)) == samplePage)
        // Marks stay: what is sent again is known.
        #expect(try await store.send(records[0]) == false)
        #expect(try await store.history(of: "store").map(\.action) == ["store.rekey"])
        #expect(try await store.verifyAudit().broken == nil)
        #expect(try await store.damage() == [])
        await store.close()
        // Done once more it finds nothing to do.
        let engine = try await place.engine()
        #expect(try await Rekeying(engine, from: place.key, to: new).run() == 0)
        await engine.close()
    }

    @Test func `is a command for a bridge that is stopped`() async throws {
        let bridge = try await TestBridge()
        let key = bridge.dataFolder.appending(path: "bridge.key")
        let record = sampleRecord()
        try await bridge.run { origin in
            _ = try await origin.putBlob(samplePage)
            #expect(try await origin.put(record).status == 201)
            let running = try await ProgramRun("blankett-bridge", ["rekey", "--config", bridge.file.path()])
            #expect(running.code == 2 && running.errors.contains("Stop it first"))
        }
        let before = try Data(contentsOf: key)
        let run = try await ProgramRun("blankett-bridge", ["rekey", "--config", bridge.file.path()])
        #expect(run.code == 0 && run.output.hasPrefix("2 keys"), "\(run)")
        #expect(try Data(contentsOf: key) != before)
        #expect(!FileManager.default.fileExists(atPath: key.appendingPathExtension("next").path()))
        try await bridge.run { origin in
            // What could not be opened would be set apart.
            let items = try await origin.claim(ClaimRequest(limit: 2)).items
            #expect(items.count == 1)
        }
    }
}
