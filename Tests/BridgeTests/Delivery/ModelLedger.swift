import Foundation
import Support

/// What is known of the records of one subscription.
///
/// A long run has hundreds of thousands of them, so those whose time has come are found without looking through all.
final class ModelLedger {
    /// What is known of one record.
    struct Expected {
        enum Phase { case pending, leased, done, rejected }

        var phase = Phase.pending
        var attempt = 0
        /// When it can be had again: surely not before `earliest`, surely from `latest` on; of a lease both are its end.
        var earliest: Date
        var latest: Date
        var lease: String?
        var caseId: String?
        /// Somebody claimed when the lease had run out: it may be pending by now, also when the clock was set back since.
        var mayHaveEnded = false
        /// How often a consumer was told that it is done by what they just said.
        var timesDone = 0
        /// Counts what became of it.
        fileprivate var change = 0

        init(since time: Date) {
            (earliest, latest) = (time, time)
        }
    }

    private(set) var states: [UUIDv7: Expected] = [:]
    /// When open ones surely can be had.
    ///
    /// What has changed since stands in it once more.
    private var line = SoonestFirst()
    /// Open ones whose time had come when somebody claimed.
    private var due: Set<UUIDv7> = []
    private(set) var rejected: [UUIDv7] = []
    private var placesOfRejected: [UUIDv7: Int] = [:]

    subscript(id: UUIDv7) -> Expected? {
        get { states[id] }
        set {
            guard var state = newValue else { return }
            state.change = (states[id]?.change ?? 0) + 1
            states[id] = state
            due.remove(id)
            if state.phase == .pending || state.phase == .leased {
                line.add(SoonestFirst.Entry(time: state.latest, id: id, change: state.change))
            }
            note(id, isRejected: state.phase == .rejected)
        }
    }

    /// Somebody claims now: leases that have run out may be ended by it.
    func passTime(to now: Date) {
        while let first = line.first, first.time <= now {
            line.removeFirst()
            guard var state = states[first.id], state.change == first.change else { continue }
            state.mayHaveEnded = state.mayHaveEnded || state.phase == .leased
            states[first.id] = state
            due.insert(first.id)
        }
    }

    /// Open records whose time had come when somebody claimed, in an order that does not depend on chance.
    func dueRecords() -> [UUIDv7] { due.sorted() }

    private func note(_ id: UUIDv7, isRejected: Bool) {
        if isRejected, placesOfRejected[id] == nil {
            placesOfRejected[id] = rejected.count
            rejected.append(id)
        } else if !isRejected, let place = placesOfRejected.removeValue(forKey: id) {
            let last = rejected.removeLast()
            guard last != id else { return }
            rejected[place] = last
            placesOfRejected[last] = place
        }
    }
}

/// A binary heap of times.
private struct SoonestFirst {
    struct Entry {
        var time: Date
        var id: UUIDv7
        var change: Int
    }

    private var entries: [Entry] = []

    var first: Entry? { entries.first }

    mutating func add(_ entry: Entry) {
        entries.append(entry)
        var place = entries.count - 1
        while place > 0, entries[place].time < entries[(place - 1) / 2].time {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var place = 0
        while true {
            var soonest = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < entries.count && entries[child].time < entries[soonest].time { soonest = child }
            guard soonest != place else { return }
            entries.swapAt(place, soonest)
            place = soonest
        }
    }
}
