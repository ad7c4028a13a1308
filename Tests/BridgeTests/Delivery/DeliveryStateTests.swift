import Delivery
import Foundation
import Testing

private let now = Date(timeIntervalSince1970: 1_800_000_000)

private func leased(attempt: Int = 1) -> DeliveryState {
    DeliveryState(phase: .leased, attempt: attempt, due: now.addingTimeInterval(300), lease: "a")
}

private typealias Item = AcknowledgementRequest.Item

/// Where a delivery stands, what its latest lease says, and the answer.
private let answers: [(DeliveryState.Phase, AcknowledgementRequest.Outcome, AcknowledgementResponse.Result)] = [
    (.leased, .done, .done),
    (.leased, .retry, .rescheduled), (.leased, .reject, .rejected), (.leased, .extend, .extended),
    // The lease has expired, but no other was issued.
    (.pending, .done, .done), (.pending, .retry, .rescheduled), (.pending, .reject, .rejected),
    (.pending, .extend, .extended),
    (.done, .done, .alreadyDone), (.done, .retry, .alreadyDone), (.done, .reject, .alreadyDone),
    (.done, .extend, .alreadyDone),
    // Given up, but the case was made after all.
    (.rejected, .done, .done), (.rejected, .retry, .rejected), (.rejected, .reject, .rejected),
    (.rejected, .extend, .rejected),
]

struct `The state of a delivery` {
    @Test(arguments: answers)
    func `answers each acknowledgement with the latest lease`(
        _ phase: DeliveryState.Phase, _ outcome: AcknowledgementRequest.Outcome,
        _ expected: AcknowledgementResponse.Result
    ) {
        var state = leased()
        state.phase = phase
        if phase == .done { state.caseId = "c" }
        #expect(state.acknowledge(Item(leaseId: "a", outcome: outcome, caseId: "c"), now: now, jitter: 0) == expected)
        let after: [AcknowledgementResponse.Result: DeliveryState.Phase] = [
            .done: .done, .alreadyDone: .done, .rescheduled: .pending, .rejected: .rejected, .extended: .leased,
        ]
        #expect(state.phase == after[expected])
    }

    @Test(arguments: [AcknowledgementRequest.Outcome.done, .retry, .reject, .extend])
    func `does not listen to an older lease`(_ outcome: AcknowledgementRequest.Outcome) {
        var state = leased()
        let before = state
        #expect(state.acknowledge(Item(leaseId: "b", outcome: outcome), now: now, jitter: 0) == .leaseLost)
        #expect(state == before)
    }

    @Test func `tells when another case was named before`() {
        var state = leased()
        #expect(state.acknowledge(Item(leaseId: "a", outcome: .done, caseId: "1"), now: now, jitter: 0) == .done)
        #expect(state.acknowledge(Item(leaseId: "a", outcome: .done, caseId: "1"), now: now, jitter: 0) == .alreadyDone)
        #expect(state.acknowledge(Item(leaseId: "a", outcome: .done, caseId: "2"), now: now, jitter: 0) == .ackConflict)
        #expect(state.caseId == "1")
    }

    @Test(arguments: [(1, 60.0), (2, 300), (3, 1800), (4, 7200), (5, 21600), (9, 21600)])
    func `pauses longer after each attempt`(_ attempt: Int, _ seconds: Double) {
        for jitter in [-1.0, 0, 1] {
            var state = leased(attempt: attempt)
            #expect(state.acknowledge(Item(leaseId: "a", outcome: .retry), now: now, jitter: jitter) == .rescheduled)
            #expect(abs(state.due.timeIntervalSince(now) - seconds * (1 + 0.2 * jitter)) < 0.001)
        }
        var state = leased(attempt: attempt)
        _ = state.acknowledge(Item(leaseId: "a", outcome: .retry, retryAfterSeconds: 7), now: now, jitter: 1)
        #expect(state.due == now.addingTimeInterval(7))
    }

    @Test func `gives up after the tenth attempt, whether by word or by silence`() {
        var told = leased(attempt: 10)
        #expect(told.acknowledge(Item(leaseId: "a", outcome: .retry), now: now, jitter: 0) == .rejected)
        var silent = leased(attempt: 10)
        silent.expire(now: now.addingTimeInterval(300))
        #expect(silent.phase == .rejected)
        var younger = leased(attempt: 9)
        younger.expire(now: now.addingTimeInterval(300))
        #expect(younger.phase == .pending)
        var running = leased()
        running.expire(now: now.addingTimeInterval(299))
        #expect(running.phase == .leased)
    }
}
