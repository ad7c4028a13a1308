import Delivery
import Foundation
import HTTP
import Sealing
import Support
import Testing
import TestSupport

private let anID = "019e0000-0000-7000-8000-000000000001"
private let aHash = String(repeating: "a", count: 64)

@Suite(.temporaryDirectory) struct `The bridge's API` {
    private enum Who { case nobody, stranger, agent, consumer, other, `operator` }

    /// Who may do what, and how each refusal is called.
    @Test func `refuses with a problem that names its request`() async throws {
        let table: [(Who, String, String, Int, String)] = [
            (.nobody, "GET", "/v1/api-info", 401, "unauthenticated"),
            (.stranger, "GET", "/v1/api-info", 401, "unauthenticated"),
            (.nobody, "PUT", "/v1/records/\(anID)", 401, "unauthenticated"),
            (.nobody, "GET", "/nothing", 401, "unauthenticated"),
            (.consumer, "PUT", "/v1/records/\(anID)", 403, "forbidden"),
            (.consumer, "PUT", "/v1/blobs/\(aHash)", 403, "forbidden"),
            (.agent, "POST", "/v1/subscriptions/cases/claims", 403, "forbidden"),
            (.agent, "GET", "/v1/records/\(anID)", 403, "forbidden"),
            (.other, "POST", "/v1/subscriptions/cases/claims", 403, "forbidden"),
            (.other, "POST", "/v1/subscriptions/cases/acknowledgements", 403, "forbidden"),
            (.other, "GET", "/v1/subscriptions/cases", 403, "forbidden"),
            (.other, "GET", "/v1/subscriptions/cases/records", 403, "forbidden"),
            (.consumer, "POST", "/v1/subscriptions/cases/redrives", 403, "forbidden"),
            (.agent, "POST", "/v1/subscriptions/cases/redrives", 403, "forbidden"),
            (.operator, "POST", "/v1/subscriptions/cases/redrives", 422, "schema-violation"),
            (.operator, "POST", "/v1/subscriptions/cases/claims", 403, "forbidden"),
            (.operator, "POST", "/v1/subscriptions/cases/acknowledgements", 403, "forbidden"),
            (.operator, "GET", "/v1/records/\(anID)", 403, "forbidden"),
            (.operator, "GET", "/v1/subscriptions/nothing", 404, "unknown-subscription"),
            (.nobody, "GET", "/v1/form-types", 401, "unauthenticated"),
            (.nobody, "POST", "/v1/openapi.json", 401, "unauthenticated"),
            (.nobody, "GET", "/problems/nothing", 404, "not-found"),
            (.agent, "GET", "/v1/form-types/nothing/versions/1/schema", 404, "form-type-not-found"),
            (.agent, "GET", "/v1/form-types?offset=-1", 422, "schema-violation"),
            (.consumer, "GET", "/v1/subscriptions/cases/records?offset=+1", 422, "schema-violation"),
            (.agent, "GET", "/nothing", 404, "not-found"),
            (.agent, "GET", "/v1/blobs/\(aHash)", 405, "method-not-allowed"),
            (.agent, "DELETE", "/v1/records/\(anID)", 405, "method-not-allowed"),
            (.agent, "PUT", "/v1/records/1", 400, "bad-request"),
            (.agent, "PUT", "/v1/blobs/1", 400, "bad-request"),
            (.agent, "PUT", "/v1/blobs/\(aHash)", 422, "hash-mismatch"),
            (.agent, "PUT", "/v1/records/\(anID)", 422, "schema-violation"),
            (.consumer, "GET", "/v1/records/\(anID)", 404, "record-not-found"),
            (.consumer, "GET", "/v1/subscriptions/cases/records?state=x", 422, "schema-violation"),
            (.consumer, "GET", "/v1/subscriptions/cases/records?limit=0", 422, "schema-violation"),
            (.consumer, "GET", "/v1/subscriptions/cases/records?limit=1&limit=2", 400, "bad-request"),
            (.consumer, "POST", "/v1/subscriptions/cases/acknowledgements", 422, "schema-violation"),
        ]
        let bridge = try await TestBridge()
        try await bridge.run { origin in
            for (who, method, path, status, code) in table {
                let token: String? =
                    switch who {
                    case .nobody: nil
                    case .stranger: "bbt_AAAA"
                    case .agent: bridge.agent
                    case .consumer: bridge.consumer
                    case .other: bridge.other
                    case .operator: bridge.operator
                    }
                let response = try await origin.send(method, path, as: token, body: method == "PUT" ? [1] : [])
                #expect(response.status == status, "\(method) \(path)")
                #expect(response.headers["Content-Type"] == "application/problem+json")
                #expect(response.problem?.code == code, "\(method) \(path)")
                #expect(response.problem?.status == status)
                #expect(response.problem?.detail?.isEmpty == false)
                let instance = response.problem?.instance ?? ""
                #expect(instance.hasPrefix("urn:uuid:") && UUIDv7(String(instance.dropFirst(9))) != nil)
            }
        }
    }

