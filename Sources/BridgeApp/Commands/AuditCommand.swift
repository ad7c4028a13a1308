import Foundation
import SQLiteStore
import Sealing
import Support

extension Command {
    static let audit = Command(
        "audit", summary: Words(en: "The chain of what was done", sv: "Kedjan av vad som gjorts"),
        subcommands: [
            Command(
                "verify",
                summary: Words(
                    en: "Walk the audit log of a stopped bridge; a running one answers /audit on admin.sock",
                    sv: "Gå igenom loggen hos en stoppad brygga; en som är igång svarar på /audit på admin.sock"),
                options: [.config, .set]
            ) { invocation in
                let configuration = try invocation.configuration()
                let store = try SQLiteRecordStore(
                    configuration.dataFolder, subscriptions: [],
                    sealer: try SealingKey(file: configuration.keyFile, create: false), makeToken: { "" })
                let (rows, broken) = try await store.verifyAudit()
                await store.close()
                if let broken {
                    throw BlankettError(
                        "audit-broken", exit: .storage,
                        "Row \(broken) of the audit log was changed, or one before it is gone.",
                        advice: "Keep a copy of the data folder, and ask who could write there.")
                }
                invocation.console.print("\(rows) rows, each fits the one before")
                return .done
            }
        ])
}
