import Scanning
public import Support

/// A scan that was asked for and has its device.
struct ScanOrder: Sendable {
    var batch: Batch
    var device: StationDevice
}

/// What a running scan can be told, and what it must remember until its batch is over.
struct RunningScan {
    /// The device's edition.
    let device: UUIDv7
    var batch: UUIDv7?
    var task: Task<BatchEnd, any Error>?
    /// A person pressed Stop.
    var isStopped = false
    /// Why a page could not be journalled: a stable code.
    var failure: String?
}

extension Station {
    /// Begins a batch; pages are journalled and read while it runs.
    ///
    /// - Parameters:
    ///   - name: The device's id; `nil` where there is only one.
    ///   - profile: The scan profile's name; `nil` for the device's usual one.
    /// - Returns: The batch as it begins.
    /// - Throws: ``BlankettError``: `unknown-device`, `unknown-profile`, `scanner-busy`, `storage-full`, or what the
    ///   device says to the profile.
    public func startScan(device name: String? = nil, profile: String? = nil) async throws -> Batch {
        let device = try device(named: name)
        return try await lease(device) {
            let profiles = try await device.profiles()
            guard let profile = profile ?? profiles.first, profiles.contains(profile) else {
                throw BlankettError(
                    "unknown-profile", exit: .badInput, "\(device.name) has no such scan profile.",
                    advice: "Choose one of: \(profiles.joined(separator: ", ")).")
            }
            let job = try await device.fit(profile)
            let batch = Batch(device: device.id, profile: profile, job: job, startedAt: self.now())
            try await self.journal.transaction { rows in
                try rows.save(batch)
                try rows.note("scan-started", batch.id, outcome: device.id, at: batch.startedAt)
            }
            return batch
        }
    }

    /// Scans the rest of an incomplete batch's stack into it.
    ///
    /// - Throws: ``BlankettError`` as ``startScan(device:profile:)``; `not-now` when the batch is not incomplete.
    public func continueScan(of id: UUIDv7) async throws -> Batch {
        let found = try await journal.transaction { try $0.batch(id) }
        let device = try device(of: try Self.require(found))
        return try await lease(device) {
            let (time, person) = (self.now(), Acting.person)
            return try await self.journal.transaction { rows in
                var batch = try Self.require(rows.batch(id))
                let action = batch.handle(.continued)
                guard action != .refuse else { throw BlankettError.notNow }
                if case .supersede(let first) = action {
                    for var page in try rows.pages(in: id) where page.number >= first {
                        page.state = .superseded
                        try rows.save(page)
                    }
                }
                try rows.save(batch)
                try rows.note("scan-continued", id, by: person, at: time)
                return batch
            }
        }
    }

    /// Says that what came of an incomplete batch is all there is.
    public func finishBatch(_ id: UUIDv7) async throws {
        let (time, person) = (now(), Acting.person)
        try await journal.transaction { rows in
            var batch = try Self.require(rows.batch(id))
            guard batch.handle(.finished) != .refuse else { throw BlankettError.notNow }
            try rows.save(batch)
            try rows.note("batch-finished", id, by: person, at: time)
        }
        toRead.ring()
        changes.ring()
    }

    /// Stops a running scan; pages that have come stay.
    public func stopScan(of batch: UUIDv7) {
        guard let device = runningScans.first(where: { $0.value.batch == batch })?.key else { return }
        runningScans[device]?.isStopped = true
        runningScans[device]?.task?.cancel()
    }

    /// Takes the device for one scan, and hands the scan over to ``run()``.
    private func lease(_ device: StationDevice, begin: () async throws -> Batch) async throws -> Batch {
        guard runningScans[device.id] == nil else {
            throw BlankettError(
                "scanner-busy", exit: .device, "\(device.name) is scanning already.",
                advice: "Wait until the stack is through.", isTransient: true)
        }
        runningScans[device.id] = RunningScan(device: device.edition)
        do {
            await stopWatching(device)
            // Else the new batch would be taken for one that an earlier run left.
            await recovered.wait(after: 0)
            guard try await journal.freeSpace() >= settings.diskReserve else { throw BlankettError.noRoom }
            let batch = try await begin()
            runningScans[device.id]?.batch = batch.id
            order(ScanOrder(batch: batch, device: device))
            changes.ring()
            return batch
        } catch {
            runningScans[device.id] = nil
            throw error
        }
    }