    @Test func `stores blobs once and says which it has`() async throws {
        try await TestBridge().run { origin in
            let name = SHA256.hexadecimal(of: samplePage)
            let token = origin.bridge.agent
            #expect(try await origin.send("HEAD", "/v1/blobs/\(name)", as: token).status == 404)
            #expect(try await origin.putBlob(samplePage).status == 201)
            #expect(try await origin.putBlob(samplePage).status == 200)
            #expect(try await origin.send("HEAD", "/v1/blobs/\(name)", as: token).status == 200)
            let large = try await origin.putBlob([UInt8](repeating: 1, count: 2_000_001))
            #expect(large.status == 413 && large.problem?.code == "too-large")
        }
    }

    @Test func `takes a record once, however often it is sent`() async throws {
        try await TestBridge().run { origin in
            let record = sampleRecord()
            let early = try await origin.put(record)
            #expect(early.status == 424)
            #expect(early.problem?.missing == record.data.pages.map(\.sha256))
            _ = try await origin.putBlob(samplePage)
            #expect(try await origin.put(record).status == 201)
            #expect(try await origin.put(record).status == 200)
            // The same record in other bytes.
            let pretty = try JSONCoding.encode(record, pretty: true)
            let path = "/v1/records/\(record.id)"
            #expect(try await origin.send("PUT", path, as: origin.bridge.agent, body: pretty).status == 200)
            var changed = record
            changed.data.fields[0].raw = "other"
            let conflict = try await origin.put(changed)
            #expect(conflict.status == 409 && conflict.problem?.code == "record-conflict")
            #expect(try await origin.counters().pending == 1)
        }
    }

    @Test func `stores a record once when it is sent many times at once`() async throws {
        try await TestBridge().run { origin in
            _ = try await origin.putBlob(samplePage)
            let record = sampleRecord()
            let created = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 { group.addTask { try await origin.put(record).status } }
                return try await group.reduce(into: 0) { $0 += $1 == 201 ? 1 : 0 }
            }
            #expect(created == 1)
            #expect(try await origin.counters().pending == 1)
        }
    }

    @Test func `names what is wrong with a record without quoting it`() async throws {
        try await TestBridge().run { origin in
            var record = sampleRecord()
            record.subject = "other"
            record.source = "199001012385"
            record.data.pages[0].mediaType = "text/html"
            record.data.fields[0].confidence = 2
            let response = try await origin.put(record)
            #expect(response.status == 422)
            #expect(
                response.problem?.violations?.map(\.field) == [
                    "source", "subject", "data.pages[0].mediaType", "data.fields[0].confidence",
                ])
            let broken = try JSONCoding.encodeText(sampleRecord()).replacing("\"read\"", with: "\"199001012385\"")
            let undecodable = try await origin.send(
                "PUT", "/v1/records/\(record.id)", as: origin.bridge.agent, body: Array(broken.utf8))
            #expect(undecodable.problem?.violations?.first?.field == "data.fields[0].status")
            for answer in [response, undecodable] {
                #expect(!String(decoding: answer.bytes ?? [], as: UTF8.self).contains("199001012385"))
            }
        }
    }

    @Test func `gives consumers the record and its pages with strong tags`() async throws {
        try await TestBridge().run { origin in
            _ = try await origin.putBlob(samplePage)
            let record = sampleRecord()
            _ = try await origin.put(record)
            let token = origin.bridge.consumer
            let paths = [
                "/v1/records/\(record.id)": try JSONCoding.encode(record),
                "/v1/records/\(record.id)/pages/1": samplePage,
            ]
            for (path, bytes) in paths {
                let response = try await origin.send("GET", path, as: token)
                #expect(response.status == 200 && response.bytes == bytes)
                #expect(response.headers["X-Content-Type-Options"] == "nosniff")
                let tag = try #require(response.headers["ETag"])
                #expect(try await origin.send("GET", path, as: token, headers: ["If-None-Match": tag]).status == 304)
                #expect(
                    try await origin.send("GET", path, as: token, headers: ["If-None-Match": "\"x\""]).status == 200)
                // Delivered to another subscription only: for this consumer it is not there.
                #expect(try await origin.send("GET", path, as: origin.bridge.other).status == 404)
            }
            let page = try await origin.send("GET", "/v1/records/\(record.id)/pages/1", as: token)
            #expect(page.headers["Content-Type"] == "image/png")
            #expect(page.headers["Content-Disposition"]?.hasPrefix("attachment") == true)
            #expect(try await origin.send("GET", "/v1/records/\(record.id)/pages/2", as: token).status == 404)
        }
    }

    @Test func `keeps contents sealed on disk and out of the log`() async throws {
        let bridge = try await TestBridge()
        try await bridge.run { origin in
            _ = try await origin.putBlob(samplePage)
            _ = try await origin.put(sampleRecord())
        }
        let files = try FileManager.default.subpathsOfDirectory(atPath: bridge.dataFolder.path())
        for file in files {
            guard let bytes = try? Data(contentsOf: bridge.dataFolder.appending(path: file)) else { continue }
            for secret in ["199001012385", "900101-2385", "a page image", bridge.agent] {
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file)")
            }
        }
    }
}
