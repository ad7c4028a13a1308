import Delivery
import Foundation
import HTTP
import Support
import Synchronization
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `A token of fifteen minutes` {
    private let credentials = "grant_type=client_credentials&client_id=case-system-2&client_secret="

    @Test func `comes for a client's secret, counts for its subscription, and ends`() async throws {
        let bridge = try await TestBridge()
        let secret = try await bridge.command("client", "add", "case-system-2", "--subscription", "cases")
        let clock = Mutex(Date())
        try await bridge.run(now: { clock.withLock { $0 } }) { origin in
            let answer = try await origin.token(credentials + secret)
            try #require(answer.status == 200)
            #expect(answer.headers["Cache-Control"] == "no-store")
            #expect(answer.json?["token_type"] == "Bearer" && answer.json?["expires_in"] == 900)
            #expect(answer.json?["scope"] == "subscription:cases")
            let token = try #require(answer.json?["access_token"]?.stringValue)
            #expect(try await origin.send("GET", "/v1/subscriptions/cases", as: token).status == 200)
            #expect(try await origin.send("GET", "/v1/subscriptions/permits", as: token).status == 403)
            var changed = token
            changed.removeLast(5)
            #expect(try await origin.send("GET", "/v1/subscriptions/cases", as: changed + "AAAAA").status == 401)
            clock.withLock { $0 += 899 }
            #expect(try await origin.send("GET", "/v1/subscriptions/cases", as: token).status == 200)
            clock.withLock { $0 += 2 }
            #expect(try await origin.send("GET", "/v1/subscriptions/cases", as: token).status == 401)
        }
    }

    @Test func `ends at once when its client is taken away, and two secrets count while one is changed`() async throws {
        let bridge = try await TestBridge()
        let words = ["client", "add", "case-system-2", "--subscription", "cases"]
        var secrets: [String] = []
        for _ in 0..<3 { secrets.append(try await TestBridge.command(words, bridge.file).printed) }
        try await bridge.run { origin in
            var statuses: [Int] = []
            for secret in secrets { statuses.append(try await origin.token(credentials + secret).status) }
            #expect(statuses == [401, 200, 200])
            _ = try await bridge.command("client", "remove", "case-system-2", "--old-secrets")
            #expect(try await origin.token(credentials + secrets[1]).status == 401)
            let answer = try await origin.token(credentials + secrets[2])
            let token = try #require(answer.json?["access_token"]?.stringValue)
            #expect(try await origin.send("GET", "/v1/api-info", as: token).status == 200)
            _ = try await bridge.command("client", "remove", "case-system-2")
            #expect(try await origin.send("GET", "/v1/api-info", as: token).status == 401)
        }
        let file = try String(contentsOf: bridge.dataFolder.appending(path: "access.json"), encoding: .utf8)
        #expect(!secrets.contains { file.contains($0) })
    }

    @Test func `comes for a client certificate as well`() async throws {
        let secure = try await SecureBridge(
            more:
                "certificates: [ { certificate: \"urn:case-system\", name: \"case-system\", subscription: \"cases\" } ],"
        )
        try await secure.bridge.run { origin in
            let client = origin.over(try secure.transport(try secure.outsider(uri: "urn:case-system")))
            let answer = try await client.token("grant_type=client_credentials")
            let token = try #require(answer.json?["access_token"]?.stringValue)
            #expect(try await client.send("GET", "/v1/subscriptions/cases", as: token).status == 200)
            // Stolen, it is worth nothing without the certificate.
            let strange = origin.over(try secure.transport())
            #expect(try await strange.send("GET", "/v1/subscriptions/cases", as: token).status == 401)
            #expect(try await strange.token("grant_type=client_credentials").status == 401)
        }
    }

    private static let refusals: [(String, Int, String)] = [
        ("", 400, "invalid_request"), ("grant_type=password", 400, "unsupported_grant_type"),
        ("grant_type=client_credentials", 401, "invalid_client"),
        ("grant_type=client_credentials&client_secret=a", 400, "invalid_request"),
        ("grant_type=client_credentials&client_id=nobody&client_secret=a", 401, "invalid_client"),
        ("grant_type=client_credentials&client_id=a&client_id=b&client_secret=a", 400, "invalid_request"),
        ("grant_type=client_credentials&client_id=%FF&client_secret=a", 400, "invalid_request"),
        ("{\"grant_type\":\"client_credentials\"}", 400, "invalid_request"),
    ]

    @Test func `is refused in OAuth's words, as a problem`() async throws {
        try await TestBridge().run { origin in
            for (fields, status, error) in Self.refusals {
                let answer = try await origin.token(fields)
                #expect(answer.status == status && answer.problem?.error == error, "\(fields)")
                #expect(answer.headers["Content-Type"] == "application/problem+json")
            }
        }
    }
}

