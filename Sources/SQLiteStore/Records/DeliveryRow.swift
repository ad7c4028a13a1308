import Delivery
import Foundation

/// One row of the table `delivery`, and the machine that decides what becomes of it.
struct DeliveryRow: Sendable {
    let subscription: Int
    let seq: Int
    var state: DeliveryState

    static let columns = "phase, attempt, due, lease, case_id, system, reason"

    /// Reads the columns in the order of ``columns``, from `first` on.
    init(subscription: Int, seq: Int, _ statement: borrowing Statement, from first: Int) {
        self.subscription = subscription
        self.seq = seq
        state = DeliveryState(
            phase: DeliveryState.Phase(rawValue: statement.integer(at: first)) ?? .rejected,
            attempt: statement.integer(at: first + 1), due: Date(milliseconds: statement.integer(at: first + 2)),
            lease: statement.text(at: first + 3), caseId: statement.text(at: first + 4),
            system: statement.text(at: first + 5), reason: statement.text(at: first + 6))
    }

    static func find(lease: String, of subscription: Int, in database: borrowing Database) throws -> DeliveryRow? {
        try database.withStatement("SELECT seq, \(columns) FROM delivery WHERE lease = ? AND subscription = ?") {
            statement throws(SQLiteError) in
            try statement.bind(lease, at: 1)
            try statement.bind(subscription, at: 2)
            guard try statement.step() else { return nil }
            return DeliveryRow(subscription: subscription, seq: statement.integer(at: 0), statement, from: 1)
        }
    }

    static func find(record: String, of subscription: Int, in database: borrowing Database) throws -> DeliveryRow? {
        try database.withStatement(
            "SELECT seq, \(columns) FROM delivery JOIN record USING(seq) WHERE id = ? AND subscription = ?"
        ) { statement throws(SQLiteError) in
            try statement.bind(record, at: 1)
            try statement.bind(subscription, at: 2)
            guard try statement.step() else { return nil }
            return DeliveryRow(subscription: subscription, seq: statement.integer(at: 0), statement, from: 1)
        }
    }

    func save(was phase: DeliveryState.Phase, to database: borrowing Database) throws {
        try database.withStatement(
            """
            UPDATE delivery SET phase = ?, attempt = ?, due = ?, lease = ?, case_id = ?, system = ?, reason = ?
            WHERE subscription = ? AND seq = ?
            """
        ) { statement throws(SQLiteError) in
            try statement.bind(state.phase.rawValue, at: 1)
            try statement.bind(state.attempt, at: 2)
            try statement.bind(state.due.milliseconds, at: 3)
            try statement.bind(state.lease, at: 4)
            try statement.bind(state.caseId, at: 5)
            try statement.bind(state.system, at: 6)
            try statement.bind(state.reason, at: 7)
            try statement.bind(subscription, at: 8)
            try statement.bind(seq, at: 9)
            try statement.run()
        }
        guard phase != state.phase else { return }
        try Self.tally(subscription, phase, -1, in: database)
        try Self.tally(subscription, state.phase, 1, in: database)
    }

    static func tally(
        _ subscription: Int, _ phase: DeliveryState.Phase, _ change: Int, in database: borrowing Database
    ) throws {
        try database.withStatement("UPDATE tally SET number = number + ? WHERE subscription = ? AND phase = ?") {
            statement throws(SQLiteError) in
            try statement.bind(change, at: 1)
            try statement.bind(subscription, at: 2)
            try statement.bind(phase.rawValue, at: 3)
            try statement.run()
        }
    }
}
