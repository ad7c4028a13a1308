import Delivery
import Foundation
import Support
import Synchronization
import Testing

/// Workers of three subscriptions that do all that workers do wrong, and what must become of each record.
///
/// The expectations are written from the promises of the API alone, without the store's own state machine: a lease counts
/// while it is the latest one; a record is done once; after ten attempts, or a reject, a person must look.
final class ConsumerModel {
    private typealias Expected = ModelLedger.Expected

    private struct Held {
        var subscription: String
        var record: UUIDv7
        var lease: String
    }

    /// What a consumer may do with a lease that it holds.
    private enum Deed: CaseIterable {
        case done, doneTwice, otherCase, retry, retryLater, reject, extend, crash, forget
    }

    static let subscriptions = [
        Subscription(name: "all"), Subscription(name: "permits", formTypes: ["bygglov"]),
        Subscription(name: "tests", includesTest: true),
    ]

    private(set) var store: any RecordStore
    private let reopen: () async throws -> any RecordStore
    private let clock: ModelClock
    private var dice: SeededDice
    private var expected: [String: ModelLedger] = [:]
    private var leases: Set<String> = []
    /// Eight workers share each subscription; a lease can also be known from long ago.
    private var held: [[Held]] = Array(repeating: [], count: 8)
    private var old: [Held] = []
    private let origin = Origin(actor: "model", request: UUIDv7())
    private var step = 0

    init(clock: ModelClock, seed: UInt64, open: @escaping () async throws -> any RecordStore) async throws {
        reopen = open
        store = try await open()
        self.clock = clock
        dice = SeededDice(seed: seed)
        for subscription in Self.subscriptions { expected[subscription.name] = ModelLedger() }
        _ = try await store.putBlob(samplePage, name: SHA256.hexadecimal(of: samplePage))
    }

    func run(steps: Int) async throws {
        for _ in 0..<steps {
            step += 1
            switch Int.random(in: 0..<1000, using: &dice) {
            case ..<150: try await put()
            case ..<550: try await claim()
            case ..<900: try await act()
            case ..<930: try await tellNonsense()
            case ..<940: try await redrive()
            case ..<941: try await restart()
            default: moveClock()
            }
        }
    }

    // MARK: Steps

    private func put() async throws {
        let record = sampleRecord(
            form: Bool.random(using: &dice) ? "bygglov" : "ansokan-bistand",
            test: Int.random(in: 0..<4, using: &dice) == 0)
        let bytes = try JSONCoding.encode(record)
        #expect(try await store.put(record, body: bytes, by: origin))
        // An agent whose answer was lost.
        if Int.random(in: 0..<10, using: &dice) == 0 {
            #expect(try await store.put(record, body: bytes, by: origin) == false)
        }
        for subscription in Self.subscriptions
        where subscription.takes(formType: record.data.form.type, isTest: record.data.test) {
            expected[subscription.name]?[record.id] = Expected(since: clock.now)
        }
    }

