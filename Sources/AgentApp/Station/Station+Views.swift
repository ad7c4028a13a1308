public import Forms
import Foundation
public import Reading
public import Support

/// The whole station at a glance: what `blankett status` prints and the first page shows.
///
/// No contents.
public struct StationView: Sendable, Hashable, Codable {
    public struct Disk: Sendable, Hashable, Codable {
        /// In bytes.
        public var free: Int
        public var reserve: Int
        /// A stable code, when the journal cannot be written.
        public var problem: String?
    }

    public var station: String
    public var version: String
    public var language: String
    public var confirm: StationSettings.Confirm
    public var devices: [DeviceView]
    /// The last paper that was put in, or press of a device's button, since the agent began.
    public var signal: DeviceSignal?
    /// Documents by state.
    public var documents: [String: Int]
    /// Batches that need a person or still run.
    public var batches: [Batch]
    public var bridge: BridgeLink
    public var disk: Disk
    /// What keeps pages from being read, such as a worker that cannot be started: a stable code.
    public var readingProblem: String?
    /// Where scanners cannot be looked for (`usb`, `network`), and why: a stable code; `nil` when all is searched.
    public var notSearched: [String: String]?

    /// The worst of what is wrong, as the exit code of `blankett status`.
    public var health: ExitCode {
        if disk.problem != nil || disk.free < disk.reserve { return .storage }
        if devices.contains(where: { $0.state == .unreachable }) { return .device }
        if bridge.state == .unreachable { return .bridgeUnreachable }
        if readingProblem != nil { return .fault }
        return .done
    }
}

/// A batch, its pages and what they became.
public struct BatchView: Sendable, Hashable, Codable {
    public struct PageView: Sendable, Hashable, Codable {
        public var id: UUIDv7
        public var number: Int
        public var state: Page.State
        /// What the page was found to be, when it has been read.
        public var outcome: PageResult.Outcome?
        public var form: String?
        public var document: UUIDv7?
        /// Whether it only separates documents; `nil` until it has been read.
        public var isSeparator: Bool?
    }

    public var batch: Batch
    public var pages: [PageView]
    public var documents: [Document]
}

/// A document and all that is needed to show and correct it.
public struct DocumentView: Sendable, Hashable {
    public var document: Document
    /// `nil` when it is erased.
    public var contents: DocumentContents?
    public var pages: [Page]
}

/// What waits for a person, and what was sent last.
public struct DocumentQueue: Sendable, Hashable {
    /// How many need a person, of which ``documents`` holds the first.
    public var open: Int
    /// How many can be sent as they are.
    public var ready: Int
    public var documents: [Document]
}

extension Station {
    public func view() async throws -> StationView {
        let (counts, batches) = try await journal.transaction { rows in
            (try rows.documentCounts(), try rows.batches(in: [.scanning, .incomplete, .reading], limit: 20))
        }
        let free = try await journal.freeSpace()
        return StationView(
            station: settings.name, version: settings.version, language: settings.language, confirm: settings.confirm,
            devices: views(of: devices), signal: signal,
            documents: Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) }), batches: batches,
            bridge: link,
            disk: .init(
                free: free, reserve: settings.diskReserve, problem: problems.values.first { $0.isStorage }?.code),
            readingProblem: problems["reading"].flatMap { $0.isStorage ? nil : $0.code },
            notSearched: notSearched.isEmpty ? nil : notSearched)
    }

    public func view(ofBatch id: UUIDv7) async throws -> BatchView {
        let (known, seen) = (readPageViews, pagesRead)
        let view = try await journal.transaction { rows in
            let batch = try Self.require(rows.batch(id))
            let pages = try rows.pages(in: id).map { page in
                if var view = known[page.id], page.state == .read {
                    view.document = page.document
                    return view
                }
                let result = try rows.pageResult(page.id)
                return BatchView.PageView(
                    id: page.id, number: page.number, state: page.state, outcome: result?.outcome,
                    form: result?.form?.id, document: page.document, isSeparator: result?.isSeparator)
            }
            return BatchView(batch: batch, pages: pages, documents: try rows.documents(in: id))
        }
        // What was read meanwhile may have been looked at before.
        if seen == pagesRead { keep(view.pages) }
        return view
    }

    /// Only what cannot change any more but by reading the page again, which forgets it; the last few stacks.
    private func keep(_ pages: [BatchView.PageView]) {
        if readPageViews.count > Self.mostPageViews { readPageViews = [:] }
        for page in pages where page.state == .read && page.outcome != nil { readPageViews[page.id] = page }
    }

    private static let mostPageViews = 5000

    /// Documents that need a person, then the latest others.
    ///
    /// What the resident left out comes first: who still stands at the counter can mend it.
    ///
    /// - Parameter limit: Of those that need a person; ten of the others at most.
    /// - Returns: Them, and how many there are in all.
    /// - Throws: ``BlankettError`` when the journal cannot be read.
    public func documents(limit: Int = 50) async throws -> DocumentQueue {
        try await journal.transaction { rows in
            let open = try rows.documents(in: [.waiting, .kept, .refused, .rereading], limit: .max)
            let isMissing = { (document: Document) in document.state == .waiting && (document.missing ?? 0) > 0 }
            return DocumentQueue(
                open: open.count, ready: open.count { $0.state == .waiting && $0.isReady },
                documents: Array((open.filter(isMissing) + open.filter { !isMissing($0) }).prefix(limit))
                    + (try rows.documents(in: [.queued, .sent], limit: min(limit, 10))))
        }
    }

    public func view(ofDocument id: UUIDv7) async throws -> DocumentView {
        try await journal.transaction { rows in
            let document = try Self.require(rows.document(id))
            let contents = try rows.contents(of: id, .document).map {
                try JSONCoding.decode(DocumentContents.self, from: $0)
            }
            return DocumentView(
                document: document, contents: contents, pages: try document.pages.compactMap { try rows.page($0) })
        }
    }

    /// A picture of the page for a person to look at: upright once it has been read, else the scan.
    ///
    /// - Returns: The picture and its media type.
    public func picture(ofPage id: UUIDv7) async throws -> (bytes: [UInt8], mediaType: String) {
        let page = try await journal.transaction { try Self.require($0.page(id)) }
        guard page.state != .erased else { return try Self.require(nil) }
        if let preview = try? await journal.read(.preview(id)) { return (preview, "image/jpeg") }
        return (try await journal.read(.page(id)), page.mediaType)
    }

    /// The forms in force.
    public nonisolated var forms: [FormTemplate] { Array(rules.templates.values) }

    public nonisolated func template(_ form: FormKey) -> FormTemplate? { rules.templates[form] }

    public nonisolated func template(of document: Document) -> FormTemplate? { rules.template(of: document) }
}
