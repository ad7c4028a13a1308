import Foundation
import HTTP
import HTTPClient
import HTTPServer
import Synchronization
import TestSupport
import Testing

@Suite(.temporaryDirectory) struct `The HTTP client` {
    /// A server that tells what it got, and the ways in which it can be slow or wrong.
    static func answer(_ request: Request) async -> Response {
        switch request.path {
        case "/silence":
            try? await Task.sleep(for: .seconds(60))
            return Response(status: 200)
        case "/long": return Response(status: 200, bytes: [UInt8](repeating: 7, count: 100_000))
        case "/elsewhere": return Response(status: 302, headers: ["Location": "/long"])
        case "/cut": return Response(status: 0)
        default:
            let text = "\(request.method) \(request.path) \(request.headers["X-Mark"] ?? "-") \(request.body.count)"
            return Response(status: 200, headers: ["X-Two": "a", "x-two": "b"], bytes: Array(text.utf8))
        }
    }

    private func server(_ listen: HTTPServer.Listen = .tcp(host: "127.0.0.1", port: 0)) throws -> HTTPServer {
        try HTTPServer(HTTPServer.Configuration(listen: listen)) { await Self.answer($0) }
    }

    static let methods = ["GET", "PUT", "POST", "PATCH", "DELETE"]

    @Test(arguments: methods) func `sends method, headers and body`(_ method: String) async throws {
        let server = try server()
        let body = [UInt8](repeating: 0, count: method == "GET" ? 0 : 70_000)
        let response = try await CurlTransport().send(
            Request(method, "/a%20b", headers: ["X-Mark": "å"], body: body), to: server.origin)
        #expect(response.bytes.map { String(decoding: $0, as: UTF8.self) } == "\(method) /a b å \(body.count)")
        #expect(response.headers.all("X-Two") == ["a", "b"])
    }

    @Test func `speaks over a UNIX socket`() async throws {
        let server = try server(.unix(path: TemporaryDirectory.url.appending(path: "s").path()))
        let response = try await CurlTransport().send(Request("GET", "/x"), to: server.origin)
        #expect(response.status == 200)
    }

    @Test func `carries many requests at once on one thread`() async throws {
        let server = try server()
        let transport = CurlTransport()
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask { try await transport.send(Request("GET", "/long"), to: server.origin).bytes?.count ?? 0 }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 5_000_000)
    }

    @Test func `follows no redirect`() async throws {
        let server = try server()
        #expect(try await CurlTransport().send(Request("GET", "/elsewhere"), to: server.origin).status == 302)
    }

    static let failures: [(path: String, limits: TransportLimits, kind: TransportError.Kind)] = [
        ("/silence", TransportLimits(idle: 0.2), .timedOut), ("/silence", TransportLimits(total: 0.2), .timedOut),
        ("/long", TransportLimits(maximumBody: 99_999), .tooLarge), ("/cut", TransportLimits(), .connectionCut),
        ("/a\r\nX-Mark: b", TransportLimits(), .notHTTP),
    ]

    @Test(arguments: failures.indices) func `says why no whole response came`(_ index: Int) async throws {
        let (path, limits, kind) = Self.failures[index]
        let server = try server()
        let error = await #expect(throws: TransportError.self) {
            try await CurlTransport().send(Request("GET", path), to: server.origin, limits: limits)
        }
        #expect(error?.kind == kind)
    }

    @Test(arguments: ["http://127.0.0.1:1", "unix:///nowhere/s", "ftp://127.0.0.1"])
    func `says that nobody is there`(_ origin: String) async throws {
        let error = await #expect(throws: TransportError.self) {
            try await CurlTransport().send(Request("GET", "/"), to: origin)
        }
        #expect(error?.kind == .unreachable)
    }

    @Test func `stops a transfer when its task is cancelled`() async throws {
        let server = try server()
        let transport = CurlTransport()
        let task = Task { try await transport.send(Request("GET", "/silence"), to: server.origin) }
        task.cancel()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(try await transport.send(Request("GET", "/x"), to: server.origin).status == 200)
    }
}
