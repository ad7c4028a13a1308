import Forms
import Imaging
import Reading
import Support
import Synchronization

/// A field that is still to be cut out of the page and read.
///
/// Unchecked: several threads cut fields out of one page, which only looks at pictures that nobody changes meanwhile.
struct FieldTask: @unchecked Sendable {
    var field: Field
    /// The lines of the field's list file.
    var list: [String]
    var errorTarget: Double
    var page: any RegisteredPage
    var scan: PageImage

    /// Cuts it out.
    func job() throws -> FieldJob {
        FieldJob(
            field: field, list: list, errorTarget: errorTarget,
            evidence: try FieldEvidence(of: field, on: page, scan: scan), residual: page.residual(of: field.box),
            isWhole: field.boxes(on: page.page).allSatisfy { page.shows($0, in: scan, tolerance: field.kind.rim) })
    }
}

/// The fields of a page on their way to the desks that read them; each desk takes the next when it is free.
final class FieldQueue: Sendable {
    private struct State {
        var next = 0
        var readings: [FieldReading?]
        var jobs: [FieldJob?]
    }

    private let tasks: [FieldTask]
    /// Places of the tasks: those that take long first, so that no desk ends long after the other.
    private let order: [Int]
    private let keepsJobs: Bool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - tasks: What is to be read.
    ///   - keepsJobs: Whether what was cut out is kept, for ``jobs``.
    init(_ tasks: [FieldTask], keepsJobs: Bool = false) {
        self.tasks = tasks
        self.keepsJobs = keepsJobs
        order = tasks.indices.sorted { (tasks[$1].field.effort, $0) < (tasks[$0].field.effort, $1) }
        let count = tasks.count
        state = Mutex(
            State(readings: Array(repeating: nil, count: count), jobs: Array(repeating: nil, count: count)))
    }

    /// The next task and its place; `nil` when none is left.
    func take() -> (place: Int, task: FieldTask)? {
        let turn = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        return turn < order.count ? (order[turn], tasks[order[turn]]) : nil
    }

    func put(_ reading: FieldReading, of job: FieldJob, at place: Int) {
        state.withLock { state in
            state.readings[place] = reading
            if keepsJobs { state.jobs[place] = job }
        }
    }

    /// All that were put, in the order of the tasks.
    var readings: [FieldReading] { state.withLock { $0.readings.compactMap { $0 } } }

    /// What was cut out, in the order of the tasks, where it was to be kept.
    var jobs: [FieldJob] { state.withLock { $0.jobs.compactMap { $0 } } }
}

extension Field {
    /// How long it may take to read, roughly and relative to others.
    fileprivate var effort: Double {
        switch kind {
        case .text: 10 + box.width * Double(max(1, lines)) / 10
        case .table: 1000
        case .comb: 20
        case .barcode: 30
        case .choice, .checkbox, .signature, .image: 1
        }
    }
}

extension Field.Kind {
    /// What may be cut off a field before that which stands in it can be, in millimetres.
    fileprivate var rim: Double {
        switch self {
        case .text, .comb, .checkbox, .choice, .table: 0.5
        // Their boxes are drawn generously, often as far as the sheet goes.
        case .signature, .image, .barcode: 5
        }
    }
}
