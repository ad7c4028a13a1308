import Delivery
import Foundation
import Support

/// One line of the audit log: what was done, with names and ids, never contents.
struct AuditEntry: Sendable {
    var time: Int
    var actor: String
    var action: String
    var object: String
    var subscription = ""
    var outcome: String
    var request: String
}

/// What a transaction writes at its end, when the least time is left in which another bridge has to wait.
public struct ClosingEntries: Sendable {
    struct Tally: Hashable, Comparable {
        var subscription: Int
        var phase: Int

        static func < (one: Tally, other: Tally) -> Bool {
            (one.subscription, one.phase) < (other.subscription, other.phase)
        }
    }

    var audit: [AuditEntry] = []
    /// How many deliveries came into a phase, or left it.
    var tallies: [Tally: Int] = [:]

    public init() {}
}

/// How far the audit log has come.
public struct AuditHead: Sendable, Hashable {
    public var number: Int
    public var hash: [UInt8]

    public init(number: Int, hash: [UInt8]) {
        self.number = number
        self.hash = hash
    }

    static let beginning = AuditHead(number: 0, hash: [UInt8](repeating: 0, count: 32))
}

/// The chain of what was done: each row holds the hash of the row before, so that a changed or missing row shows.
///
/// A row is written in the transaction of what it tells. The hash needs no key, so that the chain can be checked after
/// any change of keys, and by somebody who may not read contents.
enum AuditLog {
    static let columns = "n, time, actor, action, object, subscription, outcome, request, previous, hash"

    private static let insertion =
        "INSERT INTO audit(\(columns)) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"

    static func head(in session: any SQLSession) throws -> AuditHead {
        try session.first("SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1", []) { row in
            AuditHead(number: row.integer(0), hash: row.bytes(1) ?? [])
        } ?? .beginning
    }

    static func append(_ entries: [AuditEntry], in session: any SQLSession) throws -> AuditHead {
        var head = try head(in: session)
        for entry in entries {
            let number = head.number + 1
            let hash = hash(entry, number: number, previous: head.hash)
            try session.run(
                insertion,
                [
                    .integer(number), .integer(entry.time), .text(entry.actor), .text(entry.action),
                    .text(entry.object), .text(entry.subscription), .text(entry.outcome), .text(entry.request),
                    .bytes(head.hash), .bytes(hash),
                ])
            head = AuditHead(number: number, hash: hash)
        }
        return head
    }

    /// Walks the chain; the number of the first row that does not fit, if any.
    static func firstBrokenRow(in session: any SQLSession) throws -> (rows: Int, broken: Int?) {
        var head = AuditHead.beginning
        while true {
            // In pieces, so that a log of years needs no memory to speak of.
            let rows = try session.query(
                "SELECT \(columns) FROM audit WHERE n > $1 ORDER BY n LIMIT 10000", [.integer(head.number)]
            ) { row in
                let entry = AuditEntry(
                    time: row.integer(1), actor: row.text(2) ?? "", action: row.text(3) ?? "",
                    object: row.text(4) ?? "", subscription: row.text(5) ?? "", outcome: row.text(6) ?? "",
                    request: row.text(7) ?? "")
                return (number: row.integer(0), entry: entry, previous: row.bytes(8) ?? [], hash: row.bytes(9) ?? [])
            }
            if rows.isEmpty { return (head.number, nil) }
            for row in rows {
                let number = head.number + 1
                guard row.number == number, row.previous == head.hash,
                    row.hash == hash(row.entry, number: number, previous: head.hash)
                else { return (number, number) }
                head = AuditHead(number: number, hash: row.hash)
            }
        }
    }

    /// SHA-256 of the previous hash and the fields, each with its length before it.
    private static func hash(_ entry: AuditEntry, number: Int, previous: [UInt8]) -> [UInt8] {
        var bytes = previous
        bytes.reserveCapacity(512)
        func add(_ field: String) {
            bytes.append(contentsOf: String(field.utf8.count).utf8)
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: field.utf8)
        }
        add(String(number))
        add(String(entry.time))
        for field in [entry.actor, entry.action, entry.object, entry.subscription, entry.outcome, entry.request] {
            add(field)
        }
        return SHA256.hash(bytes)
    }
}

extension SQLSession {
    /// Writes what the works of this transaction have noted; the engine calls it last before the commit.
    ///
    /// - Returns: The head of the audit log, if it has moved.
    @discardableResult public func writeClosing() throws -> AuditHead? {
        let entries = closing
        closing = ClosingEntries()
        guard !entries.audit.isEmpty || !entries.tallies.isEmpty else { return nil }
        if !dialect.lockAudit.isEmpty { try script(dialect.lockAudit) }
        // In one order, so that two bridges never wait for each other.
        for (tally, change) in entries.tallies.sorted(by: { $0.key < $1.key }) where change != 0 {
            try run(
                "UPDATE tally SET number = number + $1 WHERE subscription = $2 AND phase = $3",
                [.integer(change), .integer(tally.subscription), .integer(tally.phase)])
        }
        return entries.audit.isEmpty ? nil : try AuditLog.append(entries.audit, in: self)
    }

    func note(_ entry: AuditEntry) {
        closing.audit.append(entry)
    }

    func tally(_ subscription: Int, _ phase: DeliveryPhase, _ change: Int) {
        closing.tallies[ClosingEntries.Tally(subscription: subscription, phase: phase.rawValue), default: 0] += change
    }

    /// How many deliveries of a subscription are in a phase, with the changes of this transaction.
    func count(_ subscription: Int, _ phase: DeliveryPhase) throws -> Int {
        let stored = try first(
            "SELECT number FROM tally WHERE subscription = $1 AND phase = $2",
            [.integer(subscription), .integer(phase.rawValue)]
        ) { $0.integer(0) }
        let tally = ClosingEntries.Tally(subscription: subscription, phase: phase.rawValue)
        return (stored ?? 0) + (closing.tallies[tally] ?? 0)
    }
}
