import Foundation
import HTTP
import HTTPServer
import Support
import Synchronization
import Testing
import TestSupport

private let end = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

@Suite(.temporaryDirectory) struct `The HTTP server` {
    @Test func `hands over method, path, query, headers and body`() async throws {
        let seen = Mutex<Request?>(nil)
        let server = try HTTPServer { request in
            seen.withLock { $0 = request }
            return Response(status: 201, headers: ["X-Answer": "yes"], bytes: Array("done".utf8))
        }
        let answer = try await exchange(
            "PUT /a%20b/%C3%A5?x=1%2B1&y=a+b HTTP/1.1\r\nHost: x\r\nX-One: 1\r\nContent-Length: 3\r\n"
                + "Connection: close\r\n\r\nabc", with: server.port)
        #expect(answer.hasPrefix("HTTP/1.1 201"))
        #expect(answer.contains("X-Answer: yes"))
        #expect(answer.hasSuffix("\r\n\r\ndone"))
        let request = try #require(seen.withLock { $0 })
        #expect(request.method == "PUT")
        #expect(request.path == "/a b/å")
        #expect(request.query == ["x": "1+1", "y": "a b"])
        #expect(request.headers["x-one"] == "1")
        #expect(request.body == Array("abc".utf8))
        #expect(request.peer.address == "127.0.0.1")
        await server.stop()
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: unknown\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 0\r\n\r\n",
        "GET /a%00b\(end)", "GET /a%2\(end)", "GET /%ff\(end)", "GET /a/../b\(end)", "GET /a/%2e%2e/b\(end)",
        "GET /a%2Fb\(end)", "GET /a%0d%0ab\(end)", "GET http://other/\(end)", "GET /a%5Cb\(end)", "GET /?a=1&a=2\(end)",
    ])
    func `refuses what can be read in two ways`(_ text: String) async throws {
        let calls = Mutex(0)
        let server = try HTTPServer { _ in
            calls.withLock { $0 += 1 }
            return Response(status: 200)
        }
        let answer = try await exchange(text, with: server.port)
        #expect(answer.hasPrefix("HTTP/1.1 400"), "\(text) got \(answer)")
        #expect(calls.withLock { $0 } == 0)
        await server.stop()
    }

    @Test(arguments: [
        ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789", "200"),
        ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n0123456789a", "413"),
        (
            "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n",
            "413"
        ),
        (
            "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\na\r\n0123456789\r\n0\r\n\r\n",
            "200"
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 10_000))\r\n\r\n", "431"),
    ])
    func `holds the limits`(_ text: String, _ status: String) async throws {
        let server = try HTTPServer(.init(maximumHead: 8192, maximumBody: 10)) { Response(status: 200, bytes: $0.body) }
        #expect(try await exchange(text, with: server.port).hasPrefix("HTTP/1.1 \(status)"))
        await server.stop()
    }

    @Test func `lets the doorkeeper refuse before the body comes`() async throws {
        let server = try HTTPServer(
            doorkeeper: { $0.headers["Authorization"] == nil ? Response(status: 401) : nil },
            handler: { _ in Response(status: 200) })
        let answer = try await blocking { [port = server.port] in
            let connection = try RawConnection(port: port)
            try connection.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            return connection.read(until: "\r\n\r\n")
        }
        #expect(answer.hasPrefix("HTTP/1.1 401"))
        await server.stop()
    }

    @Test func `sends a stream in chunks, or with the length that the handler names`() async throws {
        let server = try HTTPServer { request in
            let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
            Task {
                for part in ["one ", "two ", "three"] {
                    continuation.yield(Array(part.utf8))
                    await Task.yield()
                }
                continuation.finish()
            }
            return Response(
                status: 200, headers: request.path == "/known" ? ["Content-Length": "13"] : [:], body: .stream(stream))
        }
        let unknown = try await exchange("GET /\(end)", with: server.port)
        #expect(unknown.contains("Transfer-Encoding: chunked"))
        #expect(unknown.hasSuffix("0\r\n\r\n"))
        let known = try await exchange("GET /known\(end)", with: server.port)
        #expect(known.contains("Content-Length: 13"))
        #expect(known.hasSuffix("\r\n\r\none two three"))
        await server.stop()
    }

    @Test func `sends a large stream whole`() async throws {
        let chunk = [UInt8](repeating: UInt8(ascii: "z"), count: 300_000)
        let server = try HTTPServer { _ in
            let left = Mutex(20)
            return Response(
                status: 200, headers: ["Content-Length": "6000000"],
                body: .stream(
                    AsyncThrowingStream {
                        left.withLock { left in
                            left -= 1
                            return left >= 0 ? chunk : nil
                        }
                    }))
        }
        let answer = try await exchange("GET /\(end)", with: server.port)
        #expect(answer.utf8.count { $0 == UInt8(ascii: "z") } == 6_000_000)
        await server.stop()
    }

    @Test func `cuts the connection when the stream fails, or when the status is 0`() async throws {
        struct Fault: Error {}
        let server = try HTTPServer { request in
            if request.path == "/none" { return Response(status: 0) }
            let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
            continuation.yield(Array("half".utf8))
            continuation.finish(throwing: Fault())
            return Response(status: 200, body: .stream(stream))
        }
        let half = try await exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n", with: server.port)
        #expect(half.contains("half"))
        #expect(!half.hasSuffix("0\r\n\r\n"))
        #expect(try await exchange("GET /none HTTP/1.1\r\nHost: a\r\n\r\n", with: server.port) == "")
        await server.stop()
    }

    @Test func `answers HEAD without a body`() async throws {
        let server = try HTTPServer { _ in Response(status: 200, bytes: Array("12345".utf8)) }
        let answer = try await exchange("HEAD /\(end)", with: server.port)
        #expect(answer.contains("Content-Length: 5"))
        #expect(answer.hasSuffix("\r\n\r\n"))
        await server.stop()
    }

    /// With epoll, 128 or more ready connections in one thread stall libmicrohttpd 0.9.75: see the shim.
    @Test(arguments: [256, 512, 1000], [false, true])
    func `serves many connections at once`(_ count: Int, _ onServerThread: Bool) async throws {
        var configuration = HTTPServer.Configuration(threads: 2, maximumConnections: 1024)
        configuration.handlesOnServerThread = onServerThread
        let server = try HTTPServer(configuration) { _ in
            await Task.yield()
            return Response(status: 200, bytes: [UInt8](repeating: 120, count: 2048))
        }
        let (whole, longest) = try await blocking { [port = server.port] in
            let connections = try (0..<count).map { _ in try RawBox(port: port) }
            var (whole, longest) = (0, Duration.zero)
            let clock = ContinuousClock()
            // Several rounds: a stall shows once all are ready at the same time.
            for _ in 0..<3 {
                let start = clock.now
                for box in connections { try box.connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
                for box in connections {
                    let answer = box.connection.read(until: String(repeating: "x", count: 2048))
                    whole += answer.hasPrefix("HTTP/1.1 200") ? 1 : 0
                    longest = max(longest, clock.now - start)
                }
            }
            return (whole, longest)
        }
        #expect(whole == 3 * count)
        // A stall lasts until a connection times out, after 30 s; less can be another test's hold on the shared pool.
        #expect(longest < .seconds(25))
        await server.stop()
    }

    @Test func `tells who comes when all places are taken to come again, and serves the others`() async throws {
        let server = try HTTPServer(.init(maximumConnections: 8)) { _ in Response(status: 200) }
        let (late, kept) = try await blocking { [port = server.port] in
            let connections = try (0..<8).map { _ in try RawBox(port: port) }
            func ask(_ box: RawBox) throws -> String {
                try box.connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                return box.connection.read(until: "\r\n\r\n")
            }
            for box in connections { _ = try ask(box) }
            let late = try RawConnection(port: port)
            try late.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = late.readToEnd()
            return (answer, try connections.map { try ask($0) })
        }
        #expect(late.hasPrefix("HTTP/1.1 503") && late.contains("Retry-After: 5") && late.contains("Connection: close"))
        #expect(kept.allSatisfy { $0.hasPrefix("HTTP/1.1 200") })
        await server.stop()
    }

    /// What waits in a handler waits on no thread of the server's, and goes on there.
    @Test func `goes on with a handler on the thread of its connection`() async throws {
        var configuration = HTTPServer.Configuration(threads: 1)
        configuration.handlesOnServerThread = true
        let threads = Shared<Set<pthread_t>>([])
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let server = try HTTPServer(configuration) { request in
            threads.change { $0.insert(pthread_self()) }
            if request.path == "/slow" { for await _ in gate { break } }
            await withTaskGroup { group in
                for _ in 0..<3 {
                    group.addTask {
                        try? await Task.sleep(for: .milliseconds(5))
                        threads.change { $0.insert(pthread_self()) }
                    }
                }
            }
            threads.change { $0.insert(pthread_self()) }
            return Response(status: 200, bytes: Array(request.path.utf8))
        }
        async let slow = exchange("GET /slow\(end)", with: server.port)
        for _ in 0..<500 where threads.value.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try await exchange("GET /fast\(end)", with: server.port).hasSuffix("/fast"))
        open.yield()
        #expect(try await slow.hasSuffix("/slow"))
        #expect(threads.value.count == 1)
        await server.stop()
    }

    /// A client that goes away ends its handler, wherever that waits.
    @Test func `lets a handler come to its end when its client is gone, or the server stops`() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.handlesOnServerThread = true
        let ended = Mutex(0)
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let server = try HTTPServer(configuration) { _ in
            arrived.yield()
            // Takes no notice of being cancelled.
            await Task { try? await Task.sleep(for: .milliseconds(400)) }.value
            ended.withLock { $0 += 1 }
            return Response(status: 200)
        }
        try await blocking { [port = server.port] in
            let connection = try RawConnection(port: port)
            try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        for await _ in arrivals { break }
        async let answer = exchange("GET /\(end)", with: server.port)
        for await _ in arrivals { break }
        await server.stop(grace: .milliseconds(50))
        #expect(try await answer.hasPrefix("HTTP/1.1 503"))
        for _ in 0..<500 where ended.withLock({ $0 < 2 }) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(ended.withLock { $0 } == 2)
    }

    @Test func `keeps a connection for several requests`() async throws {
        let server = try HTTPServer { Response(status: 200, bytes: $0.body) }
        let answers = try await blocking { [port = server.port] in
            let connection = try RawConnection(port: port)
            return try (0..<50).map { number in
                try connection.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n=\(number + 100)")
                return connection.read(until: "=\(number + 100)").hasSuffix("=\(number + 100)")
            }
        }
        #expect(answers.allSatisfy { $0 })
        await server.stop()
    }

    @Test func `says who holds a port that is taken`() async throws {
        let first = try HTTPServer { _ in Response(status: 200) }
        let error = #expect(throws: BlankettError.self) {
            _ = try HTTPServer(.init(listen: .tcp(host: "127.0.0.1", port: first.port))) { _ in Response(status: 200) }
        }
        #expect(error?.code == "port-taken")
        await first.stop()
    }

    @Test func `listens on a UNIX socket that only its user can open, also where a killed process left one`()
        async throws
    {
        let path = TemporaryDirectory.url.appending(path: "s").path()
        let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe bind(stale, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        close(stale)
        let server = try HTTPServer(.init(listen: .unix(path: path))) { _ in Response(status: 200) }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// A program that opened a file just then was given the number of the socket that a stopping server still watched,
    /// and the library ended the process.
    @Test func `stops while other servers start and files are opened`() async throws {
        try await withThrowingTaskGroup { group in
            for lane in 0..<8 {
                group.addTask {
                    for _ in 0..<100 {
                        let server = try HTTPServer(.init(threads: 4)) { _ in Response(status: 200) }
                        if lane.isMultiple(of: 2) {
                            #expect(try await exchange("GET /\(end)", with: server.port).hasPrefix("HTTP/1.1 200"))
                        }
                        await server.stop()
                        _ = try Data(contentsOf: URL(filePath: "/proc/self/status"))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `answers what comes while it waits for its handlers to end with 503`() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let server = try HTTPServer { request in
            guard request.path == "/slow" else { return Response(status: 200) }
            arrived.yield()
            await Task { for await _ in gate { break } }.value
            return Response(status: 200)
        }
        async let answer = exchange("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", with: server.port)
        for await _ in arrivals { break }
        // Long enough also where other programs take the processor.
        async let stopped: Void = server.stop(grace: .seconds(300))
        var late = ""
        for _ in 0..<500 where !late.hasPrefix("HTTP/1.1 503") {
            late = try await exchange("GET /\(end)", with: server.port)
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(late.hasPrefix("HTTP/1.1 503") && late.contains("Retry-After"))
        open.yield()
        await stopped
        #expect(try await answer.hasPrefix("HTTP/1.1 200"))
        #expect((try? RawConnection(port: server.port)) == nil)
    }

    /// With several threads that are awake at that moment, taking the listening socket away ended the process.
    @Test func `stops while clients keep coming`() async throws {
        for _ in 0..<15 {
            let server = try HTTPServer(.init(threads: 3)) { _ in Response(status: 200) }
            let port = server.port
            await withTaskGroup { group in
                for _ in 0..<6 {
                    group.addTask {
                        while let text = try? await exchange("GET /\(end)", with: port), text.hasPrefix("HTTP/1.1 200")
                        {}
                    }
                }
                try? await Task.sleep(for: .milliseconds(20))
                await server.stop()
            }
        }
    }

    /// A client that only looks for an answer once all is sent must still see the refusal.
    @Test(arguments: [
        (["Content-Length: 20\r\n\r\n", "0123456789", "0123456789"], "HTTP/1.1 413"),
        (["Content-Length: 20\r\nExpect: 100-continue\r\n\r\n"], "HTTP/1.1 413"),
        (["Content-Length: 21\r\n\r\n"], "HTTP/1.1 413"),
        // Cut: more than that is read of nobody.
        (["Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n", "b\r\n01234567890\r\n0\r\n\r\n"], ""),
    ])
    func `reads a body that is somewhat too large to its end`(_ parts: [String], _ start: String) async throws {
        let server = try HTTPServer(.init(maximumBody: 10)) { _ in Response(status: 200) }
        let answer = try await blocking { [port = server.port] in
            let connection = try RawConnection(port: port)
            try connection.send("PUT / HTTP/1.1\r\nHost: a\r\n")
            for part in parts {
                try connection.send(part)
                usleep(20_000)
            }
            return connection.readToEnd()
        }
        #expect(start.isEmpty ? answer.isEmpty : answer.hasPrefix(start), "\(answer)")
        await server.stop()
    }

    @Test func `lets waiting handlers answer early when it stops`() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let server = try HTTPServer { _ in
            arrived.yield()
            try? await Task.sleep(for: .seconds(600))
            return Response(status: 200, bytes: Array("early".utf8))
        }
        async let answer = exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n", with: server.port)
        for await _ in arrivals { break }
        await server.stop()
        #expect(try await answer.hasSuffix("early"))
    }
}

/// Lets connections stand in an array.
private final class RawBox {
    let connection: RawConnection

    init(port: UInt16) throws {
        connection = try RawConnection(port: port)
    }
}
