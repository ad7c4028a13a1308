import BridgeApp
import Foundation
import Support
import Synchronization
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `The configuration` {
    private var file: URL { TemporaryDirectory.url.appending(path: "bridge.json5") }

    private func write(_ text: String, _ name: String) throws {
        let url = TemporaryDirectory.url.appending(path: name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    private let base = """
        {   format: "blankett-bridge/1", data: "data",
            listen: { port: 1111 }, diskReserve: 5,
            subscriptions: [ { name: "cases" } ] }
        """

    @Test func `takes the strongest source of each value, and says which`() async throws {
        try write(base, "bridge.json5")
        try write("{ listen: { port: 2222 }, largestBlob: 2000 }", "conf.d/10-net.json5")
        try write("{\n subscriptions: [ { name: \"permits\" } ], listen: { port: 3333 } }", "conf.d/20-more.json5")
        try write("{ broken", "conf.d/ignored.txt")
        func table(_ words: [String], _ environment: [String: String]) async throws -> String {
            let (code, printed) = try await TestBridge.command(
                ["--check-config"] + words, file, environment: environment)
            #expect(code == .done)
            return printed
        }
        var printed = try await table([], [:])
        for line in [
            "listen.port              3333  (conf.d/20-more.json5:2)", "diskReserve              5  (bridge.json5:2)",
            "largestBlob              2000  (conf.d/10-net.json5:1)",
            "subscriptions[0].name    \"cases\"  (bridge.json5:3)",
            "subscriptions[1].name    \"permits\"  (conf.d/20-more.json5:2)",
            "listen.address           \"127.0.0.1\"  (default)",
        ] {
            let words = line.split(separator: " ").joined(separator: " ")
            #expect(
                printed.split(separator: "\n").contains { $0.split(separator: " ").joined(separator: " ") == words },
                "\(words) in\n\(printed)")
        }
        let environment = ["BLANKETT_LISTEN_PORT": "4444", "BLANKETT_TLS_CLIENT_AUTHORITIES": "/a.pem"]
        printed = try await table([], ["BLANKETT_LISTEN_PORT": "4444"])
        #expect(printed.contains("4444  (BLANKETT_LISTEN_PORT)"))
        printed = try await table(["--set", "listen.port=5555"], ["BLANKETT_LISTEN_PORT": "4444"])
        #expect(printed.contains("5555  (--set)") && !printed.contains("4444"))
        printed = try await table(["--set", "store.postgres=postgresql://bridge:hemlig@db/records"], [:])
        #expect(printed.contains("store.postgres") && !printed.contains("hemlig"))
        // A part of TLS alone is refused, wherever it came from.
        let (code, _) = try await TestBridge.command(["--check-config"], file, environment: environment)
        #expect(code == .badInput)
    }

    private static let refusals: [([String: String], [String], String)] = [
        (["conf.d/10.json5": "{ nonsense: 1 }"], [], "10.json5"), (["conf.d/10.json5": "{ broken"], [], "10.json5"),
        (["conf.d/10.json5": "{ subscriptions: [ { name: \"cases\" } ] }"], [], "10.json5"),
        ([:], ["--set", "listen.port=abc"], "listen.port"), ([:], ["--set", "listen.prt=1"], "listen.port"),
        ([:], ["--set", "tokens"], "--set"), ([:], ["--set", "tokens=perhaps"], "tokens"),
    ]

    @Test(arguments: refusals.indices)
    func `names the place of what is wrong`(_ index: Int) async throws {
        let (files, words, named) = Self.refusals[index]
        try write(base, "bridge.json5")
        for (name, text) in files { try write(text, name) }
        let complaint = Collected()
        let program = BridgeProgram(print: { _ in }, complain: { complaint.add($0) })
        #expect(await program.run(["--config", file.path(), "--check-config"] + words) == .badInput)
        #expect(complaint.text.contains(named), "\(complaint.text)")
    }
}

private final class Collected: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ text: String) { lines.withLock { $0.append(text) } }
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}
