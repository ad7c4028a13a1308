import BridgeApp
import Delivery
import Foundation
import HTTP
import HTTPClient
import Support
import Testing
import TestSupport

/// Somebody at the admin page, with the cookie of their session.
private struct Administrator {
    let origin: String
    var cookie: String?
    let transport = CurlTransport()

    func get(_ path: String, headers: Headers = [:]) async throws -> Response {
        try await send(Request("GET", path, headers: headers))
    }

    func post(_ path: String, _ fields: String, from site: String? = nil) async throws -> Response {
        var request = Request("POST", path, body: Array(fields.utf8))
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        request.headers["Origin"] = site ?? origin
        return try await send(request)
    }

    private func send(_ request: Request) async throws -> Response {
        var request = request
        if let cookie { request.headers["Cookie"] = cookie }
        return try await transport.send(request, to: origin, limits: TransportLimits(total: 30))
    }

    mutating func signIn(_ code: String) async throws -> Int {
        let response = try await post("/session", "code=\(code)")
        cookie = response.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init)
        return response.status
    }

    /// What stands in the forms of a page.
    func formToken() async throws -> String {
        let text = try await get("/").text
        return text.firstMatch(of: /name="token" value="([^"]+)"/).map { String($0.1) } ?? ""
    }
}

extension Response {
    fileprivate var text: String { String(decoding: bytes ?? [], as: UTF8.self) }
}