@Suite(.temporaryDirectory) struct `The rate limits` {
    @Test func `hold back who asks too often, and nobody else`() async throws {
        let clock = Mutex(Date())
        let bridge = try await TestBridge(more: "rateLimits: { consumer: 3, stranger: 2 },")
        try await bridge.run(now: { clock.withLock { $0 } }) { origin in
            var statuses: [Int] = []
            var last: Response?
            for _ in 0..<4 {
                last = try await origin.send("GET", "/v1/api-info", as: origin.bridge.consumer)
                statuses.append(last?.status ?? 0)
                if last?.status == 200 {
                    #expect(last?.headers["RateLimit-Policy"] == "\"default\";q=3;w=60")
                    #expect(last?.headers["RateLimit"]?.hasPrefix("\"default\";r=\(2 - (statuses.count - 1))") == true)
                }
            }
            #expect(statuses == [200, 200, 200, 429])
            #expect(last?.problem?.code == "rate-limited")
            #expect(last?.headers["Retry-After"] == "20")
            clock.withLock { $0 += 20 }
            #expect(try await origin.send("GET", "/v1/api-info", as: origin.bridge.consumer).status == 200)
            #expect(try await origin.send("GET", "/v1/api-info", as: origin.bridge.consumer).status == 429)
            #expect(try await origin.send("GET", "/v1/api-info", as: origin.bridge.other).status == 200)
            for _ in 0..<10 {
                #expect(try await origin.send("GET", "/v1/api-info", as: origin.bridge.agent).status == 200)
            }
            var strange: [Int] = []
            for token in ["a", "b", "c"] {
                strange.append(try await origin.send("GET", "/v1/api-info", as: token).status)
            }
            #expect(strange == [401, 401, 429])
            // What is public stays so.
            #expect(try await origin.send("GET", "/v1/openapi.json", as: nil).status == 200)
        }
    }
}

@Suite(.temporaryDirectory) struct `A field that a subscription may not see` {
    @Test func `is in nothing that it gets`() async throws {
        let hidden = try await TestBridge(
            more: "",
            subscriptions: """
                { name: "cases", hide: ["personnummer"] }, { name: "permits", formTypes: ["ansokan-bistand"] }
                """)
        try await hidden.run { origin in
            _ = try await origin.putBlob(samplePage)
            let record = sampleRecord()
            #expect(try await origin.put(record).status == 201)
            let claim = try await origin.send(
                "POST", "/v1/subscriptions/cases/claims", as: origin.bridge.consumer, body: Array("{}".utf8))
            let path = "/v1/records/\(record.id)"
            let got = try await origin.send("GET", path, as: origin.bridge.consumer)
            for response in [claim, got] {
                let text = String(decoding: response.bytes ?? [], as: UTF8.self)
                #expect(response.status == 200 && text.contains(record.id.description))
                #expect(!text.contains("199001012385") && !text.contains("900101-2385"))
            }
            for part in ["/pages/1", "/document"] {
                let response = try await origin.send("GET", path + part, as: origin.bridge.consumer)
                #expect(response.status == 403 && response.problem?.code == "page-hidden", "\(part)")
            }
            // The same record, whole, for who may see it; and each its own tag.
            let whole = try await origin.send("GET", path, as: origin.bridge.other)
            #expect(String(decoding: whole.bytes ?? [], as: UTF8.self).contains("199001012385"))
            #expect(whole.headers["ETag"] != got.headers["ETag"])
            #expect(try await origin.send("GET", path + "/pages/1", as: origin.bridge.other).status == 200)
            let again = try await origin.send(
                "GET", path, as: origin.bridge.consumer, headers: ["If-None-Match": got.headers["ETag"] ?? ""])
            #expect(again.status == 304)
        }
    }
}
