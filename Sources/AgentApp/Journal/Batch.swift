public import Foundation
public import Scanning
public import Support

/// One press of Scan: the pages that came from one stack, and whether every sheet is accounted for.
///
/// A plain value that decides; its owner scans, stores and waits.
public struct Batch: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        case scanning
        /// Sheets are missing; a person continues with the rest of the stack, or says that what came is all.
        case incomplete
        /// Every sheet is here; pages are still being read.
        case reading
        /// The pages have become documents.
        case assembled
        /// No page came.
        case failed
    }

    public enum Event: Sendable, Hashable {
        case pageJournalled
        case scanEnded(BatchEnd)
        /// The scan threw: a stable code, such as `scanner-busy` or `storage-full`, and the trace that it left.
        case scanFailed(code: String, trace: String? = nil)
        /// The agent starts, and finds the batch as it was when its last run stopped.
        case agentStarted
        /// The rest of the stack lies in the feeder.
        case continued
        /// What came is all there is.
        case finished
        case everyPageRead
    }

    public enum Action: Sendable, Hashable {
        case none
        /// The event does not belong to this state.
        case refuse
        /// Pages from this number on are half of a sheet that is scanned again: they no longer count.
        case supersede(fromPage: Int)
        case assemble
    }

    public let id: UUIDv7
    public let device: String
    public let profile: String
    public let job: ScanJob
    public let startedAt: Date
    public private(set) var state: State = .scanning
    /// How many pages count.
    public private(set) var pages = 0
    /// How many sheets among them only separated documents; `nil` until they have been read.
    public internal(set) var separators: Int?
    /// How many of them came since the last press of Scan.
    private var pagesOfThisScan = 0
    /// Why it is incomplete or failed: a stable code.
    public private(set) var reason: String?
    /// From which sheet the stack is to be put back, from 1.
    public private(set) var fromSheet: Int?
    /// The name of the trace that the last scan left when it failed, in the agent's folder of traces.
    public private(set) var trace: String?

    public init(id: UUIDv7 = UUIDv7(), device: String, profile: String, job: ScanJob, startedAt: Date) {
        self.id = id
        self.device = device
        self.profile = profile
        self.job = job
        self.startedAt = startedAt
    }

    public mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.scanning, .pageJournalled):
            pages += 1
            pagesOfThisScan += 1
            return .none
        case (.scanning, .scanEnded(let end)):
            note(end.trace)
            guard end.pages == pagesOfThisScan else {
                return conclude(.incomplete(fromSheet: nextSheet, reason: "count-differs"))
            }
            return conclude(end.verdict(for: job, after: pages - pagesOfThisScan))
        case (.scanning, .scanFailed(let code, let trace)):
            note(trace)
            return conclude(.incomplete(fromSheet: nextSheet, reason: code))
        case (.scanning, .agentStarted):
            return conclude(.incomplete(fromSheet: nextSheet, reason: "agent-stopped"))
        case (.incomplete, .continued):
            // Half a sheet is scanned again as a whole, and so are those behind a page that went missing.
            let first = ((fromSheet ?? nextSheet) - 1) * sides + 1
            let action: Action = first <= pages ? .supersede(fromPage: first) : .none
            pages = first - 1
            pagesOfThisScan = 0
            (state, reason, fromSheet, trace) = (.scanning, nil, nil, nil)
            return action
        case (.incomplete, .finished):
            (state, reason, fromSheet) = (.reading, nil, nil)
            return .none
        case (.reading, .everyPageRead):
            state = .assembled
            return .assemble
        case (_, .agentStarted):
            return .none
        default:
            return .refuse
        }
    }

    private var sides: Int { max(1, job.sides) }
    private var nextSheet: Int { pages / sides + 1 }

    private mutating func note(_ trace: String?) {
        self.trace = trace.map { URL(filePath: $0).lastPathComponent }
    }

    private mutating func conclude(_ verdict: BatchEnd.Verdict) -> Action {
        switch verdict {
        case .complete:
            state = .reading
        case .incomplete(let sheet, let why):
            state = pages == 0 ? .failed : .incomplete
            (fromSheet, reason) = (sheet, why)
        }
        return .none
    }
}
