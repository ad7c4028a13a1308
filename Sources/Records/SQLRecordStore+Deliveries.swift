public import Delivery
import Foundation
public import Support

extension SQLRecordStore {
    private struct Due: Sendable {
        var delivery: DeliveryRow
        var id: String
        var sealed: Contents.Sealed
    }

    public func claim(
        _ subscription: String, limit: Int, leaseSeconds: Int, by origin: Origin
    ) async throws -> (claimed: [ClaimedRecord], pending: Int) {
        let number = try number(subscription)
        // A look is cheaper than a commit, and most polls find nothing.
        let look = try await engine.read { [self] session in
            (hasDue: try Self.hasDue(number, at: time, in: session), pending: try session.count(number, .pending))
        }
        guard look.hasDue else { return ([], look.pending) }
        let (leased, pending, expired) = try await engine.write { [self] session in
            let now = settings.now()
            let expired = try Self.expire(number, now: now, in: session)
            let leased = try Self.due(number, limit: limit, at: now.milliseconds, in: session).map { due in
                var due = due
                due.delivery.state.claim(lease: settings.makeToken(), now: now, seconds: leaseSeconds)
                try due.delivery.save(was: .pending, in: session)
                session.note(entry("delivery.claim", due.id, subscription: subscription, outcome: "leased", origin))
                return due
            }
            return (leased, try session.count(number, .pending), expired)
        }
        if expired > 0 { settings.reportExpired(subscription, expired) }
        var claimed: [ClaimedRecord] = []
        claimed.reserveCapacity(leased.count)
        for due in leased {
            guard let body = try? contents.open(due.sealed, "record:\(due.id)") else {
                try await setApart(due.id)
                continue
            }
            claimed.append(
                ClaimedRecord(
                    leaseId: due.delivery.state.lease ?? "", attempt: due.delivery.state.attempt,
                    leaseExpiresAt: due.delivery.state.due, body: body))
        }
        return (claimed, pending)
    }

    public func waitForRecords(_ subscription: String, atMost duration: Duration) async {
        guard let taker = takers[subscription] else { return }
        let seen = taker.arrivals.count
        // What came before this line, somebody may have to look for again.
        let hasDue = try? await engine.read { [self] in try Self.hasDue(taker.number, at: time, in: $0) }
        if hasDue == true { return }
        await taker.arrivals.wait(after: seen, atMost: min(duration, engine.longestWait))
    }

    public func acknowledge(
        _ items: [AcknowledgementRequest.Item], of subscription: String, by origin: Origin
    ) async throws -> [AcknowledgementResponse.Item] {
        let number = try number(subscription)
        let stored = items.map { item in
            var item = item
            // A person may have written a name into it.
            item.reason = item.reason.map { contents.sealed(reason: $0) }
            return item
        }
        return try await engine.write { [self] session in
            try stored.map { item in
                guard var delivery = try DeliveryRow.find(lease: item.leaseId, of: number, in: session) else {
                    return AcknowledgementResponse.Item(leaseId: item.leaseId, result: .leaseLost)
                }
                let before = delivery.state
                let result = delivery.state.acknowledge(
                    item, now: settings.now(), jitter: Double.random(in: -1...1))
                if delivery.state != before {
                    try delivery.save(was: before.phase, in: session)
                    let id = try session.first("SELECT id FROM record WHERE seq = $1", [.integer(delivery.seq)]) {
                        $0.text(0) ?? ""
                    }
                    session.note(
                        entry(
                            "delivery.acknowledge", id ?? "", subscription: subscription, outcome: result.rawValue,
                            origin))
                }
                return AcknowledgementResponse.Item(leaseId: item.leaseId, result: result)
            }
        }
    }

    public func redrive(
        _ ids: [UUIDv7], of subscription: String, by origin: Origin
    ) async throws -> [RedriveResponse.Item] {
        let number = try number(subscription)
        let items = try await engine.write { [self] session in
            try ids.map { id in
                let name = id.description
                guard var delivery = try DeliveryRow.find(record: name, of: number, in: session) else {
                    return RedriveResponse.Item(recordId: id, result: .notFound)
                }
                if try session.exists("SELECT 1 FROM record WHERE id = $1 AND erased_at IS NOT NULL", [.text(name)]) {
                    return RedriveResponse.Item(recordId: id, result: .erased)
                }
                let before = delivery.state.phase
                guard delivery.state.redrive(now: settings.now()) else {
                    return RedriveResponse.Item(recordId: id, result: .notRejected)
                }
                try delivery.save(was: before, in: session)
                session.note(entry("delivery.redrive", name, subscription: subscription, outcome: "redriven", origin))
                return RedriveResponse.Item(recordId: id, result: .redriven)
            }
        }
        takers[subscription]?.arrivals.ring()
        return items
    }