@Suite(.temporaryDirectory) struct `The admin page` {
    private func run(_ body: (TestBridge.Origin, Administrator) async throws -> Void) async throws {
        let bridge = try await TestBridge(more: "admin: { port: 0 },")
        let service = try await BridgeService(try BridgeConfiguration(file: bridge.file), log: .silent)
        do {
            let page = Administrator(origin: try #require(service.adminOrigin))
            try await body(TestBridge.Origin(bridge: bridge, url: service.origin), page)
        } catch {
            await service.stop()
            throw error
        }
        await service.stop()
    }

    @Test func `opens for a code once, and shows nothing before`() async throws {
        try await run { origin, page in
            var anna = page
            for path in ["/", "/dead-letters?subscription=cases", "/?language=en"] {
                let text = try await page.get(path).text
                #expect(!text.contains("permits"), "\(path)")
            }
            #expect(try await anna.signIn("guess") == 403)
            let code =
                try await origin.bridge.command("admin", "anna").split(separator: "\n").last.map(String.init) ?? ""
            #expect(try await anna.signIn(code) == 303)
            var other = page
            #expect(try await other.signIn(code) == 403)
            let home = try await anna.get("/")
            #expect(home.status == 200 && home.text.contains("permits") && home.text.contains("<html lang=\"sv\">"))
            #expect(home.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            #expect(try await anna.get("/?language=en").text.contains("Subscriptions"))
            #expect(try await anna.get("/nothing").status == 404)
            let token = try await anna.formToken()
            #expect(try await anna.post("/end", "token=\(token)").status == 303)
            #expect(try await !anna.get("/").text.contains("permits"))
        }
    }

    @Test func `redrives dead letters and denies kiosks, with a line in the audit log`() async throws {
        try await run { origin, page in
            _ = try await origin.putBlob(samplePage)
            let record = sampleRecord()
            _ = try await origin.put(record)
            let lease = try #require(try await origin.claim().items.first?.leaseId)
            let item = AcknowledgementRequest.Item(leaseId: lease, outcome: .reject, reason: "199001012385 is unknown")
            _ = try await origin.acknowledge([item])
            _ = try await origin.bridge.command("enrol", "kiosk-7")
            var anna = page
            let code =
                try await origin.bridge.command("admin", "anna").split(separator: "\n").last.map(String.init) ?? ""
            _ = try await anna.signIn(code)
            let letters = try await anna.get("/dead-letters?subscription=cases").text
            #expect(letters.contains(record.id.description))
            // Who runs the bridge sees no contents, wherever somebody put them.
            #expect(!letters.contains("199001012385"))
            let token = try await anna.formToken()
            let redriven = try await anna.post(
                "/redrives", "token=\(token)&subscription=cases&ids=\(record.id)")
            #expect(redriven.status == 303)
            #expect(try await origin.counters().rejected == 0)
            #expect(try await !anna.get("/dead-letters?subscription=cases").text.contains(record.id.description))
        }
    }

    @Test func `cannot be used by another page`() async throws {
        try await run { origin, page in
            var anna = page
            let code =
                try await origin.bridge.command("admin", "anna").split(separator: "\n").last.map(String.init) ?? ""
            _ = try await anna.signIn(code)
            let token = try await anna.formToken()
            #expect(try await anna.post("/end", "token=\(token)", from: "http://evil.example").status == 403)
            #expect(try await anna.post("/end", "token=").status == 403)
            #expect(try await anna.post("/end", "").status == 403)
            for headers: Headers in [["Host": "evil.example"], ["Sec-Fetch-Site": "cross-site"]] {
                let response = try await anna.get("/", headers: headers)
                #expect([403, 421].contains(response.status))
            }
            #expect(try await anna.get("/").status == 200)
        }
    }
}

@Suite(.temporaryDirectory) struct `The numbers for Prometheus` {
    @Test func `say what came, what waits and what was refused, and nobody's name`() async throws {
        let bridge = try await TestBridge(more: "admin: { port: 0 },")
        let service = try await BridgeService(try BridgeConfiguration(file: bridge.file), log: .silent)
        let origin = TestBridge.Origin(bridge: bridge, url: service.origin)
        _ = try await origin.putBlob(samplePage)
        _ = try await origin.put(sampleRecord())
        _ = try await origin.put(sampleRecord(form: "exempelstad-bistand"))
        _ = try await origin.put(sampleRecord(form: "199001012385"))
        _ = try await origin.send("GET", "/v1/records/199001012385", as: nil)
        _ = try await origin.send("GET", "/v1/199001012385", as: bridge.consumer)
        let item = AcknowledgementRequest.Item(
            leaseId: try await origin.claim(ClaimRequest(limit: 1)).items[0].leaseId, outcome: .done, caseId: "1")
        _ = try await origin.acknowledge([item])
        let backup = TemporaryDirectory.url.appending(path: "backup").path()
        let made = try await ProgramRun("blankett-bridge", ["backup", backup, "--config", bridge.file.path()])
        #expect(made.code == 0, "\(made)")
        let transport = CurlTransport()
        let response = try await transport.send(
            Request("GET", "/metrics"), to: try #require(service.adminOrigin), limits: TransportLimits())
        let socket = try await transport.send(
            Request("GET", "/metrics"), to: "unix://\(bridge.dataFolder.appending(path: "admin.sock").path())",
            limits: TransportLimits())
        await service.stop()
        #expect(response.status == 200 && socket.status == 200)
        let text = response.text
        for line in [
            "blankett_records_received_total{form_type=\"other\",agent=\"kiosk-1\"} 2",
            "blankett_records_received_total{form_type=\"exempelstad-bistand\",agent=\"kiosk-1\"} 1",
            "blankett_delivery_pending{subscription=\"cases\"} 2", "blankett_rejected{subscription=\"cases\"} 0",
            "blankett_delivery_outcomes_total{subscription=\"cases\",outcome=\"done\"} 1",
            "blankett_requests_refused_total{code=\"401\"} 1",
            "route=\"/v1/records/{id}\",method=\"PUT\",code=\"201\"", "route=\"none\",method=\"GET\",code=\"404\"",
            "blankett_disk_free_bytes ", "process_resident_memory_bytes ", "blankett_build_info{version=",
            "blankett_commit_batch_size_bucket{le=\"1.0\"} ", "blankett_commit_duration_seconds_count ",
            "blankett_audit_head ", "blankett_backup_last_success_timestamp_seconds 1",
        ] {
            #expect(text.contains(line), "\(line)")
        }
        #expect(!text.contains("1990"))
        // Each name has its help and kind once, before its values.
        let kinds = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(Set(kinds).count == kinds.count && kinds.count > 10)
    }
}
