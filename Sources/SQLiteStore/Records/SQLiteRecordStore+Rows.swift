import Delivery
import Foundation
import Support

// The statements behind the store, one function each.
extension SQLiteRecordStore {
    struct DueRow: Sendable {
        var delivery: DeliveryRow
        var id: String
        var body: [UInt8]
    }

    /// Makes a subscription if it is new, and gives its number.
    static func enter(_ subscription: Subscription, into database: borrowing Database) throws -> Int {
        let known = try database.withStatement("SELECT number FROM subscription WHERE name = ?") {
            statement throws(SQLiteError) in
            try statement.bind(subscription.name, at: 1)
            return try statement.step() ? statement.integer(at: 0) : nil
        }
        if let known { return known }
        try database.withStatement("INSERT INTO subscription(name) VALUES(?)") { statement throws(SQLiteError) in
            try statement.bind(subscription.name, at: 1)
            try statement.run()
        }
        let number = database.lastInsertedRow
        for phase in DeliveryState.Phase.allCases {
            try database.withStatement("INSERT INTO tally VALUES(?, ?, 0)") { statement throws(SQLiteError) in
                try statement.bind(number, at: 1)
                try statement.bind(phase.rawValue, at: 2)
                try statement.run()
            }
        }
        if subscription.start == .earliest { try deliverStored(to: subscription, number, in: database) }
        return number
    }

    private static func deliverStored(
        to subscription: Subscription, _ number: Int, in database: borrowing Database
    ) throws {
        let rows = try database.withStatement("SELECT seq, form_type, test, stored_at FROM record ORDER BY seq") {
            statement throws(SQLiteError) in
            var rows: [(seq: Int, time: Int)] = []
            while try statement.step() {
                guard subscription.takes(formType: statement.text(at: 1) ?? "", isTest: statement.flag(at: 2)) else {
                    continue
                }
                rows.append((statement.integer(at: 0), statement.integer(at: 3)))
            }
            return rows
        }
        for row in rows { try insertDelivery(number, row.seq, due: row.time, into: database) }
    }

    static func digest(
        of id: UUIDv7, in database: borrowing Database
    ) throws -> (digest: [UInt8], body: [UInt8])? {
        try database.withStatement("SELECT digest, body FROM record WHERE id = ?") { statement throws(SQLiteError) in
            try statement.bind(id.description, at: 1)
            guard try statement.step() else { return nil }
            return (statement.blob(at: 0) ?? [], statement.blob(at: 1) ?? [])
        }
    }