    /// Scans one batch to its end, and writes down how it ended.
    func carryOut(_ order: ScanOrder) async {
        let (id, device) = (order.batch.id, order.device)
        let numberBefore = order.batch.pages
        let task = Task {
            try await device.scanner.scan(order.batch.job) { scanned in
                try await self.journalPage(scanned, number: numberBefore + scanned.number, batch: id, device: device.id)
            }
        }
        runningScans[device.id]?.task = task
        if runningScans[device.id]?.isStopped == true { task.cancel() }

        var event: Batch.Event
        do {
            event = .scanEnded(
                try await withTaskCancellationHandler {
                    try await task.value
                } onCancel: {
                    task.cancel()
                })
        } catch let error as BlankettError {
            log.log(.warning, "scan-failed", .id("batch", id), .error(error))
            event = .scanFailed(code: error.code, trace: error.trace)
        } catch {
            event = .scanFailed(code: error is CancellationError ? "cancelled" : "internal")
        }
        if let failure = runningScans[device.id]?.failure {
            event = .scanFailed(code: failure, trace: event.trace)
        } else if runningScans[device.id]?.isStopped == true, case .scanFailed = event {
            event = .scanFailed(code: "cancelled", trace: event.trace)
        }

        let outcome = event
        // When the agent is stopped here, the next start finds the batch as interrupted.
        while !Task.isCancelled {
            let isStored: Void? = await attempt("batch-end") {
                let time = now()
                try await journal.transaction { rows in
                    guard var batch = try rows.batch(id) else { return }
                    _ = batch.handle(outcome)
                    try rows.save(batch)
                    try rows.note("scan-ended", id, outcome: batch.reason ?? "complete", at: time)
                }
            }
            if isStored != nil { break }
        }
        runningScans[device.id] = nil
        let isEmpty = if case .scanEnded(let end) = outcome { end.feeder == .empty } else { false }
        sensorWatches[device.edition]?.trigger.scanEnded(isEmpty: isEmpty)
        // The paper that was seen in the feeder has been scanned: nobody is to be invited to scan it again.
        deviceViews[device.id]?.feeder = nil
        toRead.ring()
        changes.ring()
        await look(at: device)
    }

    /// Puts one page on disk, before the scanner is asked for the next.
    private func journalPage(_ scanned: ScannedPage, number: Int, batch id: UUIDv7, device: String) async throws {
        let time = now()
        let page = Page(
            batch: id, number: number, scanned: scanned, sha256: journal.digest(scanned.bytes), scannedAt: time)
        do {
            guard try await journal.freeSpace() > settings.diskReserve / 4 else { throw BlankettError.storageFull() }
            try await journal.write(scanned.bytes, to: .page(page.id))
            try await journal.transaction { rows in
                var batch = try Self.require(rows.batch(id))
                guard batch.handle(.pageJournalled) != .refuse else { throw BlankettError.notNow }
                try rows.save(batch)
                try rows.save(page)
                try rows.note("page-journalled", page.id, at: time)
            }
        } catch {
            runningScans[device]?.failure = (error as? BlankettError)?.code ?? "internal"
            log.log(.error, "page-not-journalled", .id("batch", id), .error(error))
            throw error
        }
        toRead.ring()
        changes.ring()
    }
}

extension Station {
    /// - Throws: ``BlankettError`` `not-found` when there is none.
    static func require<Value>(_ value: Value?) throws -> Value {
        guard let value else {
            throw BlankettError("not-found", exit: .badInput, "There is no such batch, page or document here.")
        }
        return value
    }
}

extension BlankettError {
    static var notNow: BlankettError {
        BlankettError(
            "not-now", exit: .badInput, "That cannot be done in the present state.",
            advice: "Look at it again: something has changed in between.")
    }
}

extension Batch.Event {
    /// The file that a failed scan left.
    fileprivate var trace: String? {
        switch self {
        case .scanEnded(let end): end.trace
        case .scanFailed(_, let trace): trace
        default: nil
        }
    }
}
