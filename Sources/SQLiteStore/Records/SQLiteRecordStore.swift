public import Delivery
public import Foundation
import HTTP
public import Support

/// Keeps the bridge's records in SQLite, and their page images as sealed files beside it.
public final class SQLiteRecordStore: RecordStore {
    let blobs: BlobFolder

    private let sealer: any Sealer
    private let makeToken: @Sendable () -> String
    let writer: GroupWriter
    let readers: Readers
    let audit: AuditLog
    /// By name; fixed at the start.
    private let subscriptions: [String: (number: Int, rule: Subscription, arrivals: Bell)]
    private let now: @Sendable () -> Date

    /// Opens the data folder, or makes what is missing in it.
    ///
    /// - Parameters:
    ///   - folder: Must exist.
    ///   - subscriptions: Who gets what; new ones are made. One that is no longer named gets no more records.
    ///   - sealer: Seals bodies and blobs.
    ///   - makeToken: Random lease ids of at least 128 bits.
    ///   - now: The time.
    /// - Throws: ``BlankettError`` with exit `.storage`.
    public init(
        _ folder: URL, subscriptions: [Subscription], sealer: any Sealer, makeToken: @escaping @Sendable () -> String,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        let file = folder.appending(path: "bridge.db")
        let database = try Database(file, schema: RecordSchema.schema)
        blobs = try BlobFolder(folder.appending(path: "blobs"), sealer: sealer)
        var numbers: [String: (number: Int, rule: Subscription, arrivals: Bell)] = [:]
        for subscription in subscriptions {
            let number = try database.transaction { try Self.enter(subscription, into: $0) }
            numbers[subscription.name] = (number, subscription, Bell())
        }
        self.subscriptions = numbers
        self.sealer = sealer
        self.makeToken = makeToken
        self.now = now
        audit = AuditLog(sealer: sealer)
        writer = GroupWriter(database)
        readers = Readers(file)
    }

    public func close() async {
        readers.close()
        await writer.close()
    }

    public func failed() async -> BlankettError? {
        await writer.failed()?.forPerson
    }

    public func probe() async throws {
        try await write { try $0.execute("UPDATE tally SET number = number WHERE subscription = -1") }
    }

    public func damage() async throws -> [String] {
        try await write { try $0.damage() }
    }

    // MARK: Page images

    public func putBlob(_ bytes: [UInt8], name: String) async throws -> Bool {
        try await onDiskThread { [blobs] in try blobs.store(bytes, name: name) }
    }

    public func hasBlob(_ name: String) async throws -> Bool {
        blobs.contains(name)
    }

    public func blob(_ name: String) async throws -> [UInt8]? {
        try await onDiskThread { [blobs] in try blobs.read(name) }
    }

    // MARK: Records

    public func put(_ record: Record, body: [UInt8], by origin: Origin) async throws -> Bool {
        let digest = sealer.hash(body)
        let sealed = sealer.seal(body, context: "record:\(record.id)")
        let takers = subscriptions.values.filter {
            $0.rule.takes(formType: record.data.form.type, isTest: record.data.test)
        }.map(\.number)
        let isNew = try await write { [self] database in
            if let stored = try Self.digest(of: record.id, in: database) {
                if stored.digest != digest { try requireSame(record, sealed: stored.body) }
                return false
            }
            try requireBlobs(of: record)
            let time = now().milliseconds
            let seq = try Self.insert(
                record, digest: digest, body: sealed, agent: origin.actor, time: time, into: database)
            for subscription in takers { try Self.insertDelivery(subscription, seq, due: time, into: database) }
            try audit.append(
                AuditLog.Entry(
                    time: time, actor: origin.actor, action: "record.put", object: record.id.description,
                    outcome: "stored", request: origin.request.description), to: database)
            return true
        }
        if isNew {
            for subscription in subscriptions.values where takers.contains(subscription.number) {
                subscription.arrivals.ring()
            }
        }
        return isNew
    }