    public func counters(of subscription: String) async throws -> SubscriptionCounters {
        let number = try number(subscription)
        let now = time
        return try await engine.read { session in
            let oldest = try session.first(
                """
                SELECT stored_at FROM record
                WHERE seq = (
                    SELECT min(seq) FROM delivery\(session.dialect.openDeliveries)
                    WHERE subscription = $1 AND phase < 2)
                """, [.integer(number)]
            ) { $0.integer(0) }
            return SubscriptionCounters(
                pending: try session.count(number, .pending), leased: try session.count(number, .leased),
                done: try session.count(number, .done), rejected: try session.count(number, .rejected),
                oldestPendingSeconds: oldest.map { max(0, (now - $0) / 1000) })
        }
    }

    public func entries(
        of subscription: String, in phase: DeliveryState.Phase?, limit: Int, offset: Int
    ) async throws -> [DeliveryEntry] {
        let number = try number(subscription)
        return try await engine.read { [contents] session in
            // One phase in the order of its queue, all of them in the order in which they came. What is passed over is passed
            // over before the records are looked up.
            let order = phase == nil ? "ORDER BY seq" : "ORDER BY due, seq"
            return try session.query(
                """
                SELECT seq, id, stored_at, \(DeliveryRow.columns) FROM (
                    SELECT seq, \(DeliveryRow.columns) FROM delivery
                    WHERE subscription = $1\(phase == nil ? "" : " AND phase = $4") \(order) LIMIT $2 OFFSET $3
                ) AS listed JOIN record USING(seq) \(order)
                """,
                [.integer(number), .integer(limit), .integer(offset)] + (phase.map { [.integer($0.rawValue)] } ?? [])
            ) { row in
                UUIDv7(row.text(1) ?? "").map { id in
                    var state = DeliveryRow(subscription: number, seq: row.integer(0), row, from: 3).state
                    state.reason = state.reason.map { contents.opened(reason: $0) }
                    return DeliveryEntry(recordId: id, state: state, storedAt: Date(milliseconds: row.integer(2)))
                }
            }.compactMap(\.self)
        }
    }

    /// Whether something can be claimed: pending and due, or leased for too long.
    private static func hasDue(_ subscription: Int, at time: Int, in session: any SQLSession) throws -> Bool {
        try session.exists(
            """
            SELECT 1 WHERE EXISTS(SELECT 1 FROM delivery WHERE subscription = $1 AND phase = 0 AND due <= $2)
                OR EXISTS(SELECT 1 FROM delivery WHERE subscription = $1 AND phase = 1 AND due <= $2)
            """, [.integer(subscription), .integer(time)])
    }

    /// Ends leases whose time is over; at most 100 at once, so that no claim waits for long.
    ///
    /// - Returns: How many.
    private static func expire(_ subscription: Int, now: Date, in session: any SQLSession) throws -> Int {
        let rows = try session.query(
            """
            SELECT seq, \(DeliveryRow.columns) FROM delivery WHERE subscription = $1 AND phase = 1 AND due <= $2
            ORDER BY due LIMIT 100\(session.dialect.lockFreeRows)
            """, [.integer(subscription), .integer(now.milliseconds)]
        ) { DeliveryRow(subscription: subscription, seq: $0.integer(0), $0, from: 1) }
        for var row in rows {
            row.state.expire(now: now)
            try row.save(was: .leased, in: session)
        }
        return rows.count
    }

    private static func due(
        _ subscription: Int, limit: Int, at time: Int, in session: any SQLSession
    ) throws -> [Due] {
        try session.query(
            """
            SELECT seq, id, body, key, \(DeliveryRow.columns) FROM delivery JOIN record USING(seq)
            WHERE subscription = $1 AND phase = 0 AND due <= $2 ORDER BY due, seq
            LIMIT $3\(session.dialect.lockFreeRows)
            """, [.integer(subscription), .integer(time), .integer(limit)]
        ) { row in
            Due(
                delivery: DeliveryRow(subscription: subscription, seq: row.integer(0), row, from: 4),
                id: row.text(1) ?? "",
                sealed: Contents.Sealed(bytes: row.bytes(2) ?? [], key: row.bytes(3) ?? []))
        }
    }
}
