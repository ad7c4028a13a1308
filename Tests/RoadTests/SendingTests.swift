import Delivery
import Foundation
import Support
import TestSupport
import Testing

/// Moments of handing over three documents of two pages: six blobs, three records.
private let moments: [(kind: BridgeRelay.Cue.Kind, number: Int, fate: BridgeRelay.Cue.Fate)] = [
    (.blobs, 1, .keptFromBridge), (.blobs, 1, .answerKept), (.blobs, 4, .keptFromBridge),
    (.records, 1, .keptFromBridge), (.records, 1, .answerKept), (.records, 3, .answerKept),
]

/// What a bridge, or the way to it, can do to one request.
private let mishaps: [(kind: BridgeRelay.Cue.Kind, number: Int, fate: BridgeRelay.Cue.Fate)] = [
    (.blobs, 2, .refused(503)), (.blobs, 2, .refused(500)), (.blobs, 3, .refused(507)), (.blobs, 3, .answerCut),
    (.records, 2, .refused(503)), (.records, 2, .refused(500)), (.records, 2, .refused(429)), (.records, 2, .answerCut),
]

@Suite(.temporaryDirectory, .serialized) struct `Handing over` {
    @Test(arguments: moments)
    func `brings every page once, whenever the agent is killed`(
        _ kind: BridgeRelay.Cue.Kind, _ number: Int, _ fate: BridgeRelay.Cue.Fate
    ) async throws {
        let town = try await Town(cue: BridgeRelay.Cue(kind: kind, number: number, fate: fate))
        try await town.load(Town.sheets)
        try await town.ask("POST", "/scans")
        let relay = try #require(town.relay)
        #expect(await relay.isReached())
        town.killAgent()
        try await town.startAgent()
        expectEachSheetOnce(try await town.records(3), sheets: 6)
        await relay.stop()
    }

    @Test(arguments: mishaps)
    func `brings every page once, whatever the bridge answers`(
        _ kind: BridgeRelay.Cue.Kind, _ number: Int, _ fate: BridgeRelay.Cue.Fate
    ) async throws {
        let town = try await Town(cue: BridgeRelay.Cue(kind: kind, number: number, fate: fate))
        try await town.load(Town.sheets)
        try await town.ask("POST", "/scans")
        let relay = try #require(town.relay)
        #expect(await relay.isReached())
        expectEachSheetOnce(try await town.records(3), sheets: 6)
        await relay.stop()
    }
}
