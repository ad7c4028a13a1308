import Delivery
import Foundation
import Support
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `Workers that do all that workers do wrong` {
    /// `BLANKETT_MODEL_STEPS` and `BLANKETT_MODEL_SEED` make it a long run, or the same one again; `BLANKETT_MODEL_STORE`
    /// chooses one of the stores.
    @Test(
        arguments: StoreKind.allCases.filter {
            [nil, $0.rawValue].contains(ProcessInfo.processInfo.environment["BLANKETT_MODEL_STORE"])
        })
    func `get each record done once, or it lies among the dead letters`(_ kind: StoreKind) async throws {
        let environment = ProcessInfo.processInfo.environment
        let steps = environment["BLANKETT_MODEL_STEPS"].flatMap { Int($0) } ?? (kind == .sqlite ? 1500 : 500)
        let seed = environment["BLANKETT_MODEL_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 32)
        let clock = ModelClock()
        let store = try await TestStore(kind)
        let model = try await ConsumerModel(clock: clock, seed: seed) {
            try await store.open(ConsumerModel.subscriptions, now: { clock.now })
        }
        do {
            try await model.run(steps: steps)
            let (done, dead) = try await model.finish()
            print("consumer model: \(kind), seed \(seed), \(steps) steps, \(done) done once, \(dead) dead letters")
            #expect(done > steps / 20, "seed \(seed)")
        } catch {
            Issue.record(error, "seed \(seed)")
        }
    }
}
