import Delivery
import Foundation
import PostgresStore
import Records
import SQLiteStore
import Sealing
import Support

extension BridgeConfiguration {
    /// Opens the store that the configuration names.
    ///
    /// - Parameters:
    ///   - create: Whether a store that is not there is made, with its key.
    ///   - log: Where damage is told.
    ///   - now: The time.
    /// - Returns: The store.
    /// - Throws: ``BlankettError``.
    func openStore(
        create: Bool, log: Logger = .silent, now: @escaping @Sendable () -> Date = { Date() }
    ) async throws -> any RecordStore {
        try await openTables(create: create, log: log, now: now)
    }

    func openTables(
        create: Bool, log: Logger = .silent, metrics: Metrics = Metrics(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) async throws -> SQLRecordStore {
        var settings = SQLRecordStore.Settings(
            subscriptions: create ? subscriptions : [], blobs: blobFolder,
            key: try SealingKey(file: keyFile, create: create && isNew),
            makeToken: { SecureRandom.bytes(16).hexadecimal }, now: now,
            reportDamage: { log.log(.error, "damaged", .name("what", $0)) })
        settings.reportExpired = { metrics.count("blankett_leases_expired_total", ["subscription": $0], by: $1) }
        settings.reportCommit = { works, time in
            metrics.observe("blankett_commit_duration_seconds", [:], time)
            metrics.observe("blankett_commit_batch_size", [:], value: Double(works))
        }
        switch store {
        case .sqlite:
            if !create, isNew {
                throw BlankettError(
                    "no-store", exit: .badInput, "There is no store in \(dataFolder.lastPathComponent) yet.",
                    advice: "Start the bridge once, or look whether the configuration is the right one.")
            }
            return try await SQLRecordStore(sqlite: dataFolder, settings)
        case .postgres(let information):
            let engine = try await PostgresEngine(information, committed: settings.reportCommit)
            if !engine.isDurable { log.log(.warning, "database-not-durable") }
            return try await SQLRecordStore(engine, settings)
        }
    }

    /// Whether the bridge was never started with this data folder.
    private var isNew: Bool {
        switch store {
        case .sqlite: !FileManager.default.fileExists(atPath: dataFolder.appending(path: "bridge.db").path())
        case .postgres: !FileManager.default.fileExists(atPath: keyFile.path())
        }
    }
}
