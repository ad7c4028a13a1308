import BridgeApp
import Delivery
import Foundation
import HTTP
import Records
import SQLiteStore
import Sealing
import Support
import Synchronization
import Testing
import TestSupport

/// The built program, as its users run it.
private struct BridgeProcess {
    private let program: BackgroundProgram
    private let bridge: TestBridge

    init(_ bridge: TestBridge) throws {
        self.bridge = bridge
        program = try BackgroundProgram(
            Checkout.programs.appending(path: "blankett-bridge"), ["--config", bridge.file.path()],
            log: TemporaryDirectory.url.appending(path: "bridge.log"))
    }

    func origin() async throws -> TestBridge.Origin {
        TestBridge.Origin(
            bridge: bridge, url: try await program.address(in: bridge.dataFolder.appending(path: "bridge.address")))
    }

    func end(with signal: Int32) async -> ChildProcess.Exit {
        program.send(signal: signal)
        return await wait()
    }

    func wait() async -> ChildProcess.Exit {
        while true {
            if let exit = program.exit {
                if case .signal = exit {
                    try? FileManager.default.removeItem(at: bridge.dataFolder.appending(path: "bridge.address"))
                }
                return exit
            }
            try? await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// What the clients know of each record.
private final class Ledger: Sendable {
    private let state = Mutex((sent: Set<UUIDv7>(), acknowledged: Set<UUIDv7>()))

    var sent: Set<UUIDv7> { state.withLock { $0.sent } }
    var acknowledged: Set<UUIDv7> { state.withLock { $0.acknowledged } }
    /// One that was sent and never answered.
    var lost: UUIDv7? { state.withLock { $0.sent.subtracting($0.acknowledged).randomElement() } }

    func noteSent(_ id: UUIDv7) { state.withLock { _ = $0.sent.insert(id) } }
    func noteAcknowledged(_ id: UUIDv7) { state.withLock { _ = $0.acknowledged.insert(id) } }
}

/// What is typed, and the exit code.
private let commands: [([String], Int32)] = [
    (["--version"], 0), (["--help"], 0), ([], 2), (["--config"], 2), (["--config", "/nonexistent"], 2),
    (["--frob"], 2), (["token", "agent", "Kiosk 1", "--config", "FILE"], 2),
    (["token", "consumer", "a", "--config", "FILE"], 2), (["nonsense", "--config", "FILE"], 2),
    (["--config", "FILE", "--check-config"], 0), (["token", "list", "--config", "FILE"], 0),
]

@Suite(.temporaryDirectory, .serialized) struct `The bridge's process` {
    @Test func `loses and doubles nothing when it is killed again and again`() async throws {
        let bridge = try await TestBridge()
        let ledger = Ledger()
        var dice = SystemRandomNumberGenerator()

        for _ in 0..<20 {
            let process = try BridgeProcess(bridge)
            let origin = try await process.origin()
            _ = try? await origin.putBlob(samplePage)
            await withTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        // Each client begins with a record whose answer was lost, under the same id.
                        var record = sampleRecord(id: ledger.lost ?? UUIDv7())
                        while true {
                            ledger.noteSent(record.id)
                            guard let response = try? await origin.put(record) else { return }
                            guard [200, 201].contains(response.status) else { return }
                            ledger.noteAcknowledged(record.id)
                            record = sampleRecord()
                        }
                    }
                }
                try? await Task.sleep(for: .milliseconds(Int.random(in: 10...150, using: &dice)))
                _ = await process.end(with: SIGKILL)
            }
        }

        let store = try await bridge.openStore()
        var stored: [UUIDv7] = []
        while true {
            let page = try await store.entries(of: "cases", in: nil, limit: 1000, offset: stored.count)
            if page.isEmpty { break }
            stored += page.map(\.recordId)
        }
        #expect(ledger.acknowledged.count > 20)
        #expect(ledger.acknowledged.subtracting(stored).isEmpty, "acknowledged records are lost")
        #expect(Set(stored).count == stored.count, "records are doubled")
        #expect(Set(stored).isSubset(of: ledger.sent))
        #expect(try await store.counters(of: "cases").pending == stored.count)
        #expect(try await store.damage() == [])
        let (rows, broken) = try await store.verifyAudit()
        // The four tokens of the test, and each record.
        #expect(broken == nil && rows == 4 + stored.count)
        await store.close()
    }