    private func claim() async throws {
        let name = Self.subscriptions.randomElement(using: &dice)?.name ?? ""
        let worker = Int.random(in: 0..<held.count, using: &dice)
        let limit = Int.random(in: 1...6, using: &dice)
        let seconds = [10, 30, 300].randomElement(using: &dice) ?? 10
        let claimed = try await store.claim(name, limit: limit, leaseSeconds: seconds, by: origin).claimed
        let ledger = try #require(expected[name])
        let now = clock.now
        for item in claimed {
            let id = try Self.id(of: item)
            var state = try #require(ledger[id], "step \(step): \(name) got what is not its own")
            #expect(
                state.phase == .pending || state.phase == .leased,
                "step \(step): a record that is \(state.phase) came again")
            #expect(state.earliest <= now, "step \(step): a record came before its time, or while its lease was good")
            #expect(state.attempt < 10 && item.attempt == state.attempt + 1, "step \(step): attempt \(item.attempt)")
            #expect(leases.insert(item.leaseId).inserted, "step \(step): a lease was given twice")
            state.phase = .leased
            state.mayHaveEnded = false
            state.attempt = item.attempt
            state.lease = item.leaseId
            state.earliest = now.addingTimeInterval(Double(seconds))
            state.latest = state.earliest
            ledger[id] = state
            held[worker].append(Held(subscription: name, record: id, lease: item.leaseId))
        }
        ledger.passTime(to: now)
        guard claimed.count < limit else { return }
        var forgotten = 0
        for id in ledger.dueRecords() {
            guard var state = ledger[id] else { continue }
            if Self.canSurelyBeHad(state, at: now) { forgotten += 1 }
            // The tenth lease that ran out makes it a dead letter, which is seen when somebody claims.
            if state.phase == .leased, state.attempt >= 10, state.latest <= now {
                state.phase = .rejected
                ledger[id] = state
            }
        }
        #expect(forgotten == 0, "step \(step): \(forgotten) could be had and were not given")
    }

    private struct Named: Decodable {
        var id: UUIDv7
    }

    private static func id(of item: ClaimedRecord) throws -> UUIDv7 {
        try JSONCoding.decode(Named.self, from: item.body).id
    }

    private static func canSurelyBeHad(_ state: Expected, at now: Date) -> Bool {
        switch state.phase {
        case .pending: state.latest <= now
        case .leased: state.latest <= now && state.attempt < 10
        case .done, .rejected: false
        }
    }

    private func act() async throws {
        guard let worker = held.indices.filter({ !held[$0].isEmpty }).randomElement(using: &dice) else { return }
        let index = Int.random(in: 0..<held[worker].count, using: &dice)
        let lease = held[worker].remove(at: index)
        switch Deed.allCases.randomElement(using: &dice) ?? .done {
        case .done:
            try await tell(lease, .init(leaseId: lease.lease, outcome: .done, caseId: Self.caseId(lease.record)))
        case .doneTwice:
            let item = AcknowledgementRequest.Item(
                leaseId: lease.lease, outcome: .done, caseId: Self.caseId(lease.record))
            try await tell(lease, item)
            try await tell(lease, item)
        case .otherCase:
            try await tell(lease, .init(leaseId: lease.lease, outcome: .done, caseId: Self.caseId(lease.record)))
            try await tell(lease, .init(leaseId: lease.lease, outcome: .done, caseId: "another"))
        case .retry: try await tell(lease, .init(leaseId: lease.lease, outcome: .retry))
        case .retryLater:
            let wait = Int.random(in: 0...100, using: &dice)
            try await tell(lease, .init(leaseId: lease.lease, outcome: .retry, retryAfterSeconds: wait))
        case .reject:
            // Seldom, or all would soon lie dead.
            if Int.random(in: 0..<5, using: &dice) == 0 {
                try await tell(lease, .init(leaseId: lease.lease, outcome: .reject, reason: "no"))
            }
        case .extend:
            try await tell(lease, .init(leaseId: lease.lease, outcome: .extend, leaseSeconds: 30))
            held[worker].append(lease)
        // It ends with all that it holds, and may wake up long after.
        case .crash:
            old += held[worker] + [lease]
            held[worker] = []
        case .forget: break
        }
        old.append(lease)
        if old.count > 200 { old.removeFirst(100) }
    }

    /// Leases that nobody gave, of another subscription, or from long ago.
    private func tellNonsense() async throws {
        let unknown = AcknowledgementRequest.Item(leaseId: "nobody-gave-this", outcome: .done, caseId: "x")
        #expect(try await store.acknowledge([unknown], of: "all", by: origin).map(\.result) == [.leaseLost])
        guard let lease = old.randomElement(using: &dice) else { return }
        let item = AcknowledgementRequest.Item(leaseId: lease.lease, outcome: .done, caseId: Self.caseId(lease.record))
        let other = lease.subscription == "all" ? "tests" : "all"
        #expect(try await store.acknowledge([item], of: other, by: origin).map(\.result) == [.leaseLost])
        try await tell(lease, item)
    }

    private func tell(_ held: Held, _ item: AcknowledgementRequest.Item) async throws {
        let result = try await store.acknowledge([item], of: held.subscription, by: origin).first?.result
        guard var state = expected[held.subscription]?[held.record], let result else {
            Issue.record("step \(step): no answer")
            return
        }
        defer { expected[held.subscription]?[held.record] = state }
        func expect(_ allowed: AcknowledgementResponse.Result...) {
            #expect(
                allowed.contains(result), "step \(step): \(item.outcome) was answered with \(result), not \(allowed)")
        }
        guard state.lease == held.lease else { return expect(.leaseLost) }
        let hasRunOut = state.phase == .pending || state.earliest <= clock.now || state.mayHaveEnded
        // A tenth lease that ran out may be a dead letter by now.
        let mayBeDead = state.phase == .rejected || (state.attempt >= 10 && hasRunOut)
        switch (state.phase, item.outcome) {
        case (.done, .done): expect(item.caseId == state.caseId ? .alreadyDone : .ackConflict)
        case (.done, _): expect(.alreadyDone)
        case (_, .done):
            expect(.done)
            state.phase = .done
            state.caseId = item.caseId
            state.timesDone += 1
        case (_, .reject):
            expect(.rejected)
            state.phase = .rejected
        case (.rejected, _): expect(.rejected)
        case (_, .retry) where state.attempt >= 10:
            expect(.rejected)
            state.phase = .rejected
        case (_, .retry):
            expect(.rescheduled)
            // What has run out already stays to be had at once.
            if state.phase == .leased || hasRunOut {
                let pause = item.retryAfterSeconds.map { (Double($0), Double($0)) } ?? (48, 21600 * 1.2)
                let latest = clock.now.addingTimeInterval(pause.1)
                let earliest = clock.now.addingTimeInterval(pause.0)
                state.earliest = hasRunOut ? min(state.earliest, earliest) : earliest
                state.latest = max(hasRunOut ? state.latest : latest, latest)
            }
            state.phase = .pending
        case (_, .extend):
            if mayBeDead { expect(.extended, .rejected) } else { expect(.extended) }
            state.phase = result == .rejected ? .rejected : .leased
            state.mayHaveEnded = false
            state.earliest = clock.now.addingTimeInterval(30)
            state.latest = state.earliest
        }
    }

    private func redrive() async throws {
        guard let name = expected.keys.sorted().randomElement(using: &dice),
            let id = expected[name]?.rejected.randomElement(using: &dice), var state = expected[name]?[id]
        else { return }
        #expect(try await store.redrive([id], of: name, by: origin).map(\.result) == [.redriven])
        state.phase = .pending
        state.attempt = 0
        state.lease = nil
        (state.earliest, state.latest) = (clock.now, clock.now)
        expected[name]?[id] = state
    }

    private func restart() async throws {
        await store.close()
        store = try await reopen()
    }

    private func moveClock() {
        switch Int.random(in: 0..<20, using: &dice) {
        case 0: clock.move(by: 7200)
        // Somebody sets the clock right.
        case 1: clock.move(by: -600)
        default: clock.move(by: Double.random(in: 0...20, using: &dice))
        }
    }

    private static func caseId(_ record: UUIDv7) -> String { "case-\(record.description.suffix(12))" }

    // MARK: The end

    /// Fetches all that is left, and compares.
    ///
    /// - Returns: How many deliveries were done, and how many lie dead.
    func finish() async throws -> (done: Int, dead: Int) {
        var (done, dead) = (0, 0)
        for subscription in Self.subscriptions {
            let name = subscription.name
            for _ in 0..<20 {
                clock.move(by: 30000)
                while true {
                    let claimed = try await store.claim(name, limit: 100, leaseSeconds: 300, by: origin).claimed
                    if claimed.isEmpty { break }
                    for item in claimed {
                        let id = try Self.id(of: item)
                        var state = try #require(expected[name]?[id])
                        #expect(state.phase == .pending || state.phase == .leased)
                        (state.phase, state.lease, state.attempt) = (.leased, item.leaseId, item.attempt)
                        expected[name]?[id] = state
                        try await tell(
                            Held(subscription: name, record: id, lease: item.leaseId),
                            .init(leaseId: item.leaseId, outcome: .done, caseId: Self.caseId(id)))
                    }
                }
            }
            var entries: [UUIDv7: DeliveryEntry] = [:]
            while true {
                let page = try await store.entries(of: name, in: nil, limit: 1000, offset: entries.count)
                if page.isEmpty { break }
                for entry in page { #expect(entries.updateValue(entry, forKey: entry.recordId) == nil, "listed twice") }
            }
            let states = expected[name]?.states ?? [:]
            #expect(Set(entries.keys) == Set(states.keys))
            for (id, entry) in entries {
                let times = states[id]?.timesDone ?? -1
                #expect(["done", "rejected"].contains(entry.state))
                #expect(
                    times == (entry.state == "done" ? 1 : 0), "\(id) is \(entry.state), and was done \(times) times")
                if entry.state == "done" { #expect(entry.caseId == Self.caseId(id)) }
                if entry.state == "done" { done += 1 } else { dead += 1 }
            }
            let counters = try await store.counters(of: name)
            #expect(counters.pending == 0 && counters.leased == 0)
            #expect(counters.done + counters.rejected == states.count)
        }
        #expect(try await store.verifyAudit().broken == nil)
        #expect(try await store.damage() == [])
        await store.close()
        return (done, dead)
    }
}

/// A clock that a test moves.
final class ModelClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))

    var now: Date { time.withLock { $0 } }

    /// In whole milliseconds, as the stores keep them.
    func move(by seconds: Double) {
        time.withLock {
            $0 = Date(timeIntervalSince1970: (($0.timeIntervalSince1970 + seconds) * 1000).rounded() / 1000)
        }
    }
}
