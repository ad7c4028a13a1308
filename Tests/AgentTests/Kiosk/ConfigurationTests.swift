import AgentApp
import Foundation
import Support
import TestSupport
import Testing

@Suite(.temporaryDirectory) struct `The agent's configuration` {
    private static func read(_ text: String) throws -> AgentConfiguration {
        let file = TemporaryDirectory.url.appending(path: "agent.json5")
        try Data(text.utf8).write(to: file)
        return try AgentConfiguration(file: file)
    }

    @Test func `is read with paths beside the file`() throws {
        let configuration = try Self.read(
            """
            { format: "blankett-agent/1", station: "stadshuset-2", data: "data", forms: ["forms"],
              confirm: "always-ask", keepDays: 3, kiosk: { port: 8100 },   // a comment
              scanners: [{ name: "Kopiator", address: "http://127.0.0.1:8095/eSCL", profile: "form-a4-duplex" },
                         { name: "Matare", address: "usb://04c5:132b:7" }],
              discovery: { network: true, deny: ["04c5:132b"] },
              bridge: { url: "https://bridge.example/blankett-bridge", tokenFile: "token" } }
            """)
        #expect(configuration.settings.name == "stadshuset-2")
        #expect(configuration.settings.confirm == .alwaysAsk)
        #expect(configuration.settings.controlSample == 50)
        #expect(configuration.kioskPort == 8100)
        #expect(configuration.scanners.map(\.profile) == ["form-a4-duplex", nil])
        #expect(configuration.discovery == .init(usb: true, network: true, deny: ["04c5:132b"]))
        #expect(configuration.formFolders.first?.lastPathComponent == "forms")
        #expect(configuration.formFolders.first?.path().hasPrefix(TemporaryDirectory.url.path()) == true)
        #expect(configuration.bridge?.tokenFile?.lastPathComponent == "token")
    }

    static let mistakes: [(text: String, hint: String)] = [
        ("{", "JSON5"),
        ("{ format: \"blankett-agent/1\", station: \"a\", data: \"d\" }", "forms"),
        ("{ format: \"x\", station: \"a\", data: \"d\", forms: [] }", "blankett-agent/1"),
        ("{ format: \"blankett-agent/1\", station: \"A B\", data: \"d\", forms: [] }", "station"),
        ("{ format: \"blankett-agent/1\", station: \"a\", data: \"d\", forms: [], confirm: \"never\" }", "confirm"),
        ("{ format: \"blankett-agent/1\", station: \"a\", data: \"d\", forms: [], colour: 1 }", "colour"),
        (
            "{ format: \"blankett-agent/1\", station: \"a\", data: \"d\", forms: [], discovery: { lan: true } }",
            "network"
        ),
        (
            "{ format: \"blankett-agent/1\", station: \"a\", data: \"d\", forms: [], profileKeys: [\"ed25519:x\"] }",
            "no public key"
        ),
        (
            "{ format: \"blankett-agent/1\", station: \"a\", data: \"d\", forms: [], bridge: { url: \"http://b.example\" } }",
            "clear"
        ),
        (
            "{ format: \"blankett-agent/1\", station: \"a\", data: \"d\", forms: [], scanners: [{ name: \"x\", address: \"y\" }] }",
            "address"
        ),
    ]

    @Test(arguments: mistakes)
    func `says what is wrong`(text: String, hint: String) throws {
        let error = #expect(throws: BlankettError.self) { try Self.read(text) }
        #expect(error?.exit == .badInput)
        #expect(error.map { "\($0)".contains(hint) } == true)
    }
}
