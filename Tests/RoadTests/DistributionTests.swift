import Foundation
import Support
import TestSupport
import Testing

/// A bridge that speaks TLS and a kiosk that nobody has set up but for a code: the real programs.
private final class NewKiosk {
    let folder = TemporaryDirectory.url
    private var running: [BackgroundProgram] = []

    deinit {
        for program in running { program.stop() }
    }

    private func write(_ text: String, _ name: String) throws {
        let url = folder.appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    private func openssl(_ words: String) async throws {
        let words = words.split(separator: " ").map { String($0).replacing("@", with: folder.path() + "/") }
        let run = try await Self.offPool {
            try BoundedRun(of: "/usr/bin/openssl", words, deadline: .seconds(60))
        }
        guard run.isSuccess else { throw BlankettError("openssl", exit: .fault, run.messages) }
    }

    func bridge(_ words: String...) async throws -> String {
        let file = folder.appending(path: "bridge.json5").path()
        return try await Self.offPool {
            try BackgroundProgram.output(
                of: Checkout.programs.appending(path: "blankett-bridge"), words + ["--config", file])
        }
    }

    /// What blocks runs on a thread of its own: on the shared pool it would stop every other test.
    private static func offPool<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    func start(keys: [String]) async throws {
        try await openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=town -addext subjectAltName=IP:127.0.0.1 -keyout @server.key -out @server.pem"
        )
        try write(
            """
            { format: "blankett-bridge/1", data: "bridge", tokens: false, tls: { certificate: "server.pem", key: "server.key" } }
            """, "bridge.json5")
        let service = try BackgroundProgram(
            Checkout.programs.appending(path: "blankett-bridge"),
            ["--config", folder.appending(path: "bridge.json5").path()], log: folder.appending(path: "bridge.log"))
        running.append(service)
        let origin = try await service.address(in: folder.appending(path: "bridge/bridge.address"))
        let code = try await bridge("enrol", "kiosk-1")
        try write(code + "\n", "code")
        let agent: JSONValue = [
            "format": "blankett-agent/1", "station": "kiosk-1", "data": "agent", "readers": 1,
            "forms": [.string(Checkout.root.appending(path: "forms/exempelstad-bistand").path())],
            "profiles": [], "discovery": ["usb": false], "packageKeys": .array(keys.map { .string($0) }),
            "bridge": ["url": .string(origin), "authorities": "server.pem", "enrolmentCode": "code"],
        ]
        try write(JSONCoding.encodeText(agent), "agent.json5")
        running.append(try BackgroundProgram(agentIn: folder))
    }

    var agentLog: String { (try? String(contentsOf: folder.appending(path: "agent.log"), encoding: .utf8)) ?? "" }

    /// What the kiosk has told the bridge last, once `condition` holds of it.
    func report(until condition: (JSONValue) -> Bool) async throws -> JSONValue? {
        let file = folder.appending(path: "bridge/stations/kiosk-1.json")
        for _ in 0..<1800 {
            if let data = try? Data(contentsOf: file), let told: JSONValue = try? JSONCoding.decode(from: data),
                let report = told["report"], condition(report)
            {
                return report
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }
}

@Suite(.temporaryDirectory, .serialized) struct `A kiosk that has only a code` {
    @Test func `enrols, fetches what is published and signed, refuses what is not, and says what it runs`() async throws
    {
        let kiosk = NewKiosk()
        try FileManager.default.createDirectory(
            at: kiosk.folder.appending(path: "bridge"), withIntermediateDirectories: true)
        let key = kiosk.folder.appending(path: "office.key").path()
        let made = try await ProgramRun("blankett", ["profiles", "key", "--out", key])
        let publicKey = try #require(made.output.firstMatch(of: /ed25519:[A-Za-z0-9+\/=]{44}/)).0
        try "{ format: \"blankett-bridge/1\", data: \"bridge\" }".write(
            to: kiosk.folder.appending(path: "bridge.json5"), atomically: true, encoding: .utf8)
        for (id, signed) in [("ny-blankett", true), ("utan-signatur", false)] {
            let form = kiosk.folder.appending(path: "new/\(id)")
            try FileManager.default.createDirectory(
                at: form.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: Checkout.root.appending(path: "forms/exempelstad-bistand"), to: form)
            let file = form.appending(path: "form.json5")
            let text = try String(contentsOf: file, encoding: .utf8)
            try text.replacing("\"exempelstad-bistand\"", with: "\"\(id)\"").write(
                to: file, atomically: true, encoding: .utf8)
            _ =
                signed
                ? try await kiosk.bridge("publish", "--key", key, "--first", "kiosk-1", form.path())
                : try await kiosk.bridge("publish", form.path())
        }
        try await kiosk.start(keys: [String(publicKey)])
        let report = try await kiosk.report { report in
            report["forms"]?.arrayValue?.contains { $0["name"] == "ny-blankett" } == true
        }
        let forms = report?["forms"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(Set(forms) == ["exempelstad-bistand", "ny-blankett"], "\(kiosk.agentLog.suffix(2000))")
        #expect(kiosk.agentLog.contains("\"event\":\"enrolled\""))
        #expect(kiosk.agentLog.contains("signature-missing"))
        // The code is used up, and the key is the kiosk's own.
        #expect(!FileManager.default.fileExists(atPath: kiosk.folder.appending(path: "code").path()))
        let identity = kiosk.folder.appending(path: "agent/identity.pem").path()
        let mode = try FileManager.default.attributesOfItem(atPath: identity)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try await kiosk.bridge("agents", "list").contains("kiosk-1\tuntil"))
    }
}
