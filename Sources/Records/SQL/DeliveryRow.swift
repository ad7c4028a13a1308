import Delivery
import Foundation

typealias DeliveryPhase = DeliveryState.Phase

/// One row of the table `delivery`, and the machine that decides what becomes of it.
struct DeliveryRow: Sendable {
    let subscription: Int
    let seq: Int
    var state: DeliveryState

    static let columns = "phase, attempt, due, lease, case_id, system, reason"

    /// Reads the columns in the order of ``columns``, from `first` on.
    init(subscription: Int, seq: Int, _ row: any SQLRow, from first: Int) {
        self.subscription = subscription
        self.seq = seq
        state = DeliveryState(
            phase: DeliveryPhase(rawValue: row.integer(first)) ?? .rejected,
            attempt: row.integer(first + 1), due: Date(milliseconds: row.integer(first + 2)),
            lease: row.text(first + 3), caseId: row.text(first + 4), system: row.text(first + 5),
            reason: row.text(first + 6))
    }

    static func find(lease: String, of subscription: Int, in session: any SQLSession) throws -> DeliveryRow? {
        try session.first(
            "SELECT seq, \(columns) FROM delivery WHERE lease = $1 AND subscription = $2\(session.dialect.lockRow)",
            [.text(lease), .integer(subscription)]
        ) { DeliveryRow(subscription: subscription, seq: $0.integer(0), $0, from: 1) }
    }

    static func find(record: String, of subscription: Int, in session: any SQLSession) throws -> DeliveryRow? {
        try session.first(
            """
            SELECT seq, \(columns) FROM delivery JOIN record USING(seq)
            WHERE id = $1 AND subscription = $2\(session.dialect.lockRow)
            """, [.text(record), .integer(subscription)]
        ) { DeliveryRow(subscription: subscription, seq: $0.integer(0), $0, from: 1) }
    }

    /// All deliveries of one record.
    static func all(of seq: Int, isLocked: Bool, in session: any SQLSession) throws -> [DeliveryRow] {
        try session.query(
            """
            SELECT subscription, \(columns) FROM delivery
            WHERE subscription IN (SELECT number FROM subscription) AND seq = $1
            ORDER BY subscription\(isLocked ? session.dialect.lockRow : "")
            """, [.integer(seq)]
        ) { DeliveryRow(subscription: $0.integer(0), seq: seq, $0, from: 1) }
    }

    static func insert(_ subscription: Int, _ seq: Int, due: Int, in session: any SQLSession) throws {
        try session.run(
            "INSERT INTO delivery(subscription, seq, phase, attempt, due) VALUES($1, $2, 0, 0, $3)",
            [.integer(subscription), .integer(seq), .integer(due)])
        session.tally(subscription, .pending, 1)
    }

    func save(was phase: DeliveryPhase, in session: any SQLSession) throws {
        try session.run(
            """
            UPDATE delivery SET phase = $1, attempt = $2, due = $3, lease = $4, case_id = $5, system = $6, reason = $7
            WHERE subscription = $8 AND seq = $9
            """,
            [
                .integer(state.phase.rawValue), .integer(state.attempt), .integer(state.due.milliseconds),
                .optional(state.lease), .optional(state.caseId), .optional(state.system), .optional(state.reason),
                .integer(subscription), .integer(seq),
            ])
        guard phase != state.phase else { return }
        session.tally(subscription, phase, -1)
        session.tally(subscription, state.phase, 1)
    }
}

extension Date {
    package var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded()) }

    package init(milliseconds: Int) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
