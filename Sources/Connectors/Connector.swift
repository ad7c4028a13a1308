import Delivery
import Foundation
import HTTP
public import Support

/// Brings the records of one subscription to where the mapping says, each once.
public struct Connector: Sendable {
    private let bridge: BridgeConsumer
    private let taker: any Taker
    private let log: Logger

    /// In seconds.
    private let lease: Int
    private let atOnce: Int
    /// Records that wait for a receipt at once.
    private static let mostOpen = 100

    public init(_ configuration: ConnectorConfiguration, log: Logger = .standardError) throws(BlankettError) {
        (bridge, taker) = try configuration.parts()
        lease = configuration.leaseSeconds
        atOnce = configuration.atOnce
        self.log = log
    }

    /// Works until the end is wished.
    ///
    /// - Parameters:
    ///   - termination: The wish; what is in work is finished first.
    ///   - once: Ends when there is nothing more to be had and nothing waits.
    public func run(until termination: Termination, once: Bool = false) async {
        var open: [String: (claimed: BridgeConsumer.Claimed, extendAt: ContinuousClock.Instant)] = [:]
        let clock = ContinuousClock()
        var pause = 1
        while !termination.isRequested {
            do {
                for (id, one) in open {
                    if try await bring(one.claimed) { open[id] = nil }
                    guard open[id] != nil, clock.now >= one.extendAt else { continue }
                    if try await extend(one.claimed) {
                        open[id]?.extendAt = clock.now + .seconds(lease / 2)
                    } else {
                        open[id] = nil
                    }
                }
                let places = min(atOnce, Self.mostOpen - open.count)
                let claimed =
                    places > 0
                    ? try await bridge.claim(
                        limit: places, leaseSeconds: lease, waitSeconds: once || !open.isEmpty ? 0 : 20) : []
                let leased = clock.now
                for one in claimed {
                    if termination.isRequested { break }
                    // The last of many could lose its lease while the first are brought.
                    if clock.now - leased > .seconds(lease / 2), try await !extend(one) { continue }
                    if try await !bring(one) { open[one.id] = (one, clock.now + .seconds(lease / 2)) }
                }
                pause = 1
                if claimed.isEmpty {
                    if once && open.isEmpty { return }
                    if !open.isEmpty { try? await Task.sleep(for: .seconds(1)) }
                }
            } catch {
                log.log(.warning, "connector-waits", .error(error), .count("seconds", pause))
                await Self.sleep(pause, termination)
                pause = min(60, pause * 2)
            }
        }
    }

    /// Brings one record; `false` when it waits for its receipt.
    private func bring(_ claimed: BridgeConsumer.Claimed) async throws -> Bool {
        let taken: Taken
        do {
            taken = try await taker.take(claimed, from: bridge)
        } catch let error as TransportError {
            taken = .later(nil, reason: "target-\(error.kind.rawValue)")
        } catch let failure as BridgeFailure where failure.status == 404 || failure.status == 410 {
            taken = .refused("record-gone")
        }
        var item = AcknowledgementRequest.Item(leaseId: claimed.lease, outcome: .done)
        switch taken {
        case .waiting: return false
        case .done(let caseId): item.caseId = caseId
        case .refused(let reason):
            item.outcome = .reject
            item.reason = reason
        case .later(let seconds, let reason):
            item.outcome = .retry
            item.retryAfterSeconds = seconds
            item.reason = reason
        }
        let result = try await bridge.acknowledge(item)
        if item.outcome == .done, result == .done || result == .alreadyDone {
            (taker as? DropFolder)?.forget(claimed.id)
        }
        if item.outcome == .done, result == .done { return true }
        log.log(
            item.outcome == .done ? .warning : .error, "record-not-done", .name("record", claimed.id),
            .name("result", result?.rawValue ?? "none"), .name("reason", item.reason ?? "none"))
        return true
    }

    private func extend(_ claimed: BridgeConsumer.Claimed) async throws -> Bool {
        let item = AcknowledgementRequest.Item(leaseId: claimed.lease, outcome: .extend, leaseSeconds: lease)
        return try await bridge.acknowledge(item) == .extended
    }

    private static func sleep(_ seconds: Int, _ termination: Termination) async {
        for _ in 0..<seconds * 5 where !termination.isRequested { try? await Task.sleep(for: .milliseconds(200)) }
    }
}
