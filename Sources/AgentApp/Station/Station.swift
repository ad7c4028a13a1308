public import Foundation
public import Reading
import Scanning
import Support

/// The station's workflow: scan, journal, read, assemble, let a clerk decide, hand to the bridge.
///
/// The journal is the truth; the actor holds only what a restart may forget: running scans, the state of the devices
/// and of the way to the bridge. Every decision is taken inside one journal transaction, so no two can cross.
public actor Station {
    public nonisolated let settings: StationSettings
    /// Rings when anything that a person could see has changed.
    public nonisolated let changes = Bell()

    let journal: any Journal
    let devices: [StationDevice]
    let reader: any PageReader
    let rules: DocumentRules
    let bridge: BridgeClient?
    let log: EventLog
    /// Wall-clock time; tests move it.
    let now: @Sendable () -> Date

    /// Rings when a page may wait to be read.
    let toRead = Bell()
    /// Rings when a record may wait to be sent.
    let toSend = Bell()

    var runningScans: [String: RunningScan] = [:]
    var deviceViews: [String: DeviceView] = [:]
    var link: BridgeLink
    /// Why the journal could not be written at the last try: a stable code.
    var storageProblem: String?

    private let scanOrders = AsyncStream.makeStream(of: ScanOrder.self)

    /// - Parameter bridge: `nil` when none is configured: records stay in the outbox.
    public init(
        settings: StationSettings, journal: any Journal, devices: [StationDevice], reader: any PageReader,
        rules: DocumentRules, bridge: BridgeClient?, log: EventLog = .standardError,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.settings = settings
        self.journal = journal
        self.devices = devices
        self.reader = reader
        self.rules = rules
        self.bridge = bridge
        self.log = log
        self.now = now
        link = BridgeLink(isConfigured: bridge != nil)
    }

    /// Picks up what an earlier run left, then works until it is cancelled.
    ///
    /// - Throws: ``BlankettError`` when the journal cannot be used at the start; later troubles are shown and retried.
    public func run() async throws {
        try await recover()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.readPages() }
            group.addTask { await self.sendRecords() }
            group.addTask { await self.watchDevices() }
            group.addTask { await self.sweepRegularly() }
            for await order in scanOrders.stream {
                group.addTask { await self.carryOut(order) }
            }
            group.cancelAll()
        }
    }

    func order(_ scan: ScanOrder) {
        scanOrders.continuation.yield(scan)
    }

    /// Brings the journal to a state in which every loop can go on.
    private func recover() async throws {
        let time = now()
        let interrupted = try await journal.transaction { rows in
            let batches = try rows.batches(in: [.scanning], limit: .max)
            for var batch in batches {
                _ = batch.handle(.agentStarted)
                try rows.save(batch)
                try rows.note("batch-interrupted", batch.id, outcome: batch.reason, at: time)
            }
            return batches.count
        }
        try await assembleWhatIsRead()
        try await removeStrayFiles()
        log.note("started", count: interrupted)
    }

    /// Runs a step of a loop; a failing journal is shown, and the step is tried again after a pause.
    ///
    /// - Returns: What the step returns, or `nil` when it failed.
    func attempt<Result>(_ what: String, _ step: () async throws -> Result) async -> Result? {
        do {
            let result = try await step()
            if storageProblem != nil {
                storageProblem = nil
                changes.ring()
            }
            return result
        } catch is CancellationError {
            return nil
        } catch {
            log.failure(what, error)
            storageProblem = (error as? BlankettError)?.code ?? "internal"
            changes.ring()
            try? await Task.sleep(for: .seconds(5))
            return nil
        }
    }
}
