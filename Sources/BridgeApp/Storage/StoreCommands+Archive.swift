import Delivery
import Foundation
import PostgresStore
import Records
import SQLiteStore
import Sealing
import Support

extension StoreCommands {
    func backup(to file: URL) async throws {
        let file = file.absoluteURL.standardizedFileURL
        let wish = StoreRoutes.BackupWish(file: file.path(percentEncoded: false))
        let manifest: ArchiveManifest
        if try await isRunning() {
            manifest = try await ask("POST", "/backups", JSONCoding.encode(wish)) { _ in throw CancellationError() }
        } else {
            manifest = try await archive(to: file, for: configuration.backupRecipient())
        }
        try BackupNote(configuration.dataFolder).write(Date())
        tell(manifest, file)
    }

    func export(to file: URL) async throws {
        // What a bridge takes in after this would be left behind.
        guard try await !isRunning() else {
            throw BlankettError(
                "bridge-runs", exit: .badInput, "The bridge is running.", advice: "Stop it first, or make a backup.")
        }
        tell(try await archive(to: file, for: nil), file)
    }

    func restore(_ file: URL, key: URL?) async throws {
        guard try await !isRunning() else {
            throw BlankettError("bridge-runs", exit: .badInput, "The bridge is running.", advice: "Stop it first.")
        }
        try DurableFile.makeFolder(configuration.dataFolder)
        let engine: any SQLEngine =
            switch configuration.store {
            case .sqlite: try SQLiteEngine(configuration.dataFolder)
            case .postgres(let information): try await PostgresEngine(information)
            }
        let manifest: ArchiveManifest
        do {
            manifest = try await ArchiveRestore(engine, blobs: configuration.blobFolder).restore(
                file,
                unlock: { recipient, sealed in
                    guard let key else {
                        throw BlankettError(
                            "archive-sealed", exit: .badInput, "The file is sealed for the key \(recipient).",
                            advice: "Give its secret key with --key.")
                    }
                    return try BackupKey(file: key).unseal(sealed)
                }, makeKey: { SealingKey(secret: $0) },
                keepStoreKey: { bytes in
                    let file = configuration.keyFile
                    guard !FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return }
                    try DurableFile.write(bytes, to: file)
                })
            await engine.close()
        } catch {
            await engine.close()
            throw error
        }
        // Opened once, so that a wrong key shows now and not at the next start.
        let store = try await configuration.openStore(create: false)
        await store.close()
        tell(manifest, file)
    }

    private func archive(to file: URL, for recipient: ArchiveRecipient?) async throws -> ArchiveManifest {
        let store = try await configuration.openTables(create: false)
        do {
            let manifest = try await store.archive(to: file, for: recipient)
            await store.close()
            return manifest
        } catch {
            await store.close()
            throw error
        }
    }

    private func tell(_ manifest: ArchiveManifest, _ file: URL) {
        let records = manifest.parts["record"]?.count ?? 0
        let blobs = manifest.parts["blobs"]?.count ?? 0
        let missing = manifest.missing == 0 ? "" : ", \(manifest.missing) page images missing"
        console.print(
            "\(file.lastPathComponent): \(records) records, \(blobs) page images\(missing), "
                + "audit log to line \(manifest.auditHead)")
    }
}

extension BridgeConfiguration {
    /// Whom backups are sealed for, if a public key stands in the configuration.
    func backupRecipient() throws -> ArchiveRecipient? {
        guard let publicKey = backupKey else { return nil }
        return ArchiveRecipient(
            name: publicKey, storeKey: [UInt8](try Data(contentsOf: keyFile)),
            makeKey: {
                let secret = SecureRandom.bytes(32)
                return (SealingKey(secret: secret), secret)
            }, seal: { BackupKey.seal($0, for: publicKey) })
    }
}
