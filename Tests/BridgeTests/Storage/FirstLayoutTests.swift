import BridgeApp
import Delivery
import Foundation
import HTTP
import Records
import SQLiteStore
import Sealing
import Support
import Testing
import TestSupport

/// A data folder as the first version wrote it, where the store's key sealed all contents.
private struct FirstFolder {
    var records: [Record] = []
    var pages: [[UInt8]] = []

    init(_ folder: URL, key: SealingKey, count: Int) throws {
        try DurableFile.makeFolder(folder)
        let blobs = try BlobFolder(folder.appending(path: "blobs"), sealer: key)
        let database = try Database(
            folder.appending(path: "bridge.db"),
            schema: Database.Schema(
                applicationID: RecordSchema.applicationID, migrations: Array(RecordSchema.sqlite.prefix(1))))
        try database.transaction { database in
            try database.execute(
                """
                INSERT INTO subscription VALUES(1, 'cases');
                INSERT INTO tally VALUES(1, 0, \(count)), (1, 1, 0), (1, 2, 0), (1, 3, 0)
                """)
            for number in 1...count {
                let page = Array("page \(number % 40)".utf8)
                let record = sampleRecord(page: page)
                records.append(record)
                pages.append(page)
                let body = try JSONCoding.encode(record)
                _ = try blobs.store(page, name: SHA256.hexadecimal(of: page))
                try database.withStatement(
                    "INSERT INTO record VALUES(?, ?, 'ansokan-bistand', 3, 0, 1, 'kiosk-1', ?, ?)"
                ) { statement throws(SQLiteError) in
                    try statement.bind(number, at: 1)
                    try statement.bind(record.id.description, at: 2)
                    try statement.bind(SHA256.hash(body), at: 3)
                    try statement.bind(key.seal(body, context: "record:\(record.id)"), at: 4)
                    try statement.run()
                }
                try database.withStatement("INSERT INTO page VALUES(?, 1, ?, 'image/png')") {
                    statement throws(SQLiteError) in
                    try statement.bind(number, at: 1)
                    try statement.bind(SHA256.hexadecimal(of: page), at: 2)
                    try statement.run()
                }
                try database.execute(
                    """
                    INSERT INTO delivery VALUES(1, \(number), 0, 0, 1, NULL, NULL, NULL, NULL);
                    INSERT INTO audit VALUES(
                        \(number), 1, 'kiosk-1', 'record.put', '\(record.id)', '', 'stored', '', x'00', x'00')
                    """)
            }
        }
    }

    func requireAll(in store: some RecordStore) async throws {
        #expect(try await store.counters(of: "cases").pending == records.count)
        for (record, page) in zip(records, pages) {
            let stored = try await store.record(record.id, for: "cases")
            #expect(stored?.body == (try JSONCoding.encode(record)))
            let name = try #require(try stored?.pages().first?.sha256)
            #expect(try await store.blob(name) == page)
        }
        // Sent again it is the same record still.
        for isPretty in [true, false] {
            let body = try JSONCoding.encode(records[0], pretty: isPretty)
            #expect(try await store.put(records[0], body: body, by: .test) == false)
        }
        #expect(try await store.damage() == [])
    }
}

@Suite(.temporaryDirectory) struct `A data folder of the first version` {
    @Test func `is brought up to date, whenever the program is killed in between`() async throws {
        let bridge = try await TestBridge()
        let key = try SealingKey(file: bridge.dataFolder.appending(path: "bridge.key"))
        let first = try FirstFolder(bridge.dataFolder, key: key, count: 600)
        for round in 0..<12 {
            let program = try BackgroundProgram(
                Checkout.programs.appending(path: "blankett-bridge"), ["--config", bridge.file.path()],
                log: TemporaryDirectory.url.appending(path: "bridge.log"))
            try await Task.sleep(for: .milliseconds(20 + round * 8))
            program.kill()
        }
        let store = try await bridge.openStore()
        try await first.requireAll(in: store)
        await store.close()
        // Nothing is left under the hash of a page, or sealed by the store's key alone.
        let blobs = bridge.dataFolder.appending(path: "blobs").path()
        let names = try FileManager.default.subpathsOfDirectory(atPath: blobs).map { $0.split(separator: "/").last }
        #expect(!names.contains { BlobFolder.isName(String($0 ?? "")) })
    }

    /// The n-th write and all that follow fail.
    @Test func `goes on where any of its steps failed`() async throws {
        let place = try await TestStore(.sqlite)
        let first = try FirstFolder(place.folder, key: place.key, count: 450)
        var failures = 0
        for count in 0... {
            let settings = SQLRecordStore.Settings(
                subscriptions: [Subscription(name: "cases")], blobs: place.folder.appending(path: "blobs"),
                key: place.key, makeToken: { SecureRandom.token() })
            do {
                let store = try await SQLRecordStore(
                    FailingEngine(try SQLiteEngine(place.folder), after: count), settings)
                await store.close()
                break
            } catch is FailingEngine.Failure {
                failures += 1
            }
        }
        #expect(failures > 6)
        let store = try await place.open()
        try await first.requireAll(in: store)
        await store.close()
    }

    @Test func `of a later version is refused, with what to do`() async throws {
        let place = try await TestStore(.sqlite)
        await (try place.open()).close()
        try place.change("PRAGMA user_version = 99")
        let error = await #expect(throws: BlankettError.self) { try await place.open() }
        #expect(error?.code == "schema-newer" && error?.exit == .storage && error?.advice != nil)
        let postgres = try await TestStore(.postgres)
        await (try postgres.open()).close()
        try await PrivatePostgres.shared().query("INSERT INTO bridge VALUES(99)", schema: postgres.schema)
        let other = await #expect(throws: BlankettError.self) { try await postgres.open() }
        #expect(other?.code == "schema-newer" && other?.exit == .storage && other?.advice != nil)
    }

    @Test(arguments: StoreKind.allCases)
    func `is not opened with another key`(_ kind: StoreKind) async throws {
        let place = try await TestStore(kind)
        await (try place.open()).close()
        let stranger = TestStore(place, key: SealingKey())
        #expect(await #expect(throws: BlankettError.self) { try await stranger.open() }?.code == "wrong-key")
        await (try place.open()).close()
    }
}
