import Delivery
import Foundation
import Support
import TestSupport
import Testing

/// Each sheet of the stack is in exactly one record, and each record once.
func expectEachSheetOnce(_ records: [Record], sheets: Int) {
    #expect(Set(records.map(\.id)).count == records.count, "a record came twice under one id")
    #expect(records.count == sheets / 2, "\(records.count) records of \(sheets) sheets")
    #expect(records.allSatisfy { $0.data.pages.map(\.number) == [1, 2] })
    let pages = records.flatMap { $0.data.pages.map(\.sha256) }
    #expect(Set(pages).count == sheets, "\(Set(pages).count) different pages of \(sheets) sheets")
}

@Suite(.temporaryDirectory, .serialized) struct `What is killed in the middle of its work` {
    @Test func `leaves every page when it is the read-worker`() async throws {
        let town = try await Town()
        try await town.load(Town.sheets)
        try await town.ask("POST", "/scans")
        // Three different pages lose their reader while it holds them.
        var kills = 0
        for _ in 0..<400 where kills < 3 {
            if try town.killWorker("blankett-read-worker") {
                kills += 1
                try await Task.sleep(for: .milliseconds(2500))
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(kills == 3)
        expectEachSheetOnce(try await town.records(3), sheets: 6)
    }

    @Test(arguments: [100, 900, 2000, 4000])
    func `leaves every page when it is the agent, whatever it was doing`(_ milliseconds: Int) async throws {
        let town = try await Town()
        try await town.load(Town.sheets)
        try await town.ask("POST", "/scans")
        try await town.wait("the scan") { status in
            !(status["batches"]?.arrayValue ?? []).contains { $0["state"]?.stringValue == "scanning" }
        }
        try await Task.sleep(for: .milliseconds(milliseconds))
        town.killAgent()
        try await town.startAgent()
        expectEachSheetOnce(try await town.records(3), sheets: 6)
    }

    @Test(arguments: ["", "sane:airscan:"])
    func `goes on from the right sheet when it is the agent, while it scans`(_ way: String) async throws {
        let town = try await Town { way + $0 }
        try await town.load(Town.sheets, temper: ["page_delay": 0.4])
        let batch = try #require(try await town.ask("POST", "/scans")["id"]?.stringValue)
        try await town.waitForPages(1)
        town.killAgent()
        try await town.startAgent()
        let state = try await town.ask("GET", "/batches/\(batch)")["batch"]
        #expect(state?["state"]?.stringValue == "incomplete")
        #expect(state?["reason"]?.stringValue == "agent-stopped")
        let sheet = Int(try #require(state?["fromSheet"]?.numberValue))
        #expect((1...6).contains(sheet))
        try await town.load(Array(Town.sheets[(sheet - 1)...]), temper: ["page_delay": 0])
        // The job that was left on the device is cleared by the agent itself.
        try await town.wait("the scanner") { $0["devices"]?[0]?["state"]?.stringValue == "ready" }
        try await town.ask("POST", "/batches/\(batch)/continue")
        expectEachSheetOnce(try await town.records(3), sheets: 6)
    }

    @Test func `goes on from the right sheet when it is the scan-worker`() async throws {
        let town = try await Town { "sane:airscan:\($0)" }
        try await town.load(Town.sheets, temper: ["page_delay": 0.4])
        let batch = try #require(try await town.ask("POST", "/scans")["id"]?.stringValue)
        try await town.waitForPages(1)
        #expect(try town.killWorker("blankett-scan-worker"))
        try await town.wait("the end of the scan") { status in
            (status["batches"]?.arrayValue ?? []).contains { $0["state"]?.stringValue == "incomplete" }
        }
        let state = try await town.ask("GET", "/batches/\(batch)")["batch"]
        #expect(state?["reason"]?.stringValue == "worker-crashed")
        let sheet = Int(try #require(state?["fromSheet"]?.numberValue))
        try await town.load(Array(Town.sheets[(sheet - 1)...]), temper: ["page_delay": 0, "reset": true])
        try await town.ask("POST", "/batches/\(batch)/continue")
        expectEachSheetOnce(try await town.records(3), sheets: 6)
    }

    @Test func `keeps the record until the bridge is back`() async throws {
        let town = try await Town()
        town.stopBridge()
        try await town.load(Array(Town.sheets.prefix(2)))
        try await town.ask("POST", "/scans")
        try await town.wait("the outbox") { $0["documents"]?["queued"]?.numberValue == 1 }
        let status = try await ProgramRun("blankett", ["status", "--socket", town.agentSocket])
        #expect(status.code == ExitCode.bridgeUnreachable.rawValue, "\(status.output)\(status.errors)")
        try await town.startBridge()
        expectEachSheetOnce(try await town.records(1), sheets: 2)
    }
}
