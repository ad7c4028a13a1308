import Delivery
import Foundation
import PostgresStore
import Records
import SQLiteStore
import Sealing
import Support
import Synchronization
import Testing
import TestSupport

/// Which database a test runs on.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite, postgres

    var testDescription: String { rawValue }
}

/// A store of the test's own, which can be closed and opened again.
struct TestStore: Sendable {
    let kind: StoreKind
    let folder: URL
    let key: SealingKey
    /// Of a PostgreSQL store: where its tables are.
    let schema: String

    /// Of a PostgreSQL store.
    private let server: PrivatePostgres?

    init(_ kind: StoreKind, _ name: String = "store", key: SealingKey = SealingKey()) async throws {
        self.kind = kind
        self.key = key
        server = kind == .postgres ? try await PrivatePostgres.shared() : nil
        schema = try await server?.makeSchema() ?? ""
        folder = TemporaryDirectory.url.appending(path: name)
        try DurableFile.makeFolder(folder)
    }

    /// The same store, opened with another key.
    init(_ store: TestStore, key: SealingKey) {
        (kind, folder, schema, server) = (store.kind, store.folder, store.schema, store.server)
        self.key = key
    }

    func open(
        _ subscriptions: [Subscription] = [Subscription(name: "cases")],
        now: @escaping @Sendable () -> Date = { Date() }, reportDamage: @escaping @Sendable (String) -> Void = { _ in },
        reportExpired: @escaping @Sendable (String, Int) -> Void = { _, _ in }
    ) async throws -> SQLRecordStore {
        var settings = SQLRecordStore.Settings(
            subscriptions: subscriptions, blobs: folder.appending(path: "blobs"), key: key,
            makeToken: { SecureRandom.token() }, now: now, reportDamage: reportDamage)
        settings.reportExpired = reportExpired
        switch kind {
        case .sqlite: return try await SQLRecordStore(sqlite: folder, settings)
        case .postgres: return try await SQLRecordStore(postgres: try information(), settings)
        }
    }

    /// The database alone; its tables are empty before the store was opened.
    func engine() async throws -> any SQLEngine {
        switch kind {
        case .sqlite: try SQLiteEngine(folder)
        case .postgres: try await PostgresEngine(try information())
        }
    }

    /// Takes an archive into this store, which was never opened.
    @discardableResult func restore(
        _ file: URL, secret: BackupKey? = nil, into given: (any SQLEngine)? = nil,
        keep: ([UInt8]) throws -> Void = { _ in }
    ) async throws -> ArchiveManifest {
        let engine: any SQLEngine
        if let given { engine = given } else { engine = try await self.engine() }
        do {
            let manifest = try await ArchiveRestore(engine, blobs: folder.appending(path: "blobs")).restore(
                file,
                unlock: { _, sealed in
                    guard let secret else { throw BlankettError("archive-sealed", exit: .badInput, "It is sealed.") }
                    return try secret.unseal(sealed)
                }, makeKey: { SealingKey(secret: $0) }, keepStoreKey: keep)
            if given == nil { await engine.close() }
            return manifest
        } catch {
            if given == nil { await engine.close() }
            throw error
        }
    }

    func information() throws -> String {
        try #require(server).information(schema: schema)
    }

    /// Changes one bit of a value in a closed store.
    func flipBit(in table: String, column: String, where condition: String) async throws {
        switch kind {
        case .sqlite:
            let database = try openDatabase()
            var bytes = try database.withStatement("SELECT \(column) FROM \(table) WHERE \(condition)") {
                statement throws(SQLiteError) in
                try statement.step() ? statement.blob(at: 0) ?? [] : []
            }
            bytes[bytes.count / 2] ^= 4
            try database.withStatement("UPDATE \(table) SET \(column) = ? WHERE \(condition)") {
                [bytes] statement throws(SQLiteError) in
                try statement.bind(bytes, at: 1)
                try statement.run()
            }
        case .postgres:
            let middle = "length(\(column)) / 2"
            try await #require(server).query(
                """
                UPDATE \(table) SET \(column) = set_byte(\(column), \(middle), get_byte(\(column), \(middle)) # 4)
                WHERE \(condition)
                """, schema: schema)
        }
    }

    /// Changes a closed SQLite store behind its back.
    func change(_ sql: String) throws {
        try openDatabase().execute(sql)
    }

    private func openDatabase() throws -> Database {
        let schema = Database.Schema(
            applicationID: RecordSchema.applicationID, migrations: RecordSchema.sqlite.map { _ in "" })
        return try Database(folder.appending(path: "bridge.db"), schema: schema)
    }
}

extension RecordStore {
    /// Stores a record and its page, as an agent would.
    @discardableResult func send(_ record: Record, page: [UInt8] = samplePage) async throws -> Bool {
        _ = try await putBlob(page, name: SHA256.hexadecimal(of: page))
        return try await put(record, body: try JSONCoding.encode(record), by: .test)
    }
}

extension Origin {
    static var test: Origin { Origin(actor: "test", request: UUIDv7()) }
}

/// A value that several tasks of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) {
        state = Mutex(value)
    }

    var value: Value { state.withLock { $0 } }

    func change(_ body: (inout sending Value) -> Void) {
        state.withLock { body(&$0) }
    }
}