    public func record(_ id: UUIDv7, for subscription: String) async throws -> StoredRecord? {
        let number = try number(subscription)
        let found = try read { database in
            try database.snapshot { database -> StoredRecord? in
                let record = try database.withStatement(
                    """
                    SELECT seq, digest, body FROM record JOIN delivery USING(seq) WHERE id = ? AND subscription = ?
                    """
                ) { statement throws(SQLiteError) -> (seq: Int, stored: StoredRecord)? in
                    try statement.bind(id.description, at: 1)
                    try statement.bind(number, at: 2)
                    guard try statement.step() else { return nil }
                    let stored = StoredRecord(
                        id: id, body: statement.blob(at: 2) ?? [], digest: statement.blob(at: 1) ?? [], pages: [])
                    return (statement.integer(at: 0), stored)
                }
                guard var record else { return nil }
                record.stored.pages = try Self.pages(of: record.seq, in: database)
                return record.stored
            }
        }
        guard var found else { return nil }
        found.body = try sealer.open(found.body, context: "record:\(id)")
        return found
    }

    public func sweepBlobs(storedBefore time: Date) async throws -> Int {
        let names = try blobs.names(storedBefore: time)
        var removed = 0
        for name in names {
            // Inside the writer, where no record can come to name it in between.
            removed += try await write { [blobs] database in
                let isNamed = try database.withStatement("SELECT 1 FROM page WHERE sha256 = ? LIMIT 1") {
                    statement throws(SQLiteError) in
                    try statement.bind(name, at: 1)
                    return try statement.step()
                }
                if !isNamed { try blobs.remove(name) }
                return isNamed ? 0 : 1
            }
        }
        return removed
    }

    // MARK: Deliveries

    public func claim(
        _ subscription: String, limit: Int, leaseSeconds: Int, by origin: Origin
    ) async throws -> (claimed: [ClaimedRecord], pending: Int) {
        let number = try number(subscription)
        // A look is cheaper than a commit, and most polls find nothing.
        guard try read({ try Self.hasDue(number, at: now().milliseconds, in: $0) }) else {
            return ([], try read { try Self.count(number, .pending, in: $0) })
        }
        let (rows, pending) = try await write { [self] database in
            let time = now()
            try Self.expire(number, now: time, in: database)
            let rows = try Self.due(number, limit: limit, at: time.milliseconds, in: database)
            let leased = try rows.map { row in
                var row = row
                row.delivery.state.claim(lease: makeToken(), now: time, seconds: leaseSeconds)
                try row.delivery.save(was: .pending, to: database)
                try audit.append(
                    AuditLog.Entry(
                        time: time.milliseconds, actor: origin.actor, action: "delivery.claim", object: row.id,
                        subscription: subscription, outcome: "leased", request: origin.request.description),
                    to: database)
                return row
            }
            return (leased, try Self.count(number, .pending, in: database))
        }
        let claimed = try rows.map { row in
            ClaimedRecord(
                leaseId: row.delivery.state.lease ?? "", attempt: row.delivery.state.attempt,
                leaseExpiresAt: row.delivery.state.due, body: try sealer.open(row.body, context: "record:\(row.id)"))
        }
        return (claimed, pending)
    }

    public func waitForRecords(_ subscription: String, atMost duration: Duration) async {
        guard let (number, _, arrivals) = subscriptions[subscription] else { return }
        let seen = arrivals.count
        // What came before this line, somebody may have to look for again.
        if (try? read { try Self.hasDue(number, at: now().milliseconds, in: $0) }) == true { return }
        await arrivals.wait(after: seen, atMost: duration)
    }

    public func acknowledge(
        _ items: [AcknowledgementRequest.Item], of subscription: String, by origin: Origin
    ) async throws -> [AcknowledgementResponse.Item] {
        let number = try number(subscription)
        return try await write { [self] database in
            try items.map { item in
                guard var delivery = try DeliveryRow.find(lease: item.leaseId, of: number, in: database) else {
                    return AcknowledgementResponse.Item(leaseId: item.leaseId, result: .leaseLost)
                }
                let before = delivery.state
                let time = now()
                let result = delivery.state.acknowledge(item, now: time, jitter: Double.random(in: -1...1))
                if delivery.state != before {
                    try delivery.save(was: before.phase, to: database)
                    try audit.append(
                        AuditLog.Entry(
                            time: time.milliseconds, actor: origin.actor, action: "delivery.acknowledge",
                            object: try Self.id(of: delivery.seq, in: database), subscription: subscription,
                            outcome: result.rawValue, request: origin.request.description), to: database)
                }
                return AcknowledgementResponse.Item(leaseId: item.leaseId, result: result)
            }
        }
    }

