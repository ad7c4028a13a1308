import Scanning
import Support

/// The paper path and the jobs of the device: what it decides, without waiting, computing or sending.
struct Mechanism: Sendable {
    struct Job: Sendable {
        enum State: String, Sendable {
            case processing = "Processing"
            case completed = "Completed"
            case canceled = "Canceled"
            case aborted = "Aborted"
        }

        var id: String
        var settings: JobSettings
        var state: State = .processing
        var imagesCompleted = 0
        /// The back of the sheet that is in, with nothing printed on it for an odd side.
        var pendingBack: PageSide??
        /// Whether an image is on its way out.
        var isBusy = false
        var lastSize: (width: Int, height: Int) = (0, 0)
    }

    enum Next {
        case image(PageSide?, JobSettings)
        case noMore
        case conflict
        case notYet
    }

    var control = ControlState()
    private(set) var feeder: [PageSide] = []
    private(set) var platen: PageSide?
    private(set) var jobs: [Job] = []
    private var stop: Stop?
    private var made = 0

    /// Why the paper path stands still, by scan:AdfState.
    private enum Stop: String {
        case jam = "ScannerAdfJam"
        case doorOpen = "ScannerAdfDoorOpen"
        case multifeed = "ScannerAdfMultipickDetected"

        /// The key of the control state that counts down to it.
        var key: WritableKeyPath<ControlState, Int> {
            switch self {
            case .jam: \.jam_after
            case .doorOpen: \.door_open_after
            case .multifeed: \.multifeed_after
            }
        }

        var name: String {
            switch self {
            case .jam: "jam_after"
            case .doorOpen: "door_open_after"
            case .multifeed: "multifeed_after"
            }
        }

        static let all = [jam, doorOpen, multifeed]
    }

    /// As it was when it was switched on, but that no job is ever called like an earlier one.
    var afterReset: Mechanism {
        var fresh = Mechanism()
        fresh.made = made
        return fresh
    }

    /// Puts in the paper that the control state names anew.
    mutating func load(feeder: [PageSide]? = nil, platen: PageSide?? = nil) {
        if let feeder {
            self.feeder = feeder
            stop = nil
        }
        if let platen { self.platen = platen }
    }

    /// A fault that is set again strikes anew; one that is taken away is mended.
    mutating func mend(_ change: Set<String>) {
        if let name = stop?.name, change.contains(name) { stop = nil }
    }

    var state: String {
        if !control.state.isEmpty { return control.state }
        if stop != nil { return "Stopped" }
        return jobs.contains { $0.state == .processing } ? "Processing" : "Idle"
    }

    var adfState: String {
        if !control.adf_state.isEmpty { return control.adf_state }
        if let stop { return stop.rawValue }
        let running = jobs.first { $0.state == .processing && $0.settings.source == .feeder }
        if let running {
            let isOut = feeder.isEmpty && running.pendingBack == nil && !running.isBusy
            return feeder.isEmpty && (control.eager_empty || isOut) ? "ScannerAdfEmpty" : "ScannerAdfProcessing"
        }
        return feeder.isEmpty ? "ScannerAdfEmpty" : "ScannerAdfLoaded"
    }

    /// 201 with the job's id, 503, or 409.
    mutating func post(_ settings: JobSettings) -> (status: Int, id: String?) {
        let open = jobs.count { $0.state == .processing }
        if control.busy || open >= control.max_jobs { return (503, nil) }
        if settings.source == .feeder {
            if stop != nil { return (409, nil) }
            if feeder.isEmpty, control.empty_post != 201 { return (409, nil) }
        }
        made += 1
        // A number is enough here; real devices give UUIDs or numbers.
        let id = "urn:uuid:4509a320-00a0-008f-00b6-" + String(repeating: "0", count: 12 - "\(made)".count) + "\(made)"
        jobs.append(Job(id: id, settings: settings))
        return (201, id)
    }

    mutating func next(_ id: String) -> Next {
        guard let index = jobs.firstIndex(where: { $0.id == id }) else { return .noMore }
        guard jobs[index].state == .processing else { return jobs[index].state == .aborted ? .conflict : .noMore }
        guard !jobs[index].isBusy else { return .notYet }
        let settings = jobs[index].settings
        if settings.source == .platen {
            guard jobs[index].imagesCompleted == 0 else { return end(index) }
            jobs[index].isBusy = true
            return .image(platen, settings)
        }
        while jobs[index].pendingBack != nil || !feeder.isEmpty {
            if strikes() { return conflict(index) }
            if Self.counts(down: &control.abort_after) {
                jobs[index].state = .aborted
                return .noMore
            }
            let isLost = Self.counts(down: &control.lose_after)
            let side = pullIn(index)
            guard isLost else {
                jobs[index].isBusy = true
                return .image(side, settings)
            }
            jobs[index].imagesCompleted += 1
        }
        return end(index)
    }

    /// The next side: the back of the sheet that is in, else the front of the next.
    private mutating func pullIn(_ index: Int) -> PageSide? {
        if case .some(let back) = jobs[index].pendingBack {
            jobs[index].pendingBack = nil
            return back
        }
        let front = feeder.removeFirst()
        if jobs[index].settings.sides == 2 {
            jobs[index].pendingBack = .some(feeder.isEmpty ? nil : feeder.removeFirst())
        }
        return front
    }

    /// An image has gone out, whole or cut.
    mutating func delivered(_ id: String, width: Int, height: Int) {
        guard let index = jobs.firstIndex(where: { $0.id == id }) else { return }
        jobs[index].isBusy = false
        jobs[index].imagesCompleted += 1
        jobs[index].lastSize = (width, height)
        if jobs[index].settings.source == .platen, jobs[index].state == .processing { jobs[index].state = .completed }
    }

    /// `false` when there is no such job.
    mutating func delete(_ id: String) -> Bool {
        guard let index = jobs.firstIndex(where: { $0.id == id }) else { return false }
        if jobs[index].state == .processing { jobs[index].state = .canceled }
        // A sheet that is half through is pushed out.
        jobs[index].pendingBack = nil
        return true
    }

    private mutating func end(_ index: Int) -> Next {
        jobs[index].state = .completed
        return .noMore
    }

    private mutating func strikes() -> Bool {
        for cause in Stop.all where Self.counts(down: &control[keyPath: cause.key]) { stop = cause }
        return stop != nil
    }

    /// Whether the count has come to its end; one below zero never does.
    private static func counts(down left: inout Int) -> Bool {
        defer { if left >= 0 { left -= 1 } }
        return left == 0
    }

    private mutating func conflict(_ index: Int) -> Next {
        jobs[index].state = .aborted
        return .conflict
    }
}
