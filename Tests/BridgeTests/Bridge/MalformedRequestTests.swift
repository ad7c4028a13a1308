import BridgeApp
import Delivery
import Foundation
import HTTP
import Sealing
import Support
import Testing
import TestSupport

private let records = "/v1/records/019e0000-0000-7000-8000-000000000001"
private let blob = "/v1/blobs/" + String(repeating: "a", count: 64)
private let claims = "/v1/subscriptions/cases/claims"
private let acknowledgements = "/v1/subscriptions/cases/acknowledgements"

/// Random numbers that are the same in each run.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

/// What came back, taken apart.
private struct Answer {
    var status: Int
    var isProblem: Bool
    var problem: Problem?
    var text: String

    init(_ text: String) {
        self.text = text
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
        let head = parts.first.map(String.init) ?? ""
        status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        isProblem = head.lowercased().contains("content-type: application/problem+json")
        problem = parts.dropFirst().first.flatMap { try? JSONCoding.decode(Problem.self, from: Array($0.utf8)) }
    }

    /// Words of the inside, which nobody outside should read.
    var leak: String? {
        ["SELECT", "sqlite", "Swift.", "Decoding", "NSError", "Foundation", "bridge.db", "/tmp", "/home", "Sources/"]
            .first { text.contains($0) }
    }
}

@Suite(.temporaryDirectory) struct `Malformed requests` {
    private enum Who: CaseIterable { case agent, consumer, nobody }

    private func send(
        _ origin: TestBridge.Origin, _ who: Who, _ method: String, _ target: String, _ headers: String = "",
        _ body: String = ""
    ) async throws -> Answer {
        let port = try #require(URL(string: origin.url)?.port.flatMap { UInt16(exactly: $0) })
        let authorization =
            switch who {
            case .nobody: ""
            case .agent: "Authorization: Bearer \(origin.bridge.agent)\r\n"
            case .consumer: "Authorization: Bearer \(origin.bridge.consumer)\r\n"
            }
        let length = headers.contains("Content-Length") ? "" : "Content-Length: \(body.utf8.count)\r\n"
        return Answer(
            try await exchange(
                "\(method) \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(authorization)\(length)\(headers)\r\n\(body)",
                with: port))
    }

