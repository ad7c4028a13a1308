import Delivery
import Foundation
import HTTP
import HTTPClient
import Sealing
import Support

/// Calls consumers that want to be told when records wait for them, as Standard Webhooks has it.
///
/// A call that fails costs nothing but time: who polls gets everything all the same.
struct WakeUpCalls: Sendable {
    let store: any RecordStore
    let metrics: Metrics
    let log: Logger
    let transport: any HTTPTransport
    /// By subscription, as they stand now.
    let wishes: @Sendable () -> [String: WakeUp]

    private struct Message: Encodable {
        var type = "records.available"
        var subscription: String
        var timestamp: Date
    }

    /// Looks each second until it is cancelled.
    func run() async {
        var rhythms: [String: WakeUpRhythm] = [:]
        let clock = ContinuousClock()
        let start = clock.now
        while !Task.isCancelled {
            let wishes = wishes()
            rhythms = rhythms.filter { wishes[$0.key] != nil }
            for (name, wish) in wishes {
                guard let waiting = try? await store.counters(of: name).pending else { continue }
                let (seconds, attoseconds) = (clock.now - start).components
                let time = Double(seconds) + Double(attoseconds) / 1e18
                guard rhythms[name, default: WakeUpRhythm()].isDue(waiting: waiting, at: time) else { continue }
                await call(wish, name)
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func call(_ wish: WakeUp, _ subscription: String) async {
        let outcome: String
        do {
            let time = Date()
            let id = "msg_\(UUIDv7(at: time))"
            let body = try JSONCoding.encode(Message(subscription: subscription, timestamp: time))
            let seconds = Int(time.timeIntervalSince1970)
            let headers: Headers = [
                "Content-Type": "application/json", "webhook-id": id, "webhook-timestamp": "\(seconds)",
                "webhook-signature": try wish.signature().sign(body, id: id, timestamp: seconds),
            ]
            let response = try await transport.send(
                Request("POST", wish.path, headers: headers, body: body), to: wish.origin,
                limits: TransportLimits(connect: 3, idle: 5, total: 5, maximumBody: 1 << 16))
            outcome = (200..<300).contains(response.status) ? "done" : "refused"
        } catch {
            outcome = "failed"
        }
        metrics.count("blankett_wake_up_calls_total", ["subscription": subscription, "outcome": outcome])
        if outcome != "done" {
            log.log(.warning, "wake-up-not-heard", .name("subscription", subscription), .name("outcome", outcome))
        }
    }
}
