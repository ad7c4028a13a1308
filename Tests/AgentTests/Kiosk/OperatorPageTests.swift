import AgentApp
import Foundation
import HTTP
import KioskApp
import Support
import Synchronization
import Testing

/// Who may do what at the page, once operators are named.
@Suite(.timeLimit(.minutes(1))) struct `The kiosk page with operators` {
    private final class Clock: Sendable {
        let time = Mutex(Date(timeIntervalSince1970: 1_000_000))
        var now: Date { time.withLock { $0 } }
        func pass(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
    }

    private struct Kiosk {
        let journal = MemoryJournal()
        let setup: TestStation
        let station: Station
        let page: KioskPage
        let operators = Operators()
        let clock = Clock()
        let ids: [Operator.Role: String]

        init() throws {
            setup = TestStation(journal: journal, scanner: FakeScanner(["unsure Ada"]))
            station = setup.makeStation()
            page = KioskPage(
                station, guardian: KioskGuard(port: 4711, secret: "s3cret", now: { [clock] in clock.now }),
                operators: operators)
            var ids: [Operator.Role: String] = [:]
            for role in Operator.Role.allCases.reversed() {
                ids[role] = try operators.add("\(role)", role: role, pin: "4711", account: nil).id
            }
            self.ids = ids
        }

        func ask(_ method: String, _ path: String, _ body: JSONValue = [:], _ cookie: String) async throws -> Response {
            await page.respond(
                to: Request(
                    method, path,
                    headers: [
                        "Host": "127.0.0.1:4711", "Origin": "http://127.0.0.1:4711", "X-Blankett": "1",
                        "Content-Type": "application/json", "Cookie": cookie,
                    ], body: method == "GET" ? [] : try JSONCoding.encode(body)))
        }

        func open() async throws -> String {
            let response = try await ask("POST", "/api/session", ["secret": "s3cret"], "")
            return response.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init) ?? ""
        }

        func open(as role: Operator.Role) async throws -> String {
            let cookie = try await open()
            let id = JSONValue.string(ids[role] ?? "")
            #expect(try await ask("POST", "/api/sign-in", ["id": id, "pin": "4711"], cookie).status == 204)
            return cookie
        }
    }

    @Test(arguments: ["/api/state", "/api/changes", "/api/operators", "/api/pages/x/picture", "/api/documents/x"])
    func `shows nothing to who has only the start link`(path: String) async throws {
        let kiosk = try Kiosk()
        let response = try await kiosk.ask("GET", path, [:], kiosk.open())
        #expect(response.status == 401)
        #expect(String(decoding: response.bytes ?? [], as: UTF8.self).contains("sign-in-needed"))
    }

    @Test func `offers names and nothing that lets anybody in`() async throws {
        let kiosk = try Kiosk()
        let response = try await kiosk.ask("GET", "/api/people", [:], kiosk.open())
        let text = String(decoding: response.bytes ?? [], as: UTF8.self)
        #expect(response.status == 200 && text.contains("technician"))
        #expect(!text.contains("argon2") && !text.contains("4711"))
        #expect(try await kiosk.ask("GET", "/api/people", [:], "").status == 401)
    }

    static let doors: [(method: String, path: String, least: Operator.Role)] = [
        ("GET", "/api/state", .clerk), ("GET", "/api/operators", .administrator),
        ("POST", "/api/operators", .administrator), ("POST", "/api/operators/x/remove", .administrator),
        ("GET", "/api/teach", .technician), ("GET", "/api/teach/x", .technician), ("POST", "/api/forms", .technician),
        ("GET", "/api/devices/x", .technician), ("POST", "/api/devices/x/verify", .technician),
        ("GET", "/api/quality", .technician), ("GET", "/api/groups", .clerk),
    ]

    @Test(arguments: doors)
    func `lets each role through its own doors`(method: String, path: String, least: Operator.Role) async throws {
        let kiosk = try Kiosk()
        for role in Operator.Role.allCases {
            let status = try await kiosk.ask(method, path, [:], kiosk.open(as: role)).status
            #expect((status == 403) == (role < least), "\(role): \(status)")
        }
    }

    @Test func `writes down who did what, and tells the bridge their id`() async throws {
        let kiosk = try Kiosk()
        let running = Task { try await kiosk.station.run() }
        defer { running.cancel() }
        let cookie = try await kiosk.open(as: .clerk)
        let clerk = try #require(kiosk.ids[.clerk])
        let scan = try await kiosk.ask("POST", "/api/scans", [:], cookie)
        let id = try JSONCoding.decode(JSONValue.self, from: scan.bytes ?? [])["id"]?.stringValue ?? ""
        let view = try await kiosk.station.untilOver(try #require(UUIDv7(id)))
        let document = try #require(view.documents.first?.id)
        let field = "/api/documents/\(document)/fields/name"
        #expect(try await kiosk.ask("POST", field, ["action": "correct", "text": "Åsa"], cookie).status == 204)
        #expect(try await kiosk.ask("POST", "/api/documents/\(document)/send", [:], cookie).status == 204)
        try await kiosk.station.untilSent(1)
        let events = await kiosk.journal.events
        for action in ["signed-in", "field-decided", "document-confirmed"] {
            #expect(events.first { $0.action == action }?.actor == clerk, "\(action)")
        }
        let record: JSONValue = try JSONCoding.decode(from: try #require(kiosk.setup.bridge.records.values.first))
        #expect(record["data"]?["review"]?["by"]?.stringValue == clerk)
        #expect(record["data"]?["fields"]?[0]?["confirmedBy"]?.stringValue == clerk)
        #expect(!"\(record)".contains("clerk@"))
    }

    @Test func `signs out by itself, whatever the page asks meanwhile`() async throws {
        let kiosk = try Kiosk()
        let cookie = try await kiosk.open(as: .clerk)
        for _ in 0..<3 {
            kiosk.clock.pass(600)
            #expect(try await kiosk.ask("GET", "/api/documents/x", [:], cookie).status == 404, "somebody is there")
        }
        for status in [200, 401] {
            kiosk.clock.pass(500)
            #expect(try await kiosk.ask("GET", "/api/state", [:], cookie).status == status)
        }
    }

    @Test func `signs out at once when asked, or when the person is removed`() async throws {
        let kiosk = try Kiosk()
        let (clerk, technician) = (try await kiosk.open(as: .clerk), try await kiosk.open(as: .technician))
        #expect(try await kiosk.ask("POST", "/api/sign-out", [:], clerk).status == 204)
        #expect(try await kiosk.ask("GET", "/api/state", [:], clerk).status == 401)
        #expect(try await kiosk.ask("GET", "/api/state", [:], technician).status == 200)
        let administrator = try await kiosk.open(as: .administrator)
        let path = "/api/operators/\(kiosk.ids[.technician] ?? "")/remove"
        #expect(try await kiosk.ask("POST", path, [:], administrator).status == 204)
        #expect(try await kiosk.ask("GET", "/api/state", [:], technician).status == 401)
    }

    @Test func `takes no wrong PIN, says so alike for everybody, and closes after five`() async throws {
        let kiosk = try Kiosk()
        let cookie = try await kiosk.open()
        let clerk = JSONValue.string(kiosk.ids[.clerk] ?? "")
        let statuses = try await [clerk, clerk, clerk, clerk, clerk, clerk, "op:nobody"].asyncMap { id in
            try await kiosk.ask("POST", "/api/sign-in", ["id": id, "pin": "0815"], cookie).status
        }
        #expect(statuses == [403, 403, 403, 403, 403, 429, 403])
        #expect(try await kiosk.ask("GET", "/api/state", [:], cookie).status == 401)
        let refused = await kiosk.journal.events.filter { $0.action == "sign-in-refused" }
        #expect(refused.count == 6)
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
