import Delivery
import Foundation
import Support
import TestSupport
import Testing

@Suite(.temporaryDirectory, .serialized) struct `The agent's disk` {
    @Test(.enabled(if: SmallDisk.isPossible, "needs to mount a small file system, as root"))
    func `loses nothing when it is full, says what to do, and goes on when there is room`() async throws {
        let town = try await Town(diskOf: 32)
        let disk = try #require(town.disk)
        try await town.load(Town.sheets, temper: ["page_delay": 0.5])
        let batch = try #require(try await town.ask("POST", "/scans")["id"]?.stringValue)
        try await town.waitForPages(2)
        // Now there is room for what the agent writes down, and none for another page.
        try disk.fill(leaving: Town.smallReserve / 4 - 1)
        try await town.wait("the end of the scan") { $0["batches"]?[0]?["state"]?.stringValue == "incomplete" }
        let state = try await town.ask("GET", "/batches/\(batch)")["batch"]
        #expect(state?["reason"]?.stringValue == "storage-full")
        let sheet = Int(try #require(state?["fromSheet"]?.numberValue))
        #expect((3...6).contains(sheet))

        let refused = try await ProgramRun("blankett", ["capture", "--socket", town.agentSocket])
        #expect(refused.code == ExitCode.storage.rawValue, "\(refused.output)\(refused.errors)")
        #expect(refused.errors.contains("Free some space"), "\(refused.errors)")
        let status = try await ProgramRun("blankett", ["status", "--socket", town.agentSocket])
        #expect(status.code == ExitCode.storage.rawValue, "\(status.output)\(status.errors)")
        #expect(status.output.contains("too full"), "\(status.output)")

        // Nothing at all can be written: neither does the agent end, nor does it forget.
        try disk.fill(leaving: 0)
        _ = try? await town.ask("POST", "/batches/\(batch)/finish")
        try await Task.sleep(for: .seconds(1))
        #expect(town.agentExit == nil)

        try disk.empty()
        try await town.load(Array(Town.sheets[(sheet - 1)...]), temper: ["page_delay": 0, "reset": true])
        try await town.ask("POST", "/batches/\(batch)/continue")
        expectEachSheetOnce(try await town.records(3), sheets: 6)
        let after = try await ProgramRun("blankett", ["status", "--socket", town.agentSocket])
        #expect(after.code == 0, "\(after.output)\(after.errors)")
    }

    @Test func `ends the agent when it fails under the journal, and the next start goes on`() async throws {
        let town = try await Town()
        try await town.load(Array(Town.sheets.prefix(2)))
        try await town.ask("POST", "/scans")
        let first = try await town.records(1)
        // From here on the system refuses to write where the database's log now ends.
        try town.limitAgentsFiles(to: 32 << 10)
        await #expect(throws: (any Error).self) { try await town.ask("POST", "/scans") }
        while town.agentExit == nil { try await Task.sleep(for: .milliseconds(50)) }
        #expect(town.agentExit == .code(ExitCode.storage.rawValue))
        #expect(town.agentLog.contains("The disk failed under the database"), "\(town.agentLog)")
        #expect(town.agentLog.contains("Check the disk"))

        try await town.startAgent()
        try await town.load(Array(Town.sheets.suffix(4)))
        try await town.ask("POST", "/scans")
        expectEachSheetOnce(first + (try await town.records(2)), sheets: 6)
    }
}