    static func insert(
        _ record: Record, digest: [UInt8], body: [UInt8], agent: String, time: Int, into database: borrowing Database
    ) throws -> Int {
        try database.withStatement(
            """
            INSERT INTO record(id, form_type, form_version, test, stored_at, agent, digest, body)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { statement throws(SQLiteError) in
            try statement.bind(record.id.description, at: 1)
            try statement.bind(record.data.form.type, at: 2)
            try statement.bind(record.data.form.version, at: 3)
            try statement.bind(record.data.test, at: 4)
            try statement.bind(time, at: 5)
            try statement.bind(agent, at: 6)
            try statement.bind(digest, at: 7)
            try statement.bind(body, at: 8)
            try statement.run()
        }
        let seq = database.lastInsertedRow
        for page in record.data.pages {
            try database.withStatement("INSERT INTO page VALUES(?, ?, ?, ?)") { statement throws(SQLiteError) in
                try statement.bind(seq, at: 1)
                try statement.bind(page.number, at: 2)
                try statement.bind(page.sha256, at: 3)
                try statement.bind(page.mediaType, at: 4)
                try statement.run()
            }
        }
        return seq
    }

    static func insertDelivery(
        _ subscription: Int, _ seq: Int, due: Int, into database: borrowing Database
    ) throws {
        try database.withStatement(
            "INSERT INTO delivery(subscription, seq, phase, attempt, due) VALUES(?, ?, 0, 0, ?)"
        ) { statement throws(SQLiteError) in
            try statement.bind(subscription, at: 1)
            try statement.bind(seq, at: 2)
            try statement.bind(due, at: 3)
            try statement.run()
        }
        try DeliveryRow.tally(subscription, .pending, 1, in: database)
    }

    static func pages(of seq: Int, in database: borrowing ReadOnlyDatabase) throws -> [StoredRecord.Page] {
        try database.withStatement("SELECT number, sha256, media_type FROM page WHERE seq = ? ORDER BY number") {
            statement throws(SQLiteError) in
            try statement.bind(seq, at: 1)
            var pages: [StoredRecord.Page] = []
            while try statement.step() {
                pages.append(
                    StoredRecord.Page(
                        number: statement.integer(at: 0), sha256: statement.text(at: 1) ?? "",
                        mediaType: statement.text(at: 2) ?? ""))
            }
            return pages
        }
    }

    static func id(of seq: Int, in database: borrowing Database) throws -> String {
        try database.withStatement("SELECT id FROM record WHERE seq = ?") { statement throws(SQLiteError) in
            try statement.bind(seq, at: 1)
            return try statement.step() ? statement.text(at: 0) ?? "" : ""
        }
    }

    /// Whether something can be claimed: pending and due, or leased for too long.
    static func hasDue(_ subscription: Int, at time: Int, in database: borrowing ReadOnlyDatabase) throws -> Bool {
        try database.withStatement(
            """
            SELECT EXISTS(SELECT 1 FROM delivery WHERE subscription = ?1 AND phase = 0 AND due <= ?2)
                OR EXISTS(SELECT 1 FROM delivery WHERE subscription = ?1 AND phase = 1 AND due <= ?2)
            """
        ) { statement throws(SQLiteError) in
            try statement.bind(subscription, at: 1)
            try statement.bind(time, at: 2)
            return try statement.step() && statement.flag(at: 0)
        }
    }

    /// Ends leases whose time is over; at most 100 at once, so that no claim waits for long.
    static func expire(_ subscription: Int, now: Date, in database: borrowing Database) throws {
        let rows = try database.withStatement(
            """
            SELECT seq, \(DeliveryRow.columns) FROM delivery WHERE subscription = ? AND phase = 1 AND due <= ?
            ORDER BY due LIMIT 100
            """
        ) { statement throws(SQLiteError) in
            try statement.bind(subscription, at: 1)
            try statement.bind(now.milliseconds, at: 2)
            var rows: [DeliveryRow] = []
            while try statement.step() {
                rows.append(DeliveryRow(subscription: subscription, seq: statement.integer(at: 0), statement, from: 1))
            }
            return rows
        }
        for var row in rows {
            row.state.expire(now: now)
            try row.save(was: .leased, to: database)
        }
    }

    static func due(
        _ subscription: Int, limit: Int, at time: Int, in database: borrowing Database
    ) throws -> [DueRow] {
        try database.withStatement(
            """
            SELECT seq, id, body, \(DeliveryRow.columns) FROM delivery JOIN record USING(seq)
            WHERE subscription = ? AND phase = 0 AND due <= ? ORDER BY due, seq LIMIT ?
            """
        ) { statement throws(SQLiteError) in
            try statement.bind(subscription, at: 1)
            try statement.bind(time, at: 2)
            try statement.bind(limit, at: 3)
            var rows: [DueRow] = []
            while try statement.step() {
                rows.append(
                    DueRow(
                        delivery: DeliveryRow(
                            subscription: subscription, seq: statement.integer(at: 0), statement, from: 3),
                        id: statement.text(at: 1) ?? "", body: statement.blob(at: 2) ?? []))
            }
            return rows
        }
    }

    static func entries(
        of subscription: Int, in phase: DeliveryState.Phase?, limit: Int, offset: Int,
        from database: borrowing ReadOnlyDatabase
    ) throws -> [DeliveryEntry] {
        // One phase in the order of its queue, all of them in the order in which they came.
        try database.withStatement(
            """
            SELECT seq, id, stored_at, \(DeliveryRow.columns) FROM delivery JOIN record USING(seq)
            WHERE subscription = ?1 \(phase == nil ? "ORDER BY seq" : "AND phase = ?4 ORDER BY due, seq")
            LIMIT ?2 OFFSET ?3
            """
        ) { statement throws(SQLiteError) in
            try statement.bind(subscription, at: 1)
            try statement.bind(limit, at: 2)
            try statement.bind(offset, at: 3)
            if let phase { try statement.bind(phase.rawValue, at: 4) }
            var entries: [DeliveryEntry] = []
            while try statement.step() {
                guard let id = UUIDv7(statement.text(at: 1) ?? "") else { continue }
                let row = DeliveryRow(subscription: subscription, seq: statement.integer(at: 0), statement, from: 3)
                entries.append(
                    DeliveryEntry(
                        recordId: id, state: row.state, storedAt: Date(milliseconds: statement.integer(at: 2))))
            }
            return entries
        }
    }

    static func count(
        _ subscription: Int, _ phase: DeliveryState.Phase, in database: borrowing ReadOnlyDatabase
    ) throws -> Int {
        try database.withStatement(tallySQL) { statement throws(SQLiteError) in
            try readTally(statement, subscription, phase)
        }
    }

    static func count(
        _ subscription: Int, _ phase: DeliveryState.Phase, in database: borrowing Database
    ) throws -> Int {
        try database.withStatement(tallySQL) { statement throws(SQLiteError) in
            try readTally(statement, subscription, phase)
        }
    }

    private static let tallySQL = "SELECT number FROM tally WHERE subscription = ? AND phase = ?"

    private static func readTally(
        _ statement: borrowing Statement, _ subscription: Int, _ phase: DeliveryState.Phase
    ) throws(SQLiteError) -> Int {
        try statement.bind(subscription, at: 1)
        try statement.bind(phase.rawValue, at: 2)
        return try statement.step() ? statement.integer(at: 0) : 0
    }
}
