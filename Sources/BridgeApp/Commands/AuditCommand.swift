import Foundation
import Support

extension Command {
    static let audit = Command(
        "audit", summary: Words(en: "The chain of what was done", sv: "Kedjan av vad som gjorts"),
        subcommands: [
            Command(
                "verify",
                summary: Words(
                    en: "Walk the audit log: each line must fit the one before",
                    sv: "Gå igenom loggen: varje rad måste passa till den före"),
                options: [.config, .set]
            ) { invocation in
                try await StoreCommands(invocation.configuration(), invocation.console).verifyAudit()
                return .done
            }
        ])
}
