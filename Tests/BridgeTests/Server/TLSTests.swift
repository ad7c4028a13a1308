import Foundation
import HTTP
import HTTPClient
import HTTPServer
import Support
import Testing
import TestSupport

/// Certificates that openssl makes for one test.
private struct Certificates {
    let folder = TemporaryDirectory.url

    func url(_ name: String) -> URL { folder.appending(path: name) }

    init() throws {
        try Self.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem"
        )
        try make("server", subject: "/CN=localhost", names: "IP:127.0.0.1")
        try make("kiosk", subject: "/CN=kiosk", names: "URI:spiffe://kommun/kiosk/7")
        try Self.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=stranger -keyout stranger.key -out stranger.pem"
        )
    }

    private func make(_ name: String, subject: String, names: String) throws {
        try "subjectAltName=\(names)".write(to: url("\(name).ext"), atomically: true, encoding: .utf8)
        try Self.openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj \(subject) -keyout \(name).key -out \(name).csr"
        )
        try Self.openssl(
            "x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile \(name).ext -out \(name).pem"
        )
    }

    private static func openssl(_ words: String) throws {
        // Not Foundation's Process: it crashes where many files are open, as in the test beside this one.
        let folder = TemporaryDirectory.url.path()
        let run = try BoundedRun(
            of: "/bin/sh", ["-c", "cd '\(folder)' && exec /usr/bin/openssl \(words)"],
            environment: ProcessInfo.processInfo.environment, mostOutput: 1 << 20, deadline: .seconds(60))
        guard case .code(0) = run.exit else {
            Issue.record("openssl \(words): \(run.messages)")
            return
        }
    }
}

@Suite(.temporaryDirectory) struct `The HTTP server with TLS` {
    @Test(arguments: [(nil, "nobody"), ("kiosk", "spiffe://kommun/kiosk/7"), ("stranger", "nobody")])
    func `knows a client by the name in its certificate, if its authority vouches for it`(
        _ client: String?, _ expected: String
    ) async throws {
        let certificates = try Certificates()
        let tls = HTTPServer.TLS(
            certificate: certificates.url("server.pem"), key: certificates.url("server.key"),
            clientAuthorities: certificates.url("ca.pem"))
        let server = try HTTPServer(.init(tls: tls)) { request in
            Response(status: 200, bytes: Array((request.peer.certificateName ?? "nobody").utf8))
        }
        let identity = client.map {
            TLSTrust.Identity(
                certificateFile: certificates.url("\($0).pem").path(), keyFile: certificates.url("\($0).key").path())
        }
        let transport = CurlTransport(
            trust: TLSTrust(server: .authorities(file: certificates.url("ca.pem").path()), identity: identity))
        for _ in 0..<2 {
            let response = try await transport.send(Request("GET", "/"), to: server.origin, limits: TransportLimits())
            #expect(String(decoding: response.bytes ?? [], as: UTF8.self) == expected)
        }
        await server.stop()
    }

    @Test func `does not start with files that are of no use`() throws {
        let certificates = try Certificates()
        let pairs = [("server.pem", "none.key"), ("server.pem", "kiosk.key")]
        for (certificate, key) in pairs {
            let tls = HTTPServer.TLS(certificate: certificates.url(certificate), key: certificates.url(key))
            let error = #expect(throws: BlankettError.self) {
                _ = try HTTPServer(.init(tls: tls)) { _ in Response(status: 200) }
            }
            #expect(error?.code == "tls-files-unusable")
        }
    }
}
