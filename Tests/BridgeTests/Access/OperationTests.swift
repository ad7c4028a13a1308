import BridgeApp
import Delivery
import Foundation
import HTTP
import HTTPClient
import Support
import Testing
import TestSupport

/// The built program, as a service manager runs it.
struct Service {
    let program: BackgroundProgram
    let bridge: TestBridge
    let log = TemporaryDirectory.url.appending(path: "service.log")

    init(_ bridge: TestBridge, through wrapper: [String] = []) throws {
        self.bridge = bridge
        let words =
            wrapper + [Checkout.programs.appending(path: "blankett-bridge").path(), "--config", bridge.file.path()]
        program = try BackgroundProgram(URL(filePath: words[0]), Array(words.dropFirst()), log: log)
    }

    var logged: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    func origin() async throws -> TestBridge.Origin {
        TestBridge.Origin(
            bridge: bridge, url: try await program.address(in: bridge.dataFolder.appending(path: "bridge.address")))
    }

    /// Waits until the log holds `text` so many times.
    func says(_ text: String, times: Int = 1) async -> Bool {
        for _ in 0..<3000 {
            if logged.components(separatedBy: text).count > times { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    func end() async -> ChildProcess.Exit? {
        program.send(signal: SIGTERM)
        for _ in 0..<3000 where program.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
        return program.exit
    }
}

@Suite(.temporaryDirectory) struct `A running bridge` {
    @Test func `takes a new configuration over on SIGHUP, whole, and keeps the old one when it is broken`() async throws
    {
        let bridge = try await TestBridge()
        let whole = try String(contentsOf: bridge.file, encoding: .utf8)
        let service = try Service(bridge)
        let origin = try await service.origin()
        func reload(_ text: String, _ event: String, times: Int = 1) async throws {
            try text.write(to: bridge.file, atomically: true, encoding: .utf8)
            service.program.send(signal: SIGHUP)
            #expect(await service.says("\"event\":\"\(event)\"", times: times), "\(service.logged)")
        }
        #expect(try await origin.send("GET", "/v1/form-types", as: bridge.consumer).status == 200)
        try await reload("{ broken", "reload-refused")
        try await reload(whole.replacing("exempelstad-bistand", with: "none"), "reload-refused", times: 2)
        #expect(try await origin.send("GET", "/v1/form-types", as: bridge.consumer).status == 200)

        try await reload(whole.replacing("data:", with: "rateLimits: { consumer: 1 }, tokens: true, data:"), "reloaded")
        let statuses = [
            try await origin.send("GET", "/v1/api-info", as: bridge.consumer).status,
            try await origin.send("GET", "/v1/api-info", as: bridge.consumer).status,
        ]
        #expect(statuses == [200, 429])
        try await reload(
            whole.replacing("data:", with: "tokens: false, largestBlob: 5000, data:").replacing(
                "largestBlob: 2000000,", with: ""), "reloaded", times: 2)
        #expect(try await origin.send("GET", "/v1/api-info", as: bridge.agent).status == 401)
        #expect(await service.says("\"key\":\"largestBlob\""))
        #expect(await service.end() == .code(0))
    }

    @Test func `takes a subscription over that a command has made, without a start`() async throws {
        let bridge = try await TestBridge()
        let service = try Service(bridge)
        let origin = try await service.origin()
        let run = try await ProgramRun(
            "blankett-bridge", ["subscription", "add", "late", "--config", bridge.file.path()])
        #expect(run.code == 0, "\(run)")
        #expect(await service.says("\"event\":\"reloaded\""))
        _ = try await origin.putBlob(samplePage)
        #expect(try await origin.put(sampleRecord()).status == 201)
        let counters = try await origin.send("GET", "/v1/subscriptions/late", as: bridge.operator)
        let text = String(decoding: counters.bytes ?? [], as: UTF8.self)
        #expect(counters.status == 200 && text.contains("\"pending\":1"), "\(text)")
        #expect(await service.end() == .code(0))
    }

    @Test func `answers who waits with an empty list when it stops`() async throws {
        let bridge = try await TestBridge()
        let service = try Service(bridge)
        let origin = try await service.origin()
        async let waiting = origin.claim(ClaimRequest(waitSeconds: 25))
        // It is waiting once the bridge has taken the request in.
        try await Task.sleep(for: .milliseconds(300))
        let exit = await service.end()
        #expect(try await waiting.items.isEmpty)
        #expect(exit == .code(0))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-socket-activate")))
    func `listens where systemd has opened a socket, and tells that it is ready`() async throws {
        let bridge = try await TestBridge()
        let port = try freePort()
        // systemd-socket-activate starts the program at the first connection.
        let notices = try Notices()
        let service = try Service(
            bridge,
            through: [
                "/usr/bin/systemd-socket-activate", "--listen=127.0.0.1:\(port)", "--fdname=api",
                "--setenv=NOTIFY_SOCKET=\(notices.path)", "--setenv=BLANKETT_LISTEN_PORT=1",
            ])
        let origin = TestBridge.Origin(bridge: bridge, url: "http://127.0.0.1:\(port)")
        var status = 0
        for _ in 0..<500 where status != 200 {
            status = (try? await origin.send("GET", "/v1/openapi.json", as: nil).status) ?? 0
            if status != 200 { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(status == 200)
        #expect(try await offPool { notices.first() } == "READY=1")
        #expect(await service.end() == .code(0))
    }

    @Test func `writes into the audit log what commands did while it was away`() async throws {
        let bridge = try await TestBridge()
        _ = try await bridge.command("enrol", "kiosk-7")
        _ = try await bridge.command("client", "add", "case-system-2", "--subscription", "cases")
        let file = bridge.dataFolder.appending(path: "access.json")
        #expect(try String(contentsOf: file, encoding: .utf8).contains("client.add"))
        let service = try Service(bridge)
        _ = try await service.origin()
        for _ in 0..<3000 where try String(contentsOf: file, encoding: .utf8).contains("client.add") {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(await service.end() == .code(0))
        // Four tokens of the test's bridge, the code and the client.
        let (code, printed) = try await TestBridge.command(["audit", "verify"], bridge.file)
        #expect(code == .done && printed.hasPrefix("6 rows"), "\(printed)")
    }

    @Test func `has a subscription that a command made at its next start`() async throws {
        let bridge = try await TestBridge()
        _ = try await bridge.command("subscription", "add", "archive", "--hide", "personnummer", "--from-earliest")
        #expect(try await bridge.command("subscription", "list").contains("archive\t*\tsubscription add"))
        let (again, _) = try await TestBridge.command(["subscription", "add", "archive"], bridge.file)
        let (known, _) = try await TestBridge.command(["subscription", "add", "cases"], bridge.file)
        #expect(again == .badInput && known == .badInput)
        let token = try await bridge.command("token", "consumer", "archive", "--subscription", "archive")
        try await bridge.run { origin in
            _ = try await origin.putBlob(samplePage)
            _ = try await origin.put(sampleRecord())
            let claim = try await origin.send(
                "POST", "/v1/subscriptions/archive/claims", as: token, body: Array("{}".utf8))
            let text = String(decoding: claim.bytes ?? [], as: UTF8.self)
            #expect(claim.status == 200 && text.contains("leaseId") && !text.contains("199001012385"))
        }
        _ = try await bridge.command("subscription", "remove", "archive")
        #expect(try await !bridge.command("subscription", "list").contains("archive"))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")))
    func `is shut in by its unit`() async throws {
        let unit = Checkout.root.appending(path: "packaging/systemd/blankett-bridge.service").path()
        let run = try await offPool {
            try BoundedRun(
                of: "/usr/bin/systemd-analyze", ["security", "--offline=true", "--no-pager", unit],
                deadline: .seconds(60))
        }
        let text = String(decoding: run.output, as: UTF8.self) + run.messages
        let exposure = text.firstMatch(of: /Overall exposure level for [^:]+: ([0-9.]+)/).flatMap { Double($0.1) }
        #expect(try #require(exposure, "\(text.suffix(500))") <= 1.5)
    }
}

/// A port that nobody listens on.
private func freePort() throws -> UInt16 {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(server) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = bind(server, $0, length)
            _ = getsockname(server, $0, &length)
        }
    }
    return UInt16(bigEndian: address.sin_port)
}

/// The socket of a service manager.
private struct Notices: Sendable {
    let path: String
    private let descriptor: Int32

    init() throws {
        path = TemporaryDirectory.url.appending(path: "notify").path()
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func first() -> String {
        var room = [UInt8](repeating: 0, count: 256)
        let count = recv(descriptor, &room, room.count, 0)
        return String(decoding: room.prefix(max(0, count)), as: UTF8.self)
    }
}
