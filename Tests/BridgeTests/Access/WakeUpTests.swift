import BridgeApp
import Foundation
import HTTP
import HTTPServer
import Sealing
import Support
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `A consumer that is told when records wait` {
    private let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// The example of the libraries of Standard Webhooks.
    @Test func `can check the signature`() throws {
        let signature = try MessageSignature(secret: secret).sign(
            Array("{\"test\": 2432232314}".utf8), id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330)
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        for text in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_?"] {
            #expect(throws: BlankettError.self) { _ = try MessageSignature(secret: text) }
        }
    }

    @Test func `is called at once, then ever more seldom, and at once again when all was taken`() {
        var rhythm = WakeUpRhythm()
        let due = (0..<700).filter { rhythm.isDue(waiting: 1, at: Double($0)) }
        #expect(due == [0, 10, 30, 70, 150, 310, 610])
        // All was taken; then one that takes each record as it comes is not called for each.
        let later = [(0, 1000.0), (5, 1001), (0, 1002), (1, 1003), (1, 1011)].map { waiting, time in
            rhythm.isDue(waiting: waiting, at: time)
        }
        #expect(later == [false, true, false, false, true])
    }

    @Test func `gets a signed call that tells of nobody`() async throws {
        let calls = Shared<[Request]>([])
        let server = try HTTPServer { request in
            calls.change { $0.append(request) }
            return Response(status: 204)
        }
        let file = TemporaryDirectory.url.appending(path: "wake-up.secret")
        try DurableFile.write(Array("\(secret)\n".utf8), to: file)
        let wish = "wakeUp: { url: \"http://127.0.0.1:\(server.port)/hook?a=1\", secret: \"wake-up.secret\" }"
        let bridge = try await TestBridge(subscriptions: "{ name: \"cases\", \(wish) }, { name: \"permits\" }")
        let service = try Service(bridge)
        let origin = try await service.origin()
        _ = try await origin.putBlob(samplePage)
        #expect(try await origin.put(sampleRecord()).status == 201)
        for _ in 0..<500 where calls.value.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        #expect(await service.end() == .code(0))
        await server.stop()
        let call = try #require(calls.value.first)
        #expect(call.method == "POST" && call.path == "/hook" && call.query == ["a": "1"])
        let body = try JSONCoding.decode(JSONValue.self, from: call.body)
        #expect(body["type"] == "records.available" && body["subscription"] == "cases")
        #expect(Set(try #require(body.objectValue).keys) == ["type", "subscription", "timestamp"])
        let id = try #require(call.headers["webhook-id"])
        let time = try #require(call.headers["webhook-timestamp"].flatMap { Int($0) })
        #expect(abs(Double(time) - Date().timeIntervalSince1970) < 300)
        let expected = try MessageSignature(secret: secret).sign(call.body, id: id, timestamp: time)
        #expect(call.headers["webhook-signature"] == expected)
    }

    @Test func `is named in a configuration that can be used, or the bridge says what is wrong`() async throws {
        func check(_ url: String, permissions: Int = 0o600, _ text: String) async throws -> ProgramRun {
            let file = TemporaryDirectory.url.appending(path: "s")
            try DurableFile.write(Array(text.utf8), to: file, permissions: permissions)
            let bridge = try await TestBridge(
                subscriptions: "{ name: \"cases\", wakeUp: { url: \"\(url)\", secret: \"s\" } },"
                    + "{ name: \"permits\" }")
            return try await ProgramRun("blankett-bridge", ["--config", bridge.file.path()])
        }
        #expect(try await check("https://case.example/x", "no secret").code == 2)
        #expect(try await check("https://case.example/x", permissions: 0o644, secret).code == 7)
        for url in ["http://case.example/x", "ftp://case.example", "https://user@case.example/"] {
            #expect(try await check(url, secret).code == 2, "\(url)")
        }
    }
}
