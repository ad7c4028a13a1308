import Foundation
public import Reading
import Scanning
public import Support
import Synchronization

/// The station's workflow: scan, journal, read, assemble, let a clerk decide, hand to the bridge.
///
/// The journal is the truth; the actor holds only what a restart may forget: running scans, the state of the devices
/// and of the way to the bridge. Every decision is taken inside one journal transaction, so no two can cross.
public actor Station {
    public nonisolated let settings: StationSettings
    /// Rings when anything that a person could see has changed.
    public nonisolated let changes = Bell()

    let journal: any Journal
    let reader: any PageReader
    private nonisolated let rulesInForce: Mutex<DocumentRules>
    let bridge: BridgeClient?
    let log: Logger
    let time: StationTime

    /// Rings once, when what an earlier run left has been picked up.
    let recovered = Bell()
    /// Rings when scanners have come or gone.
    let devicesChanged = Bell()
    /// Rings when a page may wait to be read.
    let toRead = Bell()
    /// Rings when a record may wait to be sent.
    let toSend = Bell()

    var devices: [StationDevice]
    var runningScans: [String: RunningScan] = [:]
    var deviceViews: [String: DeviceView] = [:]
    /// By the device's edition.
    var sensorWatches: [UUIDv7: SensorWatch] = [:]
    /// The last thing that happened at a device.
    var signal: DeviceSignal?
    /// Where scanners cannot be looked for, and why: a stable code.
    var notSearched: [String: String] = [:]
    var link: BridgeLink
    /// What kept a loop from going on at its last try, by loop: a stable code, and whether it is the disk's.
    var problems: [String: Problem] = [:]

    struct Problem: Hashable {
        var code: String
        var isStorage: Bool
    }

    /// What is shown of pages that were read, so that a stack on the screen is not decoded at each look.
    var readPageViews: [UUIDv7: BatchView.PageView] = [:]
    /// How many pages were read since the start.
    var pagesRead = 0

    private let scanOrders = AsyncStream.makeStream(of: ScanOrder.self)

    /// - Parameters:
    ///   - settings: What the configuration says of the workflow.
    ///   - journal: Where everything is kept.
    ///   - devices: The scanners that are there at the start.
    ///   - reader: Reads pages.
    ///   - rules: How pages become documents.
    ///   - bridge: `nil` when none is configured: records stay in the outbox.
    ///   - log: Where to say what happens.
    ///   - time: Tests let it run faster.
    public init(
        settings: StationSettings, journal: any Journal, devices: [StationDevice], reader: any PageReader,
        rules: DocumentRules, bridge: BridgeClient?, log: Logger = .standardError,
        time: StationTime = StationTime()
    ) {
        self.settings = settings
        self.journal = journal
        self.devices = devices
        self.reader = reader
        rulesInForce = Mutex(rules)
        self.bridge = bridge
        self.log = log
        self.time = time
        link = BridgeLink(isConfigured: bridge != nil)
    }

    /// Picks up what an earlier run left, then works until it is cancelled.
    ///
    /// - Throws: ``BlankettError`` when the journal cannot be used at the start, or can no longer be trusted; other troubles
    ///   are shown and retried.
    public func run() async throws {
        try await recover()
        recovered.ring()
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await self.endWhenJournalFails() }
            group.addTask { await self.readPages() }
            group.addTask { await self.sendRecords() }
            group.addTask { await self.watchDevices() }
            group.addTask { await self.watchSensors() }
            group.addTask { await self.sweepRegularly() }
            for await order in scanOrders.stream {
                group.addTask { await self.carryOut(order) }
            }
            group.cancelAll()
        }
    }

    private func endWhenJournalFails() async throws {
        guard let failure = await journal.failed() else { return }
        log.log(.error, "journal-failed", .error(failure))
        scanOrders.continuation.finish()
        throw failure
    }

    func now() -> Date { time.now }

    /// Of the forms that are known now.
    public nonisolated var rules: DocumentRules { rulesInForce.withLock { $0 } }

    /// Takes other forms into force: for what is read, and looked at, from now on.
    public nonisolated func use(_ rules: DocumentRules) {
        rulesInForce.withLock { $0 = rules }
        changes.ring()
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
        log.log(.info, "started", .name("version", settings.version), .count("interrupted-batches", interrupted))
    }

    /// Runs a step of a loop; what keeps it from going on is shown, and the step is tried again after a pause.
    ///
    /// - Returns: What the step returns, or `nil` when it failed.
    func attempt<Result>(_ loop: String, _ step: () async throws -> Result) async -> Result? {
        do {
            let result = try await step()
            if problems.removeValue(forKey: loop) != nil { changes.ring() }
            return result
        } catch is CancellationError {
            return nil
        } catch {
            log.log(.error, "step-failed", .name("step", loop), .error(error))
            let known = error as? BlankettError
            problems[loop] = Problem(code: known?.code ?? "internal", isStorage: known?.exit == .storage)
            changes.ring()
            try? await time.sleep(5)
            return nil
        }
    }
}
