import Reading
import Synchronization

/// The fields of a page on their way to the desks that read them; each desk takes the next when it is free.
final class FieldQueue: Sendable {
    private struct State {
        var next = 0
        var readings: [FieldReading?]
    }

    private let jobs: [FieldJob]
    private let state: Mutex<State>

    init(_ jobs: [FieldJob]) {
        self.jobs = jobs
        state = Mutex(State(readings: Array(repeating: nil, count: jobs.count)))
    }

    /// The next job and its place; `nil` when none is left.
    func take() -> (place: Int, job: FieldJob)? {
        let place = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        return place < jobs.count ? (place, jobs[place]) : nil
    }

    func put(_ reading: FieldReading, at place: Int) {
        state.withLock { $0.readings[place] = reading }
    }

    /// All that were put, in the order of the jobs.
    var readings: [FieldReading] { state.withLock { $0.readings.compactMap { $0 } } }
}
