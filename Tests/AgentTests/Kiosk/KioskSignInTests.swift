import AgentApp
import HTTP
import KioskApp
import Support
import Testing

/// What the page keeps from who guesses, and from a scanner that lies.
@Suite struct `Signing in at the kiosk page` {
    private static let host = "127.0.0.1:4711"

    private func post(_ path: String, _ body: String, host: String = host, origin: String = host) -> Request {
        let headers: Headers = [
            "Host": host, "Origin": "http://\(origin)", "X-Blankett": "1", "Content-Type": "application/json",
        ]
        return Request("POST", path, headers: headers, body: Array(body.utf8))
    }

    @Test func `lets nobody keep the right secret out by showing wrong ones`() async {
        let page = KioskPage(
            TestStation().makeStation(), guardian: KioskGuard(port: 4711, secret: "right"), operators: Operators())
        for _ in 0..<100 {
            #expect(await page.respond(to: post("/api/session", #"{"secret": "wrong"}"#)).status == 403)
        }
        #expect(await page.respond(to: post("/api/session", #"{"secret": "right"}"#)).status == 204)
    }

    @Test(arguments: [(host, host, 204), ("localhost:4711", "localhost:4711", 204), (host, "localhost:4711", 403)])
    func `wants the origin of the very address`(host: String, origin: String, status: Int) async {
        let page = KioskPage(
            TestStation().makeStation(), guardian: KioskGuard(port: 4711, secret: "right"), operators: Operators())
        let request = post("/api/session", #"{"secret": "right"}"#, host: host, origin: origin)
        #expect(await page.respond(to: request).status == status)
    }

    @Test(arguments: [("image/png", 200), ("image/jpeg", 200), ("text/html", 404), ("image/svg+xml", 404)])
    func `hands on only pictures, whatever the scanner calls them`(mediaType: String, status: Int) async throws {
        // No worker can be had, so that the scan itself is what there is to show.
        let setup = TestStation(
            scanner: FakeScanner(["sure Ada"], mediaType: mediaType), reader: FakeReader(deaths: .max))
        try await setup.run { station in
            let page = KioskPage(station, guardian: KioskGuard(port: 4711, secret: "right"), operators: Operators())
            let session = await page.respond(to: post("/api/session", #"{"secret": "right"}"#))
            let cookie = session.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init)
            let batch = try await station.startScan()
            let pages = try await station.until({ try await $0.view(ofBatch: batch.id).pages }) { !$0.isEmpty }
            let request = Request(
                "GET", "/api/pages/\(pages[0].id)/picture", headers: ["Host": Self.host, "Cookie": cookie ?? ""])
            #expect(await page.respond(to: request).status == status)
        }
    }
}