    @Test func `refuses a folder that another one uses, and starts after that was killed`() async throws {
        let bridge = try await TestBridge()
        let first = try BridgeProcess(bridge)
        _ = try await first.origin()
        let second = try BridgeProcess(bridge)
        #expect(await second.wait() == .code(ExitCode.storage.rawValue))
        _ = await first.end(with: SIGKILL)
        let third = try BridgeProcess(bridge)
        let origin = try await third.origin()
        #expect(try await origin.send("GET", "/v1/api-info", as: bridge.agent).status == 200)
        #expect(await third.end(with: SIGTERM) == .code(0))
        #expect(!FileManager.default.fileExists(atPath: bridge.dataFolder.appending(path: "bridge.address").path()))
    }

    @Test func `answers who waits when it is asked to end`() async throws {
        let bridge = try await TestBridge()
        let process = try BridgeProcess(bridge)
        let origin = try await process.origin()
        async let waiting = origin.claim(ClaimRequest(waitSeconds: 25))
        try await Task.sleep(for: .milliseconds(200))
        #expect(await process.end(with: SIGTERM) == .code(0))
        #expect(try await waiting.items.isEmpty)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs to mount a small file system, as root"))
    func `says that the disk is full, still takes acknowledgements, and goes on when there is room`() async throws {
        let bridge = try await TestBridge(diskReserve: 4 << 20)
        let keep = try Data(contentsOf: bridge.dataFolder.appending(path: "tokens.json"))
        let disk = try SmallDisk(over: bridge.dataFolder, megabytes: 16)
        try keep.write(to: bridge.dataFolder.appending(path: "tokens.json"))
        chmod(bridge.dataFolder.appending(path: "tokens.json").path(), 0o600)

        try await bridge.run { origin in
            _ = try await origin.putBlob(samplePage)
            for _ in 0..<10 { #expect(try await origin.put(sampleRecord()).status == 201) }
            try disk.fill(leaving: 2 << 20)
            try await nextLook()
            let refused = try await origin.put(sampleRecord())
            #expect(refused.status == 507 && refused.problem?.code == "storage-full")
            #expect(refused.headers["Retry-After"] != nil)
            #expect(try await origin.putBlob(Array("another".utf8)).status == 507)
            let claimed = try await origin.claim()
            #expect(claimed.items.count == 10)
            let results = try await origin.acknowledge(
                claimed.items.map { AcknowledgementRequest.Item(leaseId: $0.leaseId, outcome: .done, caseId: "1") })
            #expect(results.allSatisfy { $0 == .done })
            try disk.empty()
            #expect(try await origin.put(sampleRecord()).status == 201)
        }
    }

    /// Waits until what the bridge knew of its disk is too old to be used again (``RoomWatch``).
    func nextLook() async throws { try await Task.sleep(for: .milliseconds(50)) }

    @Test(arguments: commands)
    func `tells by its exit code how it went`(_ words: [String], _ code: Int32) async throws {
        let bridge = try await TestBridge()
        let words = words.map { $0 == "FILE" ? bridge.file.path() : $0 }
        let complaint = Mutex("")
        let program = BridgeProgram(print: { _ in }, complain: { text in complaint.withLock { $0 = text } })
        #expect(await program.run(words).rawValue == code)
        #expect(complaint.withLock { $0.isEmpty } == (code == 0))
    }

    @Test func `tells all problems of a configuration at once, each with its line`() async throws {
        let file = TemporaryDirectory.url.appending(path: "bad.json5")
        try """
        {   format: "blankett-bridge/1", data: "d", listne: {},
            listen: { address: "0.0.0.0", port: 70000 },
            subscriptions: [ { name: "A b" }, { nam: "x" } ] }
        """.write(to: file, atomically: true, encoding: .utf8)
        let error = try #require(throws: BlankettError.self) { try BridgeConfiguration(file: file) }
        for words in ["listne", "listen", "70000", "bad.json5:2", "\"A b\" is no name", "nam", "Without TLS"] {
            #expect(error.message.contains(words), "\(words) is not told in \(error.message)")
        }
    }
}