    public func redrive(
        _ ids: [UUIDv7], of subscription: String, by origin: Origin
    ) async throws -> [RedriveResponse.Item] {
        let number = try number(subscription)
        let items = try await write { [self] database in
            try ids.map { id in
                guard var delivery = try DeliveryRow.find(record: id.description, of: number, in: database) else {
                    return RedriveResponse.Item(recordId: id, result: .notFound)
                }
                let before = delivery.state.phase
                let time = now()
                guard delivery.state.redrive(now: time) else {
                    return RedriveResponse.Item(recordId: id, result: .notRejected)
                }
                try delivery.save(was: before, to: database)
                try audit.append(
                    AuditLog.Entry(
                        time: time.milliseconds, actor: origin.actor, action: "delivery.redrive",
                        object: id.description, subscription: subscription, outcome: "redriven",
                        request: origin.request.description), to: database)
                return RedriveResponse.Item(recordId: id, result: .redriven)
            }
        }
        subscriptions[subscription]?.arrivals.ring()
        return items
    }

    public func counters(of subscription: String) async throws -> SubscriptionCounters {
        let number = try number(subscription)
        let now = now().milliseconds
        return try read { database in
            try database.snapshot { database in
                let oldest = try database.withStatement(
                    """
                    SELECT stored_at FROM record
                    WHERE seq = (SELECT min(seq) FROM delivery WHERE subscription = ? AND phase < 2)
                    """
                ) { statement throws(SQLiteError) in
                    try statement.bind(number, at: 1)
                    return try statement.step() ? statement.integer(at: 0) : nil
                }
                return SubscriptionCounters(
                    pending: try Self.count(number, .pending, in: database),
                    leased: try Self.count(number, .leased, in: database),
                    done: try Self.count(number, .done, in: database),
                    rejected: try Self.count(number, .rejected, in: database),
                    oldestPendingSeconds: oldest.map { max(0, (now - $0) / 1000) })
            }
        }
    }

    public func entries(
        of subscription: String, in phase: DeliveryState.Phase?, limit: Int, offset: Int
    ) async throws -> [DeliveryEntry] {
        let number = try number(subscription)
        return try read { database in
            try Self.entries(of: number, in: phase, limit: limit, offset: offset, from: database)
        }
    }

    public func verifyAudit() async throws -> (rows: Int, broken: Int?) {
        try read { try audit.firstBrokenRow(in: $0) }
    }

    // MARK: How it reads and writes

    func write<Result: Sendable>(
        _ work: @escaping @Sendable (borrowing Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await writer.write(work)
        } catch let error as SQLiteError {
            throw error.forPerson
        } catch is DatabaseClosed {
            throw BlankettError("storage-closed", exit: .storage, "The store is closed.", isTransient: true)
        }
    }

    private func read<Result>(_ work: (borrowing ReadOnlyDatabase) throws -> Result) throws -> Result {
        do {
            return try readers.read(work)
        } catch let error as SQLiteError {
            throw error.forPerson
        }
    }

    // MARK: Refusals

    private func number(_ subscription: String) throws -> Int {
        guard let number = subscriptions[subscription]?.number else {
            throw Problem("unknown-subscription", status: 404, title: "There is no such subscription")
        }
        return number
    }

    private func requireBlobs(of record: Record) throws {
        let missing = Set(record.data.pages.map(\.sha256)).filter { !blobs.contains($0) }
        guard missing.isEmpty else {
            throw Problem(
                "missing-blobs", status: 424, title: "Page images are missing: send them first",
                missing: missing.sorted())
        }
    }

    /// The same record can be written in other bytes, such as with its keys in another order.
    private func requireSame(_ record: Record, sealed: [UInt8]) throws {
        let body = try sealer.open(sealed, context: "record:\(record.id)")
        guard try JSONCoding.decode(Record.self, from: body) == record else {
            throw Problem("record-conflict", status: 409, title: "Another record has this id")
        }
    }
}

/// Runs what waits for the disk on threads of its own.
private func onDiskThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        diskQueue.async { continuation.resume(with: Swift.Result { try work() }) }
    }
}

private let diskQueue = DispatchQueue(label: "blobs", attributes: .concurrent)

extension Date {
    var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded()) }

    init(milliseconds: Int) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
