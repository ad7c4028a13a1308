import AgentApp
import Foundation
import HTTP
import Scanning
import Support
import Testing

/// What is asked for, and the answer's status and code.
private let refusals: [(method: String, path: String, body: String, status: Int, code: String)] = [
    ("GET", "/nothing", "", 404, "not-found"),
    ("DELETE", "/scans", "", 405, "method-not-allowed"),
    ("POST", "/scans", "no json", 400, "bad-request"),
    ("POST", "/scans", #"{"device": "other"}"#, 422, "unknown-device"),
    ("POST", "/scans", #"{"profile": "other"}"#, 422, "unknown-profile"),
    ("GET", "/batches/7", "", 404, "not-found"),
    ("GET", "/batches/01890a5d-ac96-774b-bcce-b302099a8057", "", 404, "not-found"),
    ("POST", "/batches/01890a5d-ac96-774b-bcce-b302099a8057/continue", "{}", 404, "not-found"),
    ("POST", "/batches/01890a5d-ac96-774b-bcce-b302099a8057/finish", "{}", 404, "not-found"),
]

/// What stops the agent, and the exit code that `blankett status` is to end with.
private let troubles: [(free: Int, isBridgeUp: Bool, health: ExitCode)] = [
    (1 << 30, true, .done), (999, true, .storage), (1 << 30, false, .bridgeUnreachable), (999, false, .storage),
]

extension ControlRoutes {
    /// Of a station without device profiles.
    fileprivate init(_ station: Station) {
        self.init(
            station,
            profiles: DeviceProfileStore(
                storeFile: URL(filePath: "/nonexistent/profiles.json"), folders: [], trusted: []),
            operators: Operators())
    }

    fileprivate func ask(_ method: String, _ path: String, _ body: String = "{}") async -> (Int, JSONValue) {
        let parts = path.split(separator: "?", maxSplits: 1)
        var query: [String: String] = [:]
        if parts.count == 2, let (_, name, value) = parts[1].wholeMatch(of: /(\w+)=(.*)/)?.output {
            query[String(name)] = String(value)
        }
        let response = await router.respond(
            to: Request(
                method, String(parts[0]), query: query, headers: ["Content-Type": "application/json"],
                body: Array(body.utf8)))
        return (response.status, (try? JSONCoding.decode(from: response.bytes ?? [])) ?? .null)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The control socket` {
    @Test(arguments: refusals)
    func `refuses with a code`(method: String, path: String, body: String, status: Int, code: String) async throws {
        try await TestStation().run { station in
            let (answered, problem) = await ControlRoutes(station).ask(method, path, body)
            #expect(answered == status)
            #expect(problem["type"]?.stringValue == "/problems/\(code)")
            #expect(problem["title"]?.stringValue?.isEmpty == false)
        }
    }

    @Test(arguments: troubles)
    func `tells how the agent is`(free: Int, isBridgeUp: Bool, health: ExitCode) async throws {
        let journal = MemoryJournal()
        await journal.setFreeSpace(free)
        try await TestStation(journal: journal, bridge: FakeBridge(isAway: !isBridgeUp)).run { station in
            try await station.until({ try await $0.view() }) { $0.bridge.state != .unknown }
            let (status, view) = await ControlRoutes(station).ask("GET", "/status")
            #expect(status == 200)
            #expect(view["station"]?.stringValue == "test")
            #expect(view["health"]?.numberValue == Double(health.rawValue))
        }
    }

    @Test func `carries a stack with a jam from its start to its end`() async throws {
        let setup = TestStation(scanner: FakeScanner(["sure A", "sure B"], .jam(after: 1)))
        try await setup.run { station in
            let routes = ControlRoutes(station)
            let (status, batch) = await routes.ask("POST", "/scans", #"{"device": "fake", "profile": "form"}"#)
            #expect(status == 201)
            let id = try #require(batch["id"]?.stringValue)
            let uuid = try #require(UUIDv7(id))
            _ = try await station.untilOver(uuid)
            let (_, view) = await routes.ask("GET", "/batches/\(id)")
            #expect(view["batch"]?["state"]?.stringValue == "incomplete")
            #expect(view["batch"]?["fromSheet"]?.numberValue == 2)

            setup.scanner.load(["sure B"])
            let (goesOn, _) = await routes.ask("POST", "/batches/\(id)/continue")
            #expect(goesOn == 200)
            _ = try await station.untilOver(uuid)
            try await station.untilSent(2)
            let (again, problem) = await routes.ask("POST", "/batches/\(id)/finish")
            #expect(again == 409)
            #expect(problem["type"]?.stringValue == "/problems/not-now")
        }
    }

    @Test func `takes what came as all there is`() async throws {
        let setup = TestStation(scanner: FakeScanner(["sure A", "sure B"], .jam(after: 1)))
        try await setup.run { station in
            let view = try await station.scanToEnd()
            let (status, _) = await ControlRoutes(station).ask("POST", "/batches/\(view.batch.id)/finish")
            #expect(status == 204)
            try await station.untilSent(1)
        }
    }

    @Test func `answers who waits for a change when there is one`() async throws {
        try await TestStation().run { station in
            let routes = ControlRoutes(station)
            let (_, now) = await routes.ask("GET", "/changes?since=-1")
            let revision = try #require(now["revision"]?.numberValue)
            async let waiting = routes.ask("GET", "/changes?since=\(Int(revision) + 1)")
            for _ in 0..<2 { station.changes.ring() }
            #expect(await waiting.1["revision"]?.numberValue ?? 0 >= revision + 2)
        }
    }

    @Test func `says no to a scan when the disk is too full for one`() async throws {
        let journal = MemoryJournal()
        await journal.setFreeSpace(999)
        try await TestStation(journal: journal).run { station in
            let (status, problem) = await ControlRoutes(station).ask("POST", "/scans")
            #expect(status == 507)
            #expect(problem["type"]?.stringValue == "/problems/storage-full")
            #expect(problem["detail"]?.stringValue?.contains("Free some space") == true)
        }
    }
}