    @Test func `are refused with the right status and tell nothing of the inside`() async throws {
        let deep = String(repeating: "[", count: 100_000)
        let form = "Content-Type: application/x-www-form-urlencoded\r\n"
        let table: [(Who, String, String, String, String, Int, String?)] = [
            // Path tricks.
            (.consumer, "GET", "/v1/../v1/api-info", "", "", 400, "bad-request"),
            (.consumer, "GET", "/v1/records/..", "", "", 400, "bad-request"),
            (.consumer, "GET", "/v1/records/%2e%2e/%2e%2e/etc/passwd", "", "", 400, "bad-request"),
            (.consumer, "GET", "/v1/records/..%2f..%2fetc%2fpasswd", "", "", 400, "bad-request"),
            (.consumer, "GET", "/v1/records/%00", "", "", 400, "bad-request"),
            (.consumer, "GET", "/v1/records/%c0%ae%c0%ae", "", "", 400, "bad-request"),
            (.consumer, "GET", "/v1/records/%", "", "", 400, "bad-request"),
            (.consumer, "GET", "/v1/records/a%5cb", "", "", 400, "bad-request"),
            (.consumer, "GET", "//v1/api-info", "", "", 404, "not-found"),
            (.consumer, "GET", "/v1/api-info/", "", "", 404, "not-found"),
            (.consumer, "GET", "/V1/api-info", "", "", 404, "not-found"),
            (.nobody, "GET", "/problems/../v1/api-info", "", "", 400, "bad-request"),
            (.nobody, "GET", "/problems/a/b", "", "", 404, "not-found"),
            (.nobody, "GET", "/v1/openapi.json/", "", "", 401, "unauthenticated"),
            (.agent, "PUT", "/v1/blobs/" + String(repeating: "A", count: 64), "", "", 400, "bad-request"),
            // Bodies that are no JSON, or another one.
            (.agent, "PUT", records, "", "{", 422, "schema-violation"),
            (.agent, "PUT", records, "", "", 422, "schema-violation"),
            (.agent, "PUT", records, "", "null", 422, "schema-violation"),
            (.agent, "PUT", records, "", "[]", 422, "schema-violation"),
            (.agent, "PUT", records, "", deep, 422, "schema-violation"),
            (.agent, "PUT", records, "", "{\"specversion\":1e999}", 422, "schema-violation"),
            (.consumer, "POST", claims, "", "{\"limit\":\"20\"}", 422, "schema-violation"),
            (.consumer, "POST", claims, "", "{\"limit\":1.5}", 422, "schema-violation"),
            (.consumer, "POST", claims, "", "{\"limit\":-1}", 422, "schema-violation"),
            (.consumer, "POST", claims, "", "{\"limit\":99999999999999999999}", 422, "schema-violation"),
            (.consumer, "POST", claims, "", "{\"waitSeconds\":26}", 422, "schema-violation"),
            (.consumer, "POST", claims, "", "{\"leaseSeconds\":9}", 422, "schema-violation"),
            (.consumer, "POST", claims, "", deep, 422, "schema-violation"),
            (.consumer, "POST", claims, "", "{limit:1}", 422, "schema-violation"),
            (.consumer, "POST", acknowledgements, "", "{\"items\":[]}", 422, "schema-violation"),
            (
                .consumer, "POST", acknowledgements, "",
                "{\"items\":[{\"leaseId\":\"a\",\"outcome\":\"done\",\"caseId\":\"1\\u0000\"}]}", 422,
                "schema-violation"
            ),
            (
                .consumer, "POST", acknowledgements, "", "{\"items\":[{\"leaseId\":\"\",\"outcome\":\"retry\"}]}", 422,
                "schema-violation"
            ),
            (
                .consumer, "POST", acknowledgements, "", "{\"items\":[{\"leaseId\":\"a\",\"outcome\":\"lost\"}]}", 422,
                "schema-violation"
            ),
            // Wrong hash, too large.
            (.agent, "PUT", blob, "", "other", 422, "hash-mismatch"),
            (.agent, "PUT", blob, "Content-Length: 99999999\r\n", "", 413, "too-large"),
            // libmicrohttpd refuses what it cannot count by itself, in HTML, and closes: the handler never sees it.
            (.agent, "PUT", blob, "Content-Length: 99999999999999999999999\r\n", "", 413, nil),
            (.agent, "PUT", blob, "Content-Length: -1\r\n", "", 400, nil),
            // Who is it?
            (.nobody, "POST", claims, "Authorization: Bearer \r\n", "", 401, "unauthenticated"),
            (.nobody, "POST", claims, "Authorization: Basic YTpi\r\n", "", 401, "unauthenticated"),
            (.nobody, "POST", claims, "Authorization: Bearer bbt_x\r\n", "", 401, "unauthenticated"),
            (.agent, "POST", claims, "Authorization: Bearer bbt_x\r\n", "", 401, "unauthenticated"),
            (.consumer, "POST", "/v1/subscriptions/permits/acknowledgements", "", "{}", 403, "forbidden"),
            (.consumer, "POST", "/v1/subscriptions/%20/claims", "", "{}", 403, "forbidden"),
            (.nobody, "GET", "/v1/api-info", "Authorization: Bearer bbt_s.AAAA\r\n", "", 401, "unauthenticated"),
            (.consumer, "GET", "/v1/api-info", "Authorization: Bearer bbt_x\r\n", "", 401, "unauthenticated"),
            // Enrolment and tokens.
            (.nobody, "POST", "/v1/enrolments", "", "{", 422, "schema-violation"),
            (.nobody, "POST", "/v1/enrolments", "", "{\"code\":\"a\",\"request\":\"\"}", 422, "schema-violation"),
            (.nobody, "POST", "/v1/enrolments", "", "{\"code\":\"a\",\"request\":\"a\"}", 403, "enrolment-refused"),
            (.nobody, "POST", "/v1/enrolments", "", "{\"request\":\"a\"}", 403, "enrolment-refused"),
            (.nobody, "POST", "/v1/enrolments", "", deep, 422, "schema-violation"),
            (.nobody, "GET", "/v1/enrolments", "", "", 405, "method-not-allowed"),
            (.nobody, "POST", "/v1/enrolments/", "", "{}", 401, "unauthenticated"),
            (.nobody, "POST", "/v1/enrolments/../token", "", "{}", 400, "bad-request"),
            (.agent, "POST", "/v1/enrolments/renewals", "", "{\"request\":\"a\"}", 403, "forbidden"),
            (.consumer, "POST", "/v1/enrolments/renewals", "", "{\"request\":\"a\"}", 403, "forbidden"),
            (.nobody, "POST", "/v1/enrolments/renewals", "", "{\"request\":\"a\"}", 401, "unauthenticated"),
            (.nobody, "POST", "/v1/token", "", "grant_type=client_credentials", 400, "token-request"),
            (.nobody, "POST", "/v1/token", form, "grant_type=client_credentials", 401, "token-refused"),
            (.nobody, "POST", "/v1/token", form, "grant_type=%", 400, "token-request"),
            (.nobody, "POST", "/v1/token", form, "grant_type=a&grant_type=b", 400, "token-request"),
            (.nobody, "POST", "/v1/token", form, String(repeating: "a", count: 9000), 400, "token-request"),
            (.nobody, "POST", "/v1/token", form, String(repeating: "a=&", count: 2000), 400, "token-request"),
            (.nobody, "PUT", "/v1/token", form, "grant_type=client_credentials", 405, "method-not-allowed"),
        ]
        try await TestBridge().run { origin in
            for (who, method, target, headers, body, status, code) in table {
                let answer = try await send(origin, who, method, target, headers, body)
                let request = "\(method) \(target.prefix(60)) \(headers) \(body.prefix(60))"
                #expect(answer.status == status, "\(request)")
                #expect(answer.leak == nil, "\(request)")
                guard let code else { continue }
                #expect(answer.isProblem, "\(request)")
                #expect(answer.problem?.code == code, "\(request)")
                #expect(answer.problem?.instance?.hasPrefix("urn:uuid:") == true, "\(request)")
            }
        }
    }

