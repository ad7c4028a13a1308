public import Delivery
import HTTP
public import Foundation
public import Support
import Synchronization

/// Keeps the bridge's records in an SQL database, and their page images as sealed files.
///
/// What is in the tables, and what becomes of it, is the same whatever the database; ``SQLEngine`` is the database.
public final class SQLRecordStore: RecordStore {
    /// What a store needs besides a database.
    public struct Settings: Sendable {
        /// Who gets what; see ``SQLRecordStore/adopt(_:)``.
        public var subscriptions: [Subscription]
        /// The folder of the page images; it is made if need be.
        public var blobs: URL
        /// Seals the keys of all contents.
        public var key: any KeyWrapping
        /// Random lease ids of at least 128 bits.
        public var makeToken: @Sendable () -> String
        public var now: @Sendable () -> Date
        /// Called with what was found damaged and set apart: a record's id, or what a page image has in place of one.
        public var reportDamage: @Sendable (_ what: String) -> Void
        /// Called with how many leases of a subscription ran out.
        public var reportExpired: @Sendable (_ subscription: String, _ count: Int) -> Void = { _, _ in }
        /// Called after each commit, with how much work was in it and how long it took.
        public var reportCommit: @Sendable (_ works: Int, _ time: Duration) -> Void = { _, _ in }

        public init(
            subscriptions: [Subscription], blobs: URL, key: any KeyWrapping,
            makeToken: @escaping @Sendable () -> String, now: @escaping @Sendable () -> Date = { Date() },
            reportDamage: @escaping @Sendable (_ what: String) -> Void = { _ in }
        ) {
            self.subscriptions = subscriptions
            self.blobs = blobs
            self.key = key
            self.makeToken = makeToken
            self.now = now
            self.reportDamage = reportDamage
        }
    }

    struct Taker: Sendable {
        var number: Int
        var rule: Subscription
        var arrivals: Bell
    }

    let engine: any SQLEngine
    let settings: Settings
    let contents: Contents
    let files: BlobFiles
    // By name. Changed only in a transaction, so that no record is between two lists.
    private let known = Mutex<[String: Taker]>([:])

    /// Makes ready what is in the tables.
    ///
    /// - Parameters:
    ///   - engine: A database with the tables of ``RecordSchema``; closed when this throws.
    ///   - settings: What else is needed.
    /// - Throws: ``BlankettError`` with exit `.storage`; `wrong-key` when the tables were written with another key.
    public init(_ engine: any SQLEngine, _ settings: Settings) async throws {
        self.engine = engine
        self.settings = settings
        do {
            files = try BlobFiles(settings.blobs)
            try await Self.requireWhole(engine)
            contents = try await Self.contents(engine, settings.key)
            try await take(over: settings.subscriptions, since: nil)
            try await FirstLayout(engine: engine, key: settings.key, contents: contents, files: files).leave()
            try await ClearReasons(engine: engine, contents: contents).seal()
        } catch {
            await engine.close()
            throw error
        }
    }

    public func adopt(_ subscriptions: [Subscription]) async throws {
        // Another bridge may have made one while this one did not know it yet.
        try await take(
            over: subscriptions, since: settings.now().addingTimeInterval(-Self.longestIgnorance).milliseconds)
    }

    /// How long, in seconds, it can take until all bridges on one database have seen a change of the subscriptions.
    private static let longestIgnorance = 60.0

    // From `time` on records may lack deliveries of a subscription that another bridge made.
    private func take(over rules: [Subscription], since time: Int?) async throws {
        let before = takers
        do {
            try await engine.write { [self] session in
                var new: [String: Taker] = [:]
                for rule in rules {
                    if var taker = before[rule.name] {
                        taker.rule = rule
                        new[rule.name] = taker
                    } else {
                        let number = try Self.enter(rule, missedSince: time, in: session)
                        new[rule.name] = Taker(number: number, rule: rule, arrivals: Bell())
                    }
                }
                known.withLock { [new] in $0 = new }
            }
        } catch {
            known.withLock { $0 = before }
            throw error
        }
        // Who waits for one that is gone is told so.
        for (name, taker) in before where takers[name] == nil { taker.arrivals.ring() }
    }

    var takers: [String: Taker] { known.withLock { $0 } }

    public func meetOthers() async throws -> (living: Int, disagreeing: Int) {
        let rules = takers.values.map(\.rule).sorted { $0.name < $1.name }.map { rule in
            [
                rule.name, rule.formTypes.map { "only \($0.sorted().joined(separator: ","))" } ?? "all",
                rule.includesTest ? "tests" : "", "hides \(rule.hiddenFields.sorted().joined(separator: ","))",
            ].joined(separator: "|")
        }
        let mine = SHA256.hexadecimal(of: Array(rules.joined(separator: "\n").utf8))
        let others = try await engine.meet(mine)
        return (others.count, others.count { $0 != mine })
    }

    public func close() async {
        await engine.close()
    }

    public func failed() async -> BlankettError? {
        await engine.failed()
    }

    public func probe() async throws {
        try await engine.write { session in
            _ = try session.run("UPDATE tally SET number = number WHERE subscription = -1", [])
        }
    }

