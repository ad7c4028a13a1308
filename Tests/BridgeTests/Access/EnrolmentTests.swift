import Certificates
import Delivery
import Foundation
import HTTP
import Support
import Synchronization
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `A kiosk` {
    private func enrolled(
        _ name: String, at origin: TestBridge.Origin, of secure: SecureBridge
    ) async throws -> SecureBridge.Client {
        let code = try await secure.bridge.command("enrol", name)
        let request = try SigningRequest(name: "whatever it says")
        let response = try await origin.over(try secure.transport()).enrol(code: code, request: request.request)
        try #require(response.status == 201)
        #expect(response.json?["name"]?.stringValue == name)
        return SecureBridge.Client(
            certificate: try #require(response.json?["certificate"]?.stringValue), key: request.key)
    }

    @Test func `gets a certificate for a code, once, sends with it, and renews it`() async throws {
        let secure = try await SecureBridge()
        try await secure.bridge.run { origin in
            let strange = origin.over(try secure.transport())
            let code = try await secure.bridge.command("enrol", "kiosk-7")
            let request = try SigningRequest(name: "kiosk-7")
            let first = try await strange.enrol(code: code, request: request.request)
            try #require(first.status == 201)
            let again = try await strange.enrol(code: code, request: request.request)
            #expect(again.status == 403 && again.problem?.code == "enrolment-refused")
            let certificate = try Certificate(pem: try #require(first.json?["certificate"]?.stringValue))
            #expect(certificate.uris == ["spiffe://blankett/kiosk/kiosk-7"])
            #expect(certificate.notAfter.timeIntervalSinceNow < 7 * 86400 + 1)

            let client = SecureBridge.Client(certificate: try certificate.pem(), key: request.key)
            let kiosk = origin.over(try secure.transport(client))
            let blob = "/v1/blobs/\(SHA256.hexadecimal(of: samplePage))"
            #expect(try await kiosk.send("PUT", blob, as: nil, body: samplePage).status == 201)
            #expect(try await strange.send("PUT", blob, as: nil, body: samplePage).status == 401)
            // It is an agent, and nothing else.
            #expect(try await kiosk.send("GET", "/v1/subscriptions/cases", as: nil).status == 403)

            let next = try SigningRequest(name: "kiosk-7")
            let renewed = try await kiosk.enrol(code: nil, request: next.request)
            try #require(renewed.status == 201)
            let newer = SecureBridge.Client(
                certificate: try #require(renewed.json?["certificate"]?.stringValue), key: next.key)
            for client in [client, newer] {
                let response = try await origin.over(try secure.transport(client)).send("HEAD", blob, as: nil)
                #expect(response.status == 200)
            }
            // A token does not renew a certificate, and nobody does not either.
            #expect(
                try await strange.send(
                    "POST", "/v1/enrolments/renewals", as: secure.bridge.agent, body: Array("{}".utf8)
                ).status == 403)
            #expect(try await strange.enrol(code: nil, request: next.request).status == 401)
        }
        let (rows, _) = try await TestBridge.command(["audit", "verify"], secure.bridge.file)
        #expect(rows == .done)
    }

    @Test func `that is denied is refused at its next request, on the same connection, and let in again`() async throws
    {
        let secure = try await SecureBridge()
        try await secure.bridge.run { origin in
            let client = try await enrolled("kiosk-7", at: origin, of: secure)
            let kiosk = origin.over(try secure.transport(client))
            #expect(try await kiosk.send("GET", "/v1/api-info", as: nil).status == 200)
            _ = try await secure.bridge.command("agents", "deny", "kiosk-7")
            #expect(try await kiosk.send("GET", "/v1/api-info", as: nil).status == 401)
            #expect(try await kiosk.enrol(code: nil, request: try SigningRequest(name: "a").request).status == 401)
            let (refused, _) = try await TestBridge.command(["enrol", "kiosk-7"], secure.bridge.file)
            #expect(refused == .notAllowed)
            _ = try await secure.bridge.command("agents", "allow", "kiosk-7")
            #expect(try await kiosk.send("GET", "/v1/api-info", as: nil).status == 200)

            let serial = try Certificate(pem: client.certificate).serial
            _ = try await secure.bridge.command("agents", "deny", "kiosk-7", "--serial", serial)
            #expect(try await kiosk.send("GET", "/v1/api-info", as: nil).status == 401)
        }
    }

    @Test func `that enrols anew makes its old certificate worthless`() async throws {
        let secure = try await SecureBridge()
        try await secure.bridge.run { origin in
            let old = origin.over(try secure.transport(try await enrolled("kiosk-7", at: origin, of: secure)))
            let new = origin.over(try secure.transport(try await enrolled("kiosk-7", at: origin, of: secure)))
            #expect(try await old.send("GET", "/v1/api-info", as: nil).status == 401)
            #expect(try await new.send("GET", "/v1/api-info", as: nil).status == 200)
        }
    }

    @Test func `is none by a certificate of another authority, or of its own making, or that is too old`() async throws
    {
        let secure = try await SecureBridge(
            more:
                "certificates: [ { certificate: \"urn:case-system\", name: \"case-system\", subscription: \"cases\" } ],"
        )
        try await secure.bridge.run { origin in
            _ = try await enrolled("kiosk-7", at: origin, of: secure)
            let itself = try CertificateAuthority(name: "itself", serial: Array(repeating: 1, count: 16), now: Date())
            let request = try SigningRequest(name: "a")
            let own = try itself.issue(
                for: request.request, to: .client(uri: "spiffe://blankett/kiosk/kiosk-7"),
                serial: Array(repeating: 2, count: 16), now: Date(), seconds: 3600)
            let table: [(SecureBridge.Client, Int)] = [
                // The town's authority vouches for consumers; it cannot make kiosks.
                (try secure.outsider(uri: "spiffe://blankett/kiosk/kiosk-7"), 401),
                (try secure.outsider(uri: "urn:case-system"), 200),
                (try secure.outsider(uri: "urn:somebody"), 401),
                (try secure.outsider(uri: "urn:case-system", seconds: 60, now: Date(timeIntervalSinceNow: -3600)), 401),
                (SecureBridge.Client(certificate: try own.pem(), key: request.key), 401),
            ]
            for (client, status) in table {
                let response = try await origin.over(try secure.transport(client)).send("GET", "/v1/api-info", as: nil)
                #expect(response.status == status)
            }
        }
    }

    @Test func `with a request that is none or weak keeps its code`() async throws {
        let secure = try await SecureBridge()
        let whole = try SigningRequest(name: "a").request
        let weak = try await weakRequest()
        try await secure.bridge.run { origin in
            let strange = origin.over(try secure.transport())
            let code = try await secure.bridge.command("enrol", "kiosk-7")
            var lines = whole.split(separator: "\n").map(String.init)
            lines[1] = String(lines[1].reversed())
            for request in ["", "a", String(repeating: "a", count: 9000), lines.joined(separator: "\n"), weak] {
                let response = try await strange.enrol(code: code, request: request)
                #expect(response.status == 422 && response.problem?.code == "schema-violation", "\(request.prefix(40))")
            }
            #expect(try await strange.enrol(code: "guess", request: whole).status == 403)
            #expect(try await strange.enrol(code: code, request: whole).status == 201)
        }
    }

    @Test func `that comes too late with its code, or with its certificate, is refused`() async throws {
        let secure = try await SecureBridge()
        let clock = Mutex(Date())
        try await secure.bridge.run(now: { clock.withLock { $0 } }) { origin in
            let code = try await secure.bridge.command("enrol", "kiosk-7")
            clock.withLock { $0 += 16 * 60 }
            let request = try SigningRequest(name: "a").request
            #expect(try await origin.over(try secure.transport()).enrol(code: code, request: request).status == 403)
            clock.withLock { $0 -= 16 * 60 }
            let kiosk = origin.over(try secure.transport(try await enrolled("kiosk-8", at: origin, of: secure)))
            #expect(try await kiosk.send("GET", "/v1/api-info", as: nil).status == 200)
            // The connection stays, its certificate does not.
            clock.withLock { $0 += 8 * 86400 }
            #expect(try await kiosk.send("GET", "/v1/api-info", as: nil).status == 401)
        }
    }
}

/// RSA of 1024 bits, made by openssl.
private func weakRequest() async throws -> String {
    let file = TemporaryDirectory.url.appending(path: "weak.csr")
    let run = try await offPool {
        try BoundedRun(
            of: "/usr/bin/openssl",
            ["req", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=weak", "-keyout", "/dev/null", "-out", file.path()],
            deadline: .seconds(60))
    }
    try #require(run.isSuccess)
    return try String(contentsOf: file, encoding: .utf8)
}
