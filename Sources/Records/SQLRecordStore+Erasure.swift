public import Delivery
import Foundation
public import Support

extension SQLRecordStore {
    public func erase(
        _ id: UUIDv7, evenUndelivered: Bool, by origin: Origin
    ) async throws -> Erasure {
        try await erase(id, why: "erased", by: origin) { deliveries in
            evenUndelivered || deliveries.allSatisfy { $0.phase == .done }
        }
    }

    public func eraseExpired(_ retention: Retention, by origin: Origin) async throws -> Int {
        guard let shortest = retention.shortest else { return 0 }
        let now = settings.now()
        var erased = 0
        var (after, seen) = (Int.min, 0)
        while true {
            let limit = now.addingTimeInterval(-Double(shortest) * 86400).milliseconds
            let candidates = try await engine.read { [after, seen] session in
                try session.query(
                    """
                    SELECT seq, id, form_type, stored_at FROM record
                    WHERE erased_at IS NULL AND stored_at <= $1 AND (stored_at > $2 OR (stored_at = $2 AND seq > $3))
                    ORDER BY stored_at, seq LIMIT 500
                    """, [.integer(limit), .integer(after), .integer(seen)]
                ) { (seq: $0.integer(0), id: $0.text(1) ?? "", form: $0.text(2) ?? "", time: $0.integer(3)) }
            }
            guard let last = candidates.last else { break }
            (after, seen) = (last.time, last.seq)
            for record in candidates {
                guard let days = retention.days(for: record.form), let id = UUIDv7(record.id) else { continue }
                let cutoff = now.addingTimeInterval(-Double(days) * 86400)
                let isOver: @Sendable ([DeliveryState]) -> Bool = { deliveries in
                    !deliveries.isEmpty && deliveries.allSatisfy { $0.phase == .done && $0.due <= cutoff }
                }
                let deliveries = try await engine.read { session in
                    try DeliveryRow.all(of: record.seq, isLocked: false, in: session).map(\.state)
                }
                guard isOver(deliveries) else { continue }
                if try await erase(id, why: "retention", by: origin, if: isOver) == .erased { erased += 1 }
            }
        }
        if erased > 0 { try await engine.forgetDeleted() }
        return erased
    }

    private func erase(
        _ id: UUIDv7, why: String, by origin: Origin, if allows: @escaping @Sendable ([DeliveryState]) -> Bool
    ) async throws -> Erasure {
        let name = id.description
        let (outcome, blobs) = try await engine.write { [self] session -> (Erasure, [String]) in
            let found = try session.first("SELECT seq, erased_at FROM record WHERE id = $1", [.text(name)]) {
                (seq: $0.integer(0), isErased: !$0.isNull(1))
            }
            guard let found else { return (.notFound, []) }
            if found.isErased { return (.wasErased, []) }
            let deliveries = try DeliveryRow.all(of: found.seq, isLocked: true, in: session)
            guard allows(deliveries.map(\.state)) else { return (.undelivered, []) }
            for var delivery in deliveries {
                let before = delivery.state.phase
                if delivery.state.setApart(because: Reason.erased, now: settings.now()) {
                    try delivery.save(was: before, in: session)
                } else if delivery.state.reason != nil {
                    // What a consumer wrote can tell of the person; the receipt is its case.
                    delivery.state.reason = delivery.state.caseId == nil ? Reason.erased : nil
                    try delivery.save(was: before, in: session)
                }
            }
            try session.run(
                "UPDATE record SET key = NULL, body = $1, erased_at = $2, damaged = 0 WHERE seq = $3",
                [.bytes([]), .integer(time), .integer(found.seq)])
            let marks = try session.query("SELECT DISTINCT blob FROM page WHERE seq = $1", [.integer(found.seq)]) {
                $0.text(0) ?? ""
            }
            try session.run("DELETE FROM page WHERE seq = $1", [.integer(found.seq)])
            var files: [String] = []
            for mark in marks {
                // A page that another record has as well stays for that one.
                files += try session.query(
                    """
                    DELETE FROM blob WHERE mark = $1 AND NOT EXISTS(SELECT 1 FROM page WHERE page.blob = blob.mark)
                    RETURNING file
                    """, [.text(mark)]
                ) { $0.text(0) ?? "" }
            }
            session.note(entry("record.erase", name, outcome: why, origin))
            return (.erased, files)
        }
        // Without their keys they cannot be read; what a kill leaves here is swept.
        for file in blobs { files.remove(file) }
        if outcome == .erased, why != "retention" { try await engine.forgetDeleted() }
        return outcome
    }
}