    public func damage() async throws -> [String] {
        let broken = try await engine.survey { try Invariants.broken(in: $0) }
        return try await engine.damage() + broken
    }

    public func auditHead() async throws -> Int {
        try await engine.read { try AuditLog.head(in: $0).number }
    }

    public func verifyAudit() async throws -> (rows: Int, broken: Int?) {
        try await engine.survey { try AuditLog.firstBrokenRow(in: $0) }
    }

    public func note(_ action: String, object: String, outcome: String, by origin: Origin) async throws {
        try await engine.write { [self] session in
            session.note(entry(action, object, outcome: outcome, origin))
        }
    }

    public func history(of object: String) async throws -> [AuditLine] {
        try await engine.survey { session in
            try session.query(
                "SELECT \(AuditLog.columns) FROM audit WHERE object = $1 ORDER BY n", [.text(object)]
            ) { row in
                AuditLine(
                    number: row.integer(0), time: Date(milliseconds: row.integer(1)), actor: row.text(2) ?? "",
                    action: row.text(3) ?? "", subscription: row.text(5) ?? "", outcome: row.text(6) ?? "",
                    hash: (row.bytes(9) ?? []).hexadecimal)
            }
        }
    }

    func number(_ subscription: String) throws -> Int {
        guard let number = takers[subscription]?.number else {
            throw Problem("unknown-subscription", status: 404, title: "There is no such subscription")
        }
        return number
    }

    var time: Int { settings.now().milliseconds }

    /// The key of the marks: made once, and kept sealed by the store's key.
    private static func contents(_ engine: any SQLEngine, _ key: any KeyWrapping) async throws -> Contents {
        let sealed = try await engine.write { session in
            let (_, new) = key.makeContentKey(context: markerContext)
            try session.run(
                "INSERT INTO secret(name, sealed) VALUES('marker', $1) ON CONFLICT(name) DO NOTHING", [.bytes(new)])
            return try session.first("SELECT sealed FROM secret WHERE name = 'marker'", []) { $0.bytes(0) ?? [] }
        }
        do {
            return Contents(key: key, marker: try key.contentKey(sealed ?? [], context: markerContext))
        } catch {
            throw wrongKey
        }
    }

    static let wrongKey = BlankettError(
        "wrong-key", exit: .storage, "What is stored was sealed with another key.",
        advice: "Restore the key file from its safe copy; without it nothing that was stored can be read.")

    private static func requireWhole(_ engine: any SQLEngine) async throws {
        func holds(_ mark: String) async throws -> Bool {
            try await engine.read { try $0.exists("SELECT 1 FROM secret WHERE name = $1", [.text(mark)]) }
        }
        if try await holds(Rekeying.unfinished) {
            throw BlankettError(
                "rekey-unfinished", exit: .storage, "The change of the store's key was not brought to its end.",
                advice: "Run blankett-bridge rekey again.")
        }
        if try await holds(ArchiveRestore.unfinished) {
            throw BlankettError(
                "restore-unfinished", exit: .storage, "The store was not restored to its end.",
                advice: "Empty it, and restore it again.")
        }
    }

    static let markerContext = "key:marker"

    /// Makes a subscription if it is new, and gives its number.
    private static func enter(_ rule: Subscription, missedSince time: Int?, in session: any SQLSession) throws -> Int {
        let known = "SELECT number FROM subscription WHERE name = $1"
        if let number = try session.first(known, [.text(rule.name)], { $0.integer(0) }) {
            if let time { try deliverStored(rule, number, since: time, in: session) }
            return number
        }
        let made = try session.first(
            "INSERT INTO subscription(name) VALUES($1) ON CONFLICT(name) DO NOTHING RETURNING number",
            [.text(rule.name)]
        ) { $0.integer(0) }
        // Another bridge was quicker.
        guard let number = made else { return try session.first(known, [.text(rule.name)]) { $0.integer(0) } ?? 0 }
        for phase in DeliveryPhase.allCases {
            try session.run(
                "INSERT INTO tally(subscription, phase, number) VALUES($1, $2, 0)",
                [.integer(number), .integer(phase.rawValue)])
        }
        if rule.start == .earliest { try deliverStored(rule, number, since: 0, in: session) }
        return number
    }

    /// Gives a subscription the records that are stored and that it has not got.
    private static func deliverStored(
        _ rule: Subscription, _ number: Int, since time: Int, in session: any SQLSession
    ) throws {
        let stored = try session.query(
            """
            SELECT seq, form_type, test, stored_at FROM record WHERE erased_at IS NULL AND stored_at >= $1
            AND NOT EXISTS(SELECT 1 FROM delivery WHERE delivery.subscription = $2 AND delivery.seq = record.seq)
            ORDER BY seq
            """, [.integer(time), .integer(number)]
        ) { row in
            (seq: row.integer(0), form: row.text(1) ?? "", isTest: row.integer(2) != 0, time: row.integer(3))
        }
        for record in stored where rule.takes(formType: record.form, isTest: record.isTest) {
            try DeliveryRow.insert(number, record.seq, due: record.time, in: session)
        }
    }
}
