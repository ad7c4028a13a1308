import Delivery
import Foundation
import HTTP
import Support
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `Packages for kiosks` {
    private let form = Checkout.root.appending(path: "forms/exempelstad-bistand").path()

    private func entries(_ origin: TestBridge.Origin, as token: String) async throws -> [JSONValue] {
        let response = try await origin.send("GET", "/v1/packages", as: token)
        try #require(response.status == 200 && response.headers["ETag"] != nil)
        return response.json?["items"]?.arrayValue ?? []
    }

    @Test func `go to one kiosk first, then to all, and never backwards`() async throws {
        let bridge = try await TestBridge()
        let second = try await bridge.command("token", "agent", "kiosk-2")
        try await bridge.run { origin in
            #expect(try await entries(origin, as: bridge.agent).isEmpty)
            #expect(try await bridge.command("publish", "--first", "kiosk-1", form).hasSuffix("\tpublished"))
            #expect(try await bridge.command("publish", "--first", "kiosk-1", form).hasSuffix("\twas there"))
            let mine = try await entries(origin, as: bridge.agent)
            #expect(mine.count == 1 && mine[0]["id"] == "exempelstad-bistand")
            let path = "/v1/packages/\(mine[0]["sha256"]?.stringValue ?? "")"
            // One that is not for a kiosk cannot be fetched by its hash either.
            #expect(try await entries(origin, as: second).isEmpty)
            let refused = try await origin.send("GET", path, as: second)
            #expect(refused.status == 404 && refused.problem?.code == "package-not-found")
            _ = try await bridge.command("release", "exempelstad-bistand")
            #expect(try await entries(origin, as: second) == mine)
            let fetched = try await origin.send("GET", path, as: second)
            let package = try Package(try #require(fetched.bytes))
            #expect(package.id == "exempelstad-bistand" && package.files.map(\.name).contains("form.json5"))
            #expect(SHA256.hexadecimal(of: fetched.bytes ?? []) == mine[0]["sha256"]?.stringValue)
            let again = try await origin.send(
                "GET", path, as: second, headers: ["If-None-Match": fetched.headers["ETag"] ?? ""])
            #expect(again.status == 304)
            for token in [bridge.consumer, bridge.operator] {
                #expect(try await origin.send("GET", "/v1/packages", as: token).status == 403)
            }

            // The same version with other content is another form: it must count up.
            let changed = TemporaryDirectory.url.appending(path: "changed")
            try FileManager.default.copyItem(at: URL(filePath: form), to: changed)
            let text = try String(contentsOf: changed.appending(path: "form.json5"), encoding: .utf8)
            try (text + "\n// changed\n").write(
                to: changed.appending(path: "form.json5"), atomically: true, encoding: .utf8)
            let (code, _) = try await TestBridge.command(["publish", changed.path()], bridge.file)
            #expect(code == .badInput)
            _ = try await bridge.command("withdraw", "exempelstad-bistand")
            #expect(try await entries(origin, as: second).isEmpty)
        }
    }

    @Test func `with profiles count up by themselves`() async throws {
        let bridge = try await TestBridge()
        let source = Checkout.root.appending(path: "device-profiles/kyocera.json5")
        let file = TemporaryDirectory.url.appending(path: "kyocera.json5")
        try FileManager.default.copyItem(at: source, to: file)
        try await bridge.run { origin in
            _ = try await bridge.command("publish", file.path())
            #expect(try await bridge.command("publish", file.path()).hasSuffix("was there"))
            let text = try String(contentsOf: file, encoding: .utf8)
            try (text + "\n// changed\n").write(to: file, atomically: true, encoding: .utf8)
            _ = try await bridge.command("publish", file.path())
            let mine = try await entries(origin, as: bridge.agent)
            #expect(mine.count == 1 && mine[0]["version"] == 2 && mine[0]["kind"] == "profiles")
        }
    }

    private static let reports: [(String, Int)] = [
        ("{\"version\":\"1\",\"forms\":[],\"profiles\":[],\"devices\":[{\"name\":\"a\",\"state\":\"ready\"}]}", 204),
        ("{\"version\":\"1\",\"forms\":[],\"profiles\":[],\"devices\":[{\"name\":\"\",\"state\":\"ready\"}]}", 422),
        ("{\"version\":\"\",\"forms\":[],\"profiles\":[],\"devices\":[]}", 422),
        ("{\"version\":\"\(String(repeating: "1", count: 200))\",\"forms\":[],\"profiles\":[],\"devices\":[]}", 422),
        ("{}", 422), ("[]", 422), ("{", 422),
    ]

    @Test func `are told of by kiosks, within limits`() async throws {
        let bridge = try await TestBridge()
        try await bridge.run { origin in
            for (report, status) in Self.reports {
                let response = try await origin.send("PUT", "/v1/station", as: bridge.agent, body: Array(report.utf8))
                #expect(response.status == status, "\(report.prefix(80))")
            }
            #expect(
                try await origin.send("PUT", "/v1/station", as: bridge.consumer, body: Array("{}".utf8)).status == 403)
        }
    }

    private static let broken: [String] = [
        "{}", "[]", "{\"format\":\"blankett-package/1\"}",
        package(id: "../a", file: "form.json5"), package(id: "a", file: "../form.json5"),
        package(id: "a", file: ".hidden"),
        package(id: "a", file: "a/b"), package(id: "", file: "a"), package(id: "a", file: "a..b"),
    ]

    private static func package(id: String, file: String) -> String {
        """
        {"format":"blankett-package/1","kind":"form","id":"\(id)","version":1,"files":[{"name":"\(file)","bytes":"e30="}]}
        """
    }

    @Test func `that could lead out of their folder are none`() throws {
        for text in Self.broken {
            #expect(throws: BlankettError.self, "\(text)") { try Package(Array(text.utf8)) }
        }
        #expect(try Package(Array(Self.package(id: "a", file: "form.json5").utf8)).files.count == 1)
    }
}
