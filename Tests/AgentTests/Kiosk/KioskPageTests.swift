import AgentApp
import Foundation
import HTTP
import KioskApp
import Support
import Testing

/// The threat points of a page on loopback, one row each.
@Suite(.timeLimit(.minutes(1))) struct `The kiosk page` {
    private static let good: Headers = [
        "Host": "127.0.0.1:4711", "Origin": "http://127.0.0.1:4711", "Sec-Fetch-Site": "same-origin",
        "X-Blankett": "1", "Content-Type": "application/json",
    ]

    private struct Setup {
        var setup = TestStation(scanner: FakeScanner(["unsure Ada"]))
        var station: Station
        var page: KioskPage

        init() {
            station = setup.makeStation()
            page = KioskPage(station, guardian: KioskGuard(port: 4711, secret: "s3cret"), operators: Operators())
        }

        func signedIn() async -> Headers {
            let response = await page.respond(
                to: Request("POST", "/api/session", headers: good, body: Array(#"{"secret":"s3cret"}"#.utf8)))
            var headers = good
            headers["Cookie"] = response.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init)
            return headers
        }
    }

    static let refusals: [(change: [String: String?], status: Int, note: String)] = [
        (["Host": "evil.example:4711"], 421, "another name that leads here"),
        (["Host": "127.0.0.1"], 421, "without the port"),
        (["Host": "127.0.0.1:4712"], 421, "another port"),
        (["Host": nil], 421, "no host"),
        (["Origin": "http://evil.example"], 403, "another page"),
        (["Origin": "null"], 403, "a sandboxed page"),
        (["Origin": "http://127.0.0.1:4712"], 403, "a page of another port"),
        (["Origin": nil], 403, "no page at all"),
        (["Sec-Fetch-Site": "cross-site"], 403, "across sites"),
        (["Sec-Fetch-Site": "same-site"], 403, "another port of the same host"),
        (["Sec-Fetch-Site": "none"], 403, "typed by hand"),
        (["X-Blankett": nil], 403, "a form"),
        (["Content-Type": "text/plain"], 415, "what a form can send"),
        (["Content-Type": nil], 415, "of no type"),
        (["Cookie": nil], 401, "nobody"),
        (["Cookie": "blankett-4711=x"], 401, "an invented session"),
        (["Cookie": "blankett-4711="], 401, "an empty session"),
    ]

    @Test(arguments: refusals)
    func `changes nothing for`(change: [String: String?], status: Int, note: String) async throws {
        let kiosk = Setup()
        var headers = await kiosk.signedIn()
        for (name, value) in change { headers[name] = value }
        let request = Request("POST", "/api/scans", headers: headers, body: Array("{}".utf8))
        #expect(await kiosk.page.respond(to: request).status == status)
        #expect(try await kiosk.station.view().batches.isEmpty)
    }

    static let reads = ["/api/state", "/api/changes", "/api/batches/x", "/api/documents/x", "/api/pages/x/picture"]

    @Test(arguments: reads)
    func `shows nothing to who has not the secret`(path: String) async {
        let request = Request("GET", path, headers: ["Host": "localhost:4711"])
        #expect(await Setup().page.respond(to: request).status == 401)
    }

    @Test(arguments: [
        "/api/scans", "/api/session", "/api/batches/x/stop", "/api/documents/x/send", "/api/documents/x/discard",
        "/api/documents/x/fields/name",
    ])
    func `changes nothing by GET`(path: String) async {
        let kiosk = Setup()
        let headers = await kiosk.signedIn()
        let status = await kiosk.page.respond(to: Request("GET", path, headers: headers)).status
        #expect(status == 405 || status == 404)
    }

    @Test func `takes only this launch's secret`() async {
        let kiosk = Setup()
        let request = Request(
            "POST", "/api/session", headers: Self.good, body: Array(#"{"secret":"wrong"}"#.utf8))
        let response = await kiosk.page.respond(to: request)
        #expect(response.status == 403)
        #expect(response.headers["Set-Cookie"] == nil)
    }

    @Test func `gives a cookie that no script and no other site can use`() async {
        let response = await Setup().page.respond(
            to: Request("POST", "/api/session", headers: Self.good, body: Array(#"{"secret":"s3cret"}"#.utf8)))
        let cookie = response.headers["Set-Cookie"] ?? ""
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"))
    }

    @Test(arguments: ["/", "/app.js", "/style.css", "/api/state", "/../../etc/passwd", "/nothing"])
    func `tells the browser to load nothing else and keep nothing`(path: String) async {
        let response = await Setup().page.respond(to: Request("GET", path, headers: ["Host": "127.0.0.1:4711"]))
        let policy = response.headers["Content-Security-Policy"] ?? ""
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(response.headers["Cache-Control"] == "no-store")
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
        #expect(response.headers["Referrer-Policy"] == "no-referrer")
        #expect(response.headers["Access-Control-Allow-Origin"] == nil)
    }

    @Test(arguments: [
        ("/", "text/html"), ("/app.js", "text/javascript"), ("/strings.js", "text/javascript"),
        ("/style.css", "text/css"),
    ])
    func `serves its own files`(path: String, mediaType: String) async {
        let response = await Setup().page.respond(to: Request("GET", path, headers: ["Host": "127.0.0.1:4711"]))
        #expect(response.status == 200)
        #expect(response.headers["Content-Type"]?.hasPrefix(mediaType) == true)
    }

    @Test func `takes a clerk from scan to send`() async throws {
        let kiosk = Setup()
        let running = Task { try await kiosk.station.run() }
        defer { running.cancel() }
        let headers = await kiosk.signedIn()
        func post(_ path: String, _ body: String = "{}") async -> Response {
            await kiosk.page.respond(to: Request("POST", path, headers: headers, body: Array(body.utf8)))
        }
        func get(_ path: String) async throws -> JSONValue {
            let response = await kiosk.page.respond(to: Request("GET", path, headers: headers))
            return try JSONCoding.decode(from: response.bytes ?? [])
        }
        let scan = await post("/api/scans")
        #expect(scan.status == 201)
        let id = try JSONCoding.decode(JSONValue.self, from: scan.bytes ?? [])["id"]?.stringValue ?? ""
        _ = try await kiosk.station.untilOver(try #require(UUIDv7(id)))
        let document = try await get("/api/batches/\(id)")["documents"]?[0]?["id"]?.stringValue ?? ""
        #expect(await post("/api/documents/\(document)/send").status == 409)
        let field = "/api/documents/\(document)/fields/name"
        #expect(await post(field, #"{"action":"tick","ticked":true}"#).status == 422)
        #expect(await post(field, #"{"action":"explode"}"#).status == 400)
        #expect(await post(field, #"{"action":"correct","text":"Åsa"}"#).status == 204)
        let shown = try await get("/api/documents/\(document)")
        #expect(shown["fields"]?[0]?["reading"]?["value"] == "Åsa")
        #expect(shown["fields"]?[0]?["label"]?["sv"] == "Namn")
        #expect(await post("/api/documents/\(document)/send").status == 204)
        try await kiosk.station.untilSent(1)
        // Lists on the first page name no person.
        let state = await kiosk.page.respond(to: Request("GET", "/api/state", headers: headers))
        #expect(!String(decoding: state.bytes ?? [], as: UTF8.self).contains("Åsa"))
    }
}
