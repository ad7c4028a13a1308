import Foundation
import PostgresStore
import Records
import SQLiteStore
import Sealing
import Support

extension StoreCommands {
    /// Seals the keys of all contents with a new key, and puts that in place of the old one.
    func rekey() async throws {
        guard try await !isRunning() else {
            throw BlankettError(
                "bridge-runs", exit: .badInput, "The bridge is running.",
                advice: "Stop it first, and all others that share the database.")
        }
        let file = configuration.keyFile
        // Lies beside the old one until all is sealed with it.
        let next = file.appendingPathExtension("next")
        if let left = try? Data(contentsOf: next), left == (try? Data(contentsOf: file)) {
            // The last change was killed when all but this was done.
            try FileManager.default.removeItem(at: next)
        }
        if !FileManager.default.fileExists(atPath: next.path(percentEncoded: false)) {
            // Brings the tables up to date, and shows a wrong key before anything is changed.
            try await configuration.openTables(create: false).close()
        }
        let new = try SealingKey(file: next)
        let engine: any SQLEngine =
            switch configuration.store {
            case .sqlite: try SQLiteEngine(configuration.dataFolder)
            case .postgres(let information): try await PostgresEngine(information)
            }
        let count: Int
        do {
            guard try await engine.isAlone() else {
                throw BlankettError(
                    "bridge-runs", exit: .badInput, "Another bridge, or a command of it, uses the same database.",
                    advice: "Stop all bridges that share it first.")
            }
            count = try await Rekeying(engine, from: try SealingKey(file: file, create: false), to: new).run()
            await engine.close()
        } catch {
            await engine.close()
            throw error
        }
        do {
            try DurableFile.write([UInt8](try Data(contentsOf: next)), to: file)
            try FileManager.default.removeItem(at: next)
        } catch {
            throw BlankettError(
                "key-not-replaced", exit: .storage,
                "All is sealed with the new key, but it could not be put in the place of the old one.",
                advice:
                    "Put \(next.lastPathComponent) in the place of \(file.lastPathComponent), and start the bridge.",
                cause: error)
        }
        console.print("\(count) keys are sealed with the new key; keep a safe copy of \(file.lastPathComponent)")
    }
}
