import Delivery
import Foundation
import Support

/// The chain of what was done: each row holds the hash of the row before, so that a changed or missing row shows.
///
/// A row is written in the transaction of what it tells. It holds names and ids, never contents.
struct AuditLog: Sendable {
    struct Entry {
        var time: Int
        var actor: String
        var action: String
        var object: String
        var subscription = ""
        var outcome: String
        var request: String
    }

    let sealer: any Sealer

    func append(_ entry: Entry, to database: borrowing Database) throws {
        let (last, previous) = try database.withStatement("SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1") {
            statement throws(SQLiteError) in
            try statement.step() ? (statement.integer(at: 0), statement.blob(at: 1) ?? []) : (0, Self.beginning)
        }
        try database.withStatement("INSERT INTO audit VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") {
            statement throws(SQLiteError) in
            try statement.bind(last + 1, at: 1)
            try statement.bind(entry.time, at: 2)
            try statement.bind(entry.actor, at: 3)
            try statement.bind(entry.action, at: 4)
            try statement.bind(entry.object, at: 5)
            try statement.bind(entry.subscription, at: 6)
            try statement.bind(entry.outcome, at: 7)
            try statement.bind(entry.request, at: 8)
            try statement.bind(previous, at: 9)
            try statement.bind(hash(entry, number: last + 1, previous: previous), at: 10)
            try statement.run()
        }
    }

    /// Walks the chain; the number of the first row that does not fit, if any.
    func firstBrokenRow(in database: borrowing ReadOnlyDatabase) throws -> (rows: Int, broken: Int?) {
        try database.withStatement(
            """
            SELECT n, time, actor, action, object, subscription, outcome, request, previous, hash FROM audit ORDER BY n
            """
        ) { statement throws(SQLiteError) in
            var number = 0
            var previous = Self.beginning
            while try statement.step() {
                number += 1
                let entry = Entry(
                    time: statement.integer(at: 1), actor: statement.text(at: 2) ?? "",
                    action: statement.text(at: 3) ?? "", object: statement.text(at: 4) ?? "",
                    subscription: statement.text(at: 5) ?? "", outcome: statement.text(at: 6) ?? "",
                    request: statement.text(at: 7) ?? "")
                let hash = hash(entry, number: number, previous: previous)
                guard statement.integer(at: 0) == number, statement.blob(at: 8) == previous,
                    statement.blob(at: 9) == hash
                else { return (number, number) }
                previous = hash
            }
            return (number, nil)
        }
    }

    private static let beginning = [UInt8](repeating: 0, count: 32)

    /// SHA-256 of the previous hash and the fields, each with its length before it.
    private func hash(_ entry: Entry, number: Int, previous: [UInt8]) -> [UInt8] {
        var bytes = previous
        for field in [
            "\(number)", "\(entry.time)", entry.actor, entry.action, entry.object, entry.subscription, entry.outcome,
            entry.request,
        ] {
            bytes.append(contentsOf: "\(field.utf8.count):".utf8)
            bytes.append(contentsOf: field.utf8)
        }
        return sealer.hash(bytes)
    }
}
