import Certificates
import Delivery
import Foundation
import HTTP
import HTTPClient
import Support
import Testing
import TestSupport

/// A bridge that speaks TLS, with a server certificate of a test's own authority, and clients that show certificates.
struct SecureBridge: Sendable {
    let bridge: TestBridge
    /// Vouches for the server, and is also configured for clients, as a municipality's own would be.
    let outside: CertificateAuthority

    private static let serial = [UInt8](repeating: 7, count: 16)

    init(more: String = "") async throws {
        outside = try CertificateAuthority(name: "town", serial: Self.serial, now: Date())
        let server = try SigningRequest(name: "bridge")
        let certificate = try outside.issue(
            for: server.request, to: .server(names: ["127.0.0.1", "localhost"]), serial: Self.serial, now: Date(),
            seconds: 86400)
        try Self.write(certificate.pem(), "server.pem")
        try Self.write(server.key, "server.key")
        try Self.write(outside.pem, "town.pem")
        bridge = try await TestBridge(
            more: "tls: { certificate: \"server.pem\", key: \"server.key\", clientAuthorities: \"town.pem\" }, \(more)")
    }

    /// How to get to the bridge, as nobody or as who has this certificate.
    func transport(_ client: Client? = nil) throws -> CurlTransport {
        var trust = TLSTrust(server: .authorities(file: Self.url("town.pem").path()))
        if let client {
            let file = Self.url("\(UUIDv7()).pem")
            try (client.certificate + "\n" + client.key).write(to: file, atomically: true, encoding: .utf8)
            trust.identity = .init(certificateFile: file.path(), keyFile: file.path())
        }
        return CurlTransport(trust: trust)
    }

    struct Client: Sendable {
        var certificate: String
        var key: String
    }

    /// A client certificate of the town's authority.
    func outsider(uri: String, seconds: Int = 86400, now: Date = Date()) throws -> Client {
        let request = try SigningRequest(name: "client")
        let certificate = try outside.issue(
            for: request.request, to: .client(uri: uri), serial: Self.serial, now: now, seconds: seconds)
        return Client(certificate: try certificate.pem(), key: request.key)
    }

    private static func url(_ name: String) -> URL { TemporaryDirectory.url.appending(path: name) }

    private static func write(_ text: String, _ name: String) throws {
        try text.write(to: url(name), atomically: true, encoding: .utf8)
    }
}

extension TestBridge.Origin {
    /// The same bridge, reached in another way.
    func over(_ transport: CurlTransport) -> TestBridge.Origin {
        var origin = self
        origin.transport = transport
        return origin
    }

    /// Asks for a certificate; `nil` renews.
    func enrol(code: String?, request: String) async throws -> Response {
        var body = ["request": request]
        body["code"] = code
        return try await send(
            "POST", code == nil ? "/v1/enrolments/renewals" : "/v1/enrolments", as: nil,
            headers: ["Content-Type": "application/json"], body: try JSONCoding.encode(body))
    }

    /// Asks for a token of fifteen minutes.
    func token(_ fields: String) async throws -> Response {
        try await send(
            "POST", "/v1/token", as: nil, headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Array(fields.utf8))
    }
}

extension Response {
    var json: JSONValue? { bytes.flatMap { try? JSONCoding.decode(from: $0) } }
}
