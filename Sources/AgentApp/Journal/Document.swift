public import Forms
public import Foundation
public import Reading
public import Support

/// One document on its way from paper to the bridge, without its contents.
///
/// A plain value that decides which step may follow which; its owner stores and sends. Its id is that of its first
/// page, so it is fixed from the scan on however often the pages are read again, and it becomes the record's id.
public struct Document: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// A person decides.
        case waiting
        /// A person put it aside; it stays until somebody decides.
        case kept
        /// Its pages are being read again.
        case rereading
        /// Confirmed; its record is in the outbox.
        case queued
        /// The bridge has it.
        case sent
        /// The bridge will never take it as it is.
        case refused
        case discarded
    }

    public enum Event: Sendable, Hashable {
        /// A field was confirmed or corrected; this many are still doubtful, and this many of them are missing.
        case reviewed(doubtful: Int, missing: Int = 0)
        case confirmed
        case kept
        case readAgain
        case discarded
        case delivered
        /// With the bridge's stable code.
        case refused(code: String)
        /// A refused document goes back to the clerk.
        case reopened
    }

    public enum Action: Sendable, Hashable {
        case none
        /// The event does not belong to this state.
        case refuse
        /// Make the record and put it into the outbox.
        case queue
        case dropFromOutbox
    }

    public let id: UUIDv7
    public let batch: UUIDv7
    /// In the order in which they were scanned.
    public let pages: [UUIDv7]
    /// The first page's number in its batch.
    public let number: Int
    public let form: FormKey?
    public let outcome: DocumentReading.Outcome
    public let scannedAt: Date
    public private(set) var state: State = .waiting
    /// How many fields a person must look at.
    public private(set) var doubtful: Int
    /// How many of them the resident left out; not known of what an older version wrote.
    public private(set) var missing: Int?
    private var edits: Int?
    /// Why the bridge refused it.
    public private(set) var refusal: String?
    public var changedAt: Date

    /// - Precondition: `pages` has at least one page.
    public init(
        batch: UUIDv7, pages: [UUIDv7], number: Int, reading: DocumentReading, doubtful: Int, missing: Int = 0,
        scannedAt: Date, now: Date, revision: Int = 0
    ) {
        precondition(!pages.isEmpty)
        self.number = number
        id = pages[0]
        self.batch = batch
        self.pages = pages
        form = reading.form?.key
        outcome = reading.outcome
        self.doubtful = doubtful
        self.missing = missing
        self.scannedAt = scannedAt
        edits = revision
        changedAt = now
    }

    /// Rises with every change, so that who has seen an older state can be told.
    public var revision: Int { edits ?? 0 }

    /// Whether it could go to the bridge: a known form, complete, and nothing in doubt.
    public var isReady: Bool {
        form != nil && doubtful == 0 && (outcome == .read || outcome == .needsReview)
    }

    /// Notes that it was changed.
    public mutating func touch(at time: Date) {
        changedAt = time
        edits = revision + 1
    }

    public mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.waiting, .reviewed(let doubtful, let missing)), (.kept, .reviewed(let doubtful, let missing)):
            self.doubtful = doubtful
            self.missing = missing
            state = .waiting
        case (.waiting, .confirmed), (.kept, .confirmed):
            guard isReady else { return .refuse }
            state = .queued
            return .queue
        case (.waiting, .kept):
            state = .kept
        case (.waiting, .readAgain), (.kept, .readAgain), (.refused, .readAgain):
            state = .rereading
        case (.waiting, .discarded), (.kept, .discarded), (.refused, .discarded):
            state = .discarded
        case (.queued, .delivered):
            state = .sent
            return .dropFromOutbox
        case (.queued, .refused(let code)):
            (state, refusal) = (.refused, code)
            return .dropFromOutbox
        case (.refused, .reopened):
            // What the bridge stored under this id is other content: it stays refused.
            guard refusal != "record-conflict" else { return .refuse }
            (state, refusal) = (.waiting, nil)
        default:
            return .refuse
        }
        return .none
    }
}

extension FieldReading {
    /// Whether a person must look before the value is passed on.
    public var isDoubtful: Bool {
        switch status {
        case .confirmed, .corrected: false
        case .uncertain, .unreadable: true
        case .read, .empty: reason != nil
        }
    }

    /// Whether there is a proposal to agree with; where there is none, a person says what stands there.
    public var canBeConfirmed: Bool {
        switch status {
        case .unreadable: false
        case .uncertain: value != nil
        case .read, .empty, .confirmed, .corrected: true
        }
    }
}
