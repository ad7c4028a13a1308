public import Delivery
import HTTP
public import Support
import Foundation

extension SQLRecordStore {
    /// A record as it lies in its table.
    struct Row: Sendable {
        var seq: Int
        var digest: [UInt8]
        var sealed: Contents.Sealed
        var isErased: Bool
        var isDamaged: Bool

        static let columns = "seq, digest, body, key, erased_at, damaged"

        init(_ row: any SQLRow) {
            seq = row.integer(0)
            digest = row.bytes(1) ?? []
            sealed = Contents.Sealed(bytes: row.bytes(2) ?? [], key: row.bytes(3) ?? [])
            isErased = !row.isNull(4)
            isDamaged = row.integer(5) != 0
        }
    }

    private enum Put: Sendable {
        case stored(for: [Taker])
        case mended
        case wasThere(Row)
        case wants(blobs: [String])
    }

    public func put(_ record: Record, body: [UInt8], by origin: Origin) async throws -> Bool {
        let id = record.id.description
        let digest = contents.mark(body)
        let sealed = contents.seal(body, "record:\(id)")
        let pages = record.data.pages.map { (page: $0, mark: contents.mark(ofBlob: $0.sha256)) }
        let outcome = try await engine.write { [self] session -> Put in
            func whatIsThere() throws -> Put? {
                let stored = try session.first(
                    "SELECT \(Row.columns) FROM record WHERE id = $1", [.text(id)], Row.init)
                guard let stored else { return nil }
                guard stored.isDamaged, stored.digest == digest else { return .wasThere(stored) }
                try mend(stored.seq, id, sealed, in: session, by: origin)
                return .mended
            }
            // Refusals are decided before anything is written, and nobody's work is rolled back for them.
            let missing = try pages.filter { page in
                try !session.exists("SELECT 1 FROM blob WHERE mark = $1 AND damaged = 0", [.text(page.mark)])
            }
            guard missing.isEmpty else {
                return try whatIsThere() ?? .wants(blobs: Set(missing.map(\.page.sha256)).sorted())
            }
            let time = time
            // Most are new: what is there is looked at only when this one does not get in.
            let made = try session.insert(
                """
                INSERT INTO record(id, form_type, form_version, test, stored_at, agent, digest, body, key)
                VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT(id) DO NOTHING
                """,
                [
                    .text(id), .text(record.data.form.type), .integer(record.data.form.version),
                    .integer(record.data.test ? 1 : 0), .integer(time), .text(origin.actor), .bytes(digest),
                    .bytes(sealed.bytes), .bytes(sealed.key),
                ], numbering: "seq")
            guard let seq = made else {
                // Where there is none, it was sent to another bridge at the same moment.
                guard let there = try whatIsThere() else { throw Problem.tryAgain }
                return there
            }
            for (page, mark) in pages {
                try session.run(
                    "INSERT INTO page(seq, number, blob, media_type) VALUES($1, $2, $3, $4)",
                    [.integer(seq), .integer(page.number), .text(mark), .text(page.mediaType)])
            }
            let takers = takers.values.filter {
                $0.rule.takes(formType: record.data.form.type, isTest: record.data.test)
            }
            for taker in takers { try DeliveryRow.insert(taker.number, seq, due: time, in: session) }
            session.note(entry("record.put", id, outcome: "stored", origin))
            return .stored(for: takers)
        }
        switch outcome {
        case .stored(let takers):
            for taker in takers { taker.arrivals.ring() }
            return true
        case .mended:
            for taker in takers.values { taker.arrivals.ring() }
            return true
        case .wants(let blobs):
            throw Problem(
                "missing-blobs", status: 424, title: "Page images are missing: send them first", missing: blobs)
        case .wasThere(let row):
            if row.digest == digest { return false }
            if row.isErased { throw Problem.erased }
            try requireSame(record, row)
            return false
        }
    }

    public func record(_ id: UUIDv7, for subscription: String) async throws -> StoredRecord? {
        let number = try number(subscription)
        let found = try await engine.read { session in
            try session.first(
                "SELECT \(Row.columns) FROM record JOIN delivery USING(seq) WHERE id = $1 AND subscription = $2",
                [.text(id.description), .integer(number)], Row.init)
        }
        guard let found else { return nil }
        if found.isErased { throw Problem.erased }
        guard !found.isDamaged, let body = try? contents.open(found.sealed, "record:\(id)") else {
            try await setApart(id.description, wasKnown: found.isDamaged)
            throw Problem.damaged
        }
        return StoredRecord(id: id, body: body, digest: SHA256.hash(body))
    }

    /// A line of the audit log, of now.
    func entry(
        _ action: String, _ object: String, subscription: String = "", outcome: String, _ origin: Origin
    ) -> AuditEntry {
        AuditEntry(
            time: time, actor: origin.actor, action: action, object: object, subscription: subscription,
            outcome: outcome, request: origin.request.description)
    }

    // MARK: Damage

    /// Nobody gets a damaged record: it waits among the dead letters, and the others go on.
    func setApart(_ id: String, wasKnown: Bool = false) async throws {
        guard !wasKnown else { return }
        let origin = Origin(actor: "bridge", request: UUIDv7())
        try await engine.write { [self] session in
            let seq = try session.first(
                "UPDATE record SET damaged = 1 WHERE id = $1 AND damaged = 0 AND erased_at IS NULL RETURNING seq",
                [.text(id)]
            ) { $0.integer(0) }
            guard let seq else { return }
            for var delivery in try DeliveryRow.all(of: seq, isLocked: true, in: session) {
                let before = delivery.state.phase
                guard delivery.state.setApart(because: Reason.damaged, now: settings.now()) else { continue }
                try delivery.save(was: before, in: session)
            }
            session.note(entry("record.damaged", id, outcome: "set-apart", origin))
        }
        settings.reportDamage("record \(id)")
    }

    /// The agent still had it: what was set apart can be delivered after all.
    private func mend(
        _ seq: Int, _ id: String, _ sealed: Contents.Sealed, in session: any SQLSession, by origin: Origin
    ) throws {
        try session.run(
            "UPDATE record SET body = $1, key = $2, damaged = 0 WHERE seq = $3",
            [.bytes(sealed.bytes), .bytes(sealed.key), .integer(seq)])
        for var delivery in try DeliveryRow.all(of: seq, isLocked: true, in: session) {
            guard delivery.state.reason == Reason.damaged, delivery.state.redrive(now: settings.now()) else { continue }
            try delivery.save(was: .rejected, in: session)
        }
        session.note(entry("record.put", id, outcome: "mended", origin))
    }

    /// The same record can be written in other bytes, such as with its keys in another order.
    private func requireSame(_ record: Record, _ row: Row) throws {
        guard let body = try? contents.open(row.sealed, "record:\(record.id)"),
            let stored: Record = try? JSONCoding.decode(from: body), stored == record
        else { throw Problem("record-conflict", status: 409, title: "Another record has this id") }
    }

    /// Why the bridge itself rejects a delivery.
    enum Reason {
        static let damaged = "damaged"
        static let erased = "erased"
        /// What stands in clear, for a consumer never wrote it: these, and those of `DeliveryState`.
        static let ownWords: Set = [damaged, erased, "attempts-used", "rejected"]
    }
}
