public import Foundation
public import HTTP
public import Support

/// Where the bridge keeps records until they are acknowledged.
///
/// What returns is on the disk. A domain's refusal is thrown as a `Problem`; what fails in the storage as a
/// ``BlankettError`` with exit `.storage`: `storage-full`, `storage-closed` while it stops, else `storage-failed`.
public protocol RecordStore: Sendable {
    // MARK: Subscriptions

    /// Takes over who gets what, from the next record on; new ones are made.
    ///
    /// One that is no longer named gets no more records.
    func adopt(_ subscriptions: [Subscription]) async throws

    // MARK: Page images

    /// Stores a page image under its SHA-256; sent again, it is not stored again.
    ///
    /// - Parameters:
    ///   - bytes: The content.
    ///   - name: What the content should hash to.
    ///   - check: Called when it is new and sound; what it throws keeps it out.
    /// - Returns: `false` when it was there already.
    /// - Throws: `hash-mismatch`.
    func putBlob(
        _ bytes: [UInt8], name: String, beforeWriting check: @Sendable () throws -> Void
    ) async throws -> Bool

    func hasBlob(_ name: String) async throws -> Bool

    /// The page image, or `nil` when it is not here.
    func blob(_ name: String) async throws -> [UInt8]?

    /// Removes page images that no record names and that were stored before `time`.
    ///
    /// - Returns: How many.
    func sweepBlobs(storedBefore time: Date) async throws -> Int

    // MARK: Other bridges

    /// Meets the other bridges that work on the same database.
    ///
    /// - Returns: How many live, and how many of those know other subscriptions, so that what one takes in others do not
    ///   hand out as they should.
    func meetOthers() async throws -> (living: Int, disagreeing: Int)

    // MARK: Records

    /// Stores a record with its deliveries and the line of the audit log, all or nothing.
    ///
    /// - Parameters:
    ///   - record: Checked before.
    ///   - body: Its bytes as the agent sent them; these are what consumers get.
    ///   - origin: Who asks.
    /// - Returns: `false` when the same record was there already.
    /// - Throws: `record-conflict`, `missing-blobs`, `gone-erased` when an erased one had other bytes.
    func put(_ record: Record, body: [UInt8], by origin: Origin) async throws -> Bool

    /// The record, if it was delivered to the subscription.
    ///
    /// - Throws: `gone-erased`, `record-damaged`.
    func record(_ id: UUIDv7, for subscription: String) async throws -> StoredRecord?

    /// Destroys a record's content by destroying its key, and the pages that no other record has.
    ///
    /// The receipts of its deliveries and a line of the audit log stay.
    ///
    /// - Parameters:
    ///   - id: The record's.
    ///   - evenUndelivered: Whether consumers that have not taken it shall never have it.
    ///   - origin: Who asks.
    /// - Returns: What became of it.
    /// - Throws: When the storage fails; then nothing is erased.
    func erase(_ id: UUIDv7, evenUndelivered: Bool, by origin: Origin) async throws -> Erasure

    /// Erases what has been kept for as long as it should be.
    ///
    /// - Returns: How many.
    func eraseExpired(_ retention: Retention, by origin: Origin) async throws -> Int

    // MARK: Deliveries

    /// Leases what is due, the longest waiting first.
    func claim(
        _ subscription: String, limit: Int, leaseSeconds: Int, by origin: Origin
    ) async throws -> (claimed: [ClaimedRecord], pending: Int)

    /// Waits until there may be something to claim, at most for `duration`.
    func waitForRecords(_ subscription: String, atMost duration: Duration) async

    func acknowledge(
        _ items: [AcknowledgementRequest.Item], of subscription: String, by origin: Origin
    ) async throws -> [AcknowledgementResponse.Item]

    /// Makes dead letters pending again, each with a line of the audit log.
    func redrive(
        _ ids: [UUIDv7], of subscription: String, by origin: Origin
    ) async throws -> [RedriveResponse.Item]

    func counters(of subscription: String) async throws -> SubscriptionCounters

    /// Writes a line of the audit log for what was done outside the records, such as letting a kiosk in.
    func note(_ action: String, object: String, outcome: String, by origin: Origin) async throws

    /// A page of the reconciliation list.
    func entries(
        of subscription: String, in phase: DeliveryState.Phase?, limit: Int, offset: Int
    ) async throws -> [DeliveryEntry]

    // MARK: The store itself

    /// The number of the last line of the audit log.
    func auditHead() async throws -> Int

    /// Walks the audit chain.
    ///
    /// - Returns: How many rows were read, and the number of the first that does not fit.
    func verifyAudit() async throws -> (rows: Int, broken: Int?)

    /// The lines of the audit log about one record or page image, the oldest first.
    func history(of object: String) async throws -> [AuditLine]

    /// A commit, to know that the store can be written.
    func probe() async throws

    /// Looks for damage in the database, and for what contradicts itself in its tables; one line for each.
    func damage() async throws -> [String]

    /// Returns when the disk failed under the store: the program must end and recover at its next start.
    ///
    /// - Returns: Why; `nil` when the task was cancelled before.
    func failed() async -> BlankettError?

    /// Finishes what is in work and closes the files.
    func close() async
}

/// Who made a request, for the audit log: names of ours, never a person's.
public struct Origin: Sendable, Hashable {
    public var actor: String
    public var request: UUIDv7

    public init(actor: String, request: UUIDv7) {
        self.actor = actor
        self.request = request
    }
}

/// A record's bytes as they came.
public struct StoredRecord: Sendable, Hashable {
    public var id: UUIDv7
    public var body: [UInt8]
    /// SHA-256 of the bytes.
    public var digest: [UInt8]

    public init(id: UUIDv7, body: [UInt8], digest: [UInt8]) {
        self.id = id
        self.body = body
        self.digest = digest
    }

    /// The pages that its body names.
    public func pages() throws -> [Record.Page] {
        struct Pages: Decodable {
            struct Contents: Decodable { var pages: [Record.Page] }
            var data: Contents
        }
        return try JSONCoding.decode(Pages.self, from: body).data.pages
    }
}

extension RecordStore {
    /// Stores a page image; see ``putBlob(_:name:beforeWriting:)``.
    public func putBlob(_ bytes: [UInt8], name: String) async throws -> Bool {
        try await putBlob(bytes, name: name) {}
    }
}

/// A leased record; its body is JSON as it came.
public struct ClaimedRecord: Sendable, Hashable {
    public var leaseId: String
    public var attempt: Int
    public var leaseExpiresAt: Date
    public var body: [UInt8]

    public init(leaseId: String, attempt: Int, leaseExpiresAt: Date, body: [UInt8]) {
        self.leaseId = leaseId
        self.attempt = attempt
        self.leaseExpiresAt = leaseExpiresAt
        self.body = body
    }
}

extension Problem {
    public static let erased = Problem(
        "gone-erased", status: 410, title: "The record was erased",
        detail: "Its content was deleted on purpose and cannot be had again.")
    public static let damaged = Problem(
        "record-damaged", status: 500, title: "The record is damaged",
        detail: "What is stored of it cannot be read. The operators of the bridge have been told.")
    /// Two did the same at the same moment, and the other's is not to be seen yet.
    public static let tryAgain = Problem("not-ready", status: 503, title: "Try it again", retryAfter: 1)
}
