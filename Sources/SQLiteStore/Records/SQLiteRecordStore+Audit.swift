public import Delivery
import Foundation
import Support

extension SQLiteRecordStore {
    public func note(_ action: String, object: String, outcome: String, by origin: Origin) async throws {
        let time = Date().milliseconds
        try await write { [audit] database in
            try audit.append(
                AuditLog.Entry(
                    time: time, actor: origin.actor, action: action, object: object, outcome: outcome,
                    request: origin.request.description), to: database)
        }
    }
}