    /// A thousand right requests, each broken somewhere.
    @Test func `never crash the bridge, whatever byte is wrong`() async throws {
        try await TestBridge(more: "rateLimits: { stranger: 0 },").run { origin in
            _ = try await origin.putBlob(samplePage)
            let record = sampleRecord()
            let whole: [(Who, String, String, [UInt8])] = [
                (.agent, "PUT", "/v1/records/\(record.id)", try JSONCoding.encode(record)),
                (.consumer, "POST", claims, Array("{\"leaseSeconds\":300,\"limit\":20}".utf8)),
                (
                    .consumer, "POST", acknowledgements,
                    Array("{\"items\":[{\"leaseId\":\"a\",\"outcome\":\"retry\"}]}".utf8)
                ),
                (.nobody, "POST", "/v1/enrolments", Array("{\"code\":\"abc\",\"request\":\"-----BEGIN\"}".utf8)),
                (
                    .agent, "PUT", "/v1/station",
                    Array(
                        "{\"devices\":[],\"forms\":[{\"name\":\"a\",\"version\":1}],\"profiles\":[],\"version\":\"1\"}"
                            .utf8)
                ),
            ]
            var dice = Dice(state: 5)
            for _ in 0..<1000 {
                var (who, method, target, body) = whole[Int.random(in: 0..<whole.count, using: &dice)]
                let place = Int.random(in: 0..<body.count, using: &dice)
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: body.removeSubrange(place...)
                case 1: body[place] = UInt8.random(in: 0x20..<0x7F, using: &dice)
                case 2: body.insert(contentsOf: Array("{[\"\\u0000".utf8).shuffled(using: &dice), at: place)
                default: body.remove(at: place)
                }
                let text = String(decoding: body, as: UTF8.self)
                let answer = try await send(origin, who, method, target, "", text)
                // Some breaks leave a right request.
                #expect([200, 201, 204, 403, 409, 422, 424].contains(answer.status), "\(answer.status): \(text)")
                #expect(answer.status < 400 || (answer.isProblem && answer.problem != nil), "\(text)")
                #expect(answer.leak == nil, "\(text)")
            }
            #expect(try await origin.send("GET", "/v1/api-info", as: origin.bridge.consumer).status == 200)
        }
    }

    @Test func `with the lease of another subscription change nothing`() async throws {
        try await TestBridge().run { origin in
            _ = try await origin.putBlob(samplePage)
            _ = try await origin.put(sampleRecord(form: "bygglov"))
            let response = try await origin.send(
                "POST", "/v1/subscriptions/permits/claims", as: origin.bridge.other, body: Array("{}".utf8))
            let claimed: ClaimResponse = try JSONCoding.decode(from: response.bytes ?? [])
            let lease = try #require(claimed.items.first?.leaseId)
            for outcome in [AcknowledgementRequest.Outcome.done, .reject, .retry, .extend] {
                let item = AcknowledgementRequest.Item(leaseId: lease, outcome: outcome, caseId: "1")
                #expect(try await origin.acknowledge([item]) == [.leaseLost])
            }
            let counters = try await origin.send("GET", "/v1/subscriptions/permits", as: origin.bridge.other)
            #expect(try JSONCoding.decode(SubscriptionCounters.self, from: counters.bytes ?? []).leased == 1)
        }
    }

    @Test func `with a token that was taken back are refused at once`() async throws {
        let bridge = try await TestBridge()
        try await bridge.run { origin in
            #expect(try await origin.send("GET", "/v1/api-info", as: bridge.consumer).status == 200)
            let program = BridgeProgram(print: { _ in }, complain: { _ in })
            let code = await program.run(["token", "remove", "case-system", "--config", bridge.file.path()])
            #expect(code == .done)
            let response = try await origin.send("GET", "/v1/api-info", as: bridge.consumer)
            #expect(response.status == 401 && response.headers["WWW-Authenticate"] == "Bearer")
        }
    }
}
