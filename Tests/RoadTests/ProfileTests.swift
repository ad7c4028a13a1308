import Foundation
import Support
import TestSupport
import Testing

@Suite(.temporaryDirectory, .serialized) struct `A technician with device profiles` {
    private static let sheet = Checkout.root.appending(path: "forms/exempelstad-bistand/page-1.png").path()

    /// A profile of the software printer, newer than the one that is shipped.
    private static func text(version: Int, resolution: Int = 150, more: String = "") -> String {
        """
        {
          format: "blankett-device/1", maker: "Blankett",
          devices: [{
            name: "Blankett Virtual MFP", version: \(version), match: { model: "^Blankett Virtual MFP" },
            connection: ["escl"],
            profiles: {
              "form-a4": { source: "feeder", resolution: \(resolution)\(more) },
            },
          }],
        }
        """
    }

    @discardableResult
    private static func write(_ text: String, _ name: String = "mine.json5") throws -> String {
        let file = TemporaryDirectory.url.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path()
    }

    @Test func `loads one into the running agent, and a batch in progress keeps its own`() async throws {
        let station = try await ProfileStation()
        let before = try await station.profiles("list", "--json")
        #expect(before.code == 0, "\(before.errors)")
        let view: JSONValue = try JSONCoding.decode(from: Array(before.output.utf8))
        #expect(view["devices"]?[0]?["profile"] == "Blankett Virtual MFP")
        #expect(view["devices"]?[0]?["version"] == 1)

        try await station.control(["page_delay": 1])
        let file = try Self.write(Self.text(version: 2))
        let during = try await station.scan([Self.sheet, Self.sheet]) {
            let load = try await station.profiles("load", file)
            #expect(load.code == 0, "\(load.errors)")
            #expect(load.output.contains("Blankett Virtual MFP 2"), "\(load.output)")
        }
        #expect(during == 300)
        #expect(try await station.scan([Self.sheet]) == 150)

        // It is still in force after a restart.
        try await station.startAgent()
        let after = try await station.profiles("list")
        #expect(after.output.contains("MFP: Blankett Virtual MFP, version 2"), "\(after.output)")
        #expect(after.output.contains("mine.json5  Blankett: Blankett Virtual MFP 2 (loaded, no trusted signature)"))
    }

    /// What is wrong with a file, and words of the reason.
    private static let bad: [(name: String, make: @Sendable (String) throws -> Void, says: String)] = [
        (
            "an unknown key", { try write(text(version: 3, more: ", dpi: 300"), $0) },
            ":7: devices[0].profiles[\"form-a4\"].dpi: Unknown key"
        ),
        ("an impossible resolution", { try write(text(version: 3, resolution: 99_999), $0) }, "from 50 to 2400"),
        (
            "both sides on the glass",
            { try write(text(version: 3).replacing("\"feeder\"", with: "\"platen\", sides: 2"), $0) },
            ":7: devices[0].profiles[\"form-a4\"].sides: The glass has one side."
        ),
        ("an older version", { try write(text(version: 1), $0) }, ":4: devices[0].version: "),
        (
            "a wrong signature",
            { name in
                try write(text(version: 3), name)
                try write("{\"format\":\"blankett-signature/1\",\"key\":\"x\",\"signature\":\"\"}", name + ".sig")
            }, "does not belong to this file"
        ),
        (
            "10 MB of nonsense",
            { try Data(repeating: 0x7B, count: 10 << 20).write(to: TemporaryDirectory.url.appending(path: $0)) },
            "more than 1048576 are not read"
        ),
        ("deep nesting", { try write(String(repeating: "[", count: 90_000), $0) }, ":1: The file is not JSON5"),
        (
            "a symbolic link",
            { name in
                let link = TemporaryDirectory.url.appending(path: name)
                try FileManager.default.createSymbolicLink(
                    at: link, withDestinationURL: Checkout.root.appending(path: "device-profiles/hp.json5"))
            }, "symbolic link"
        ),
    ]

    @Test func `is told what is wrong with one, and those in force stay`() async throws {
        let station = try await ProfileStation()
        #expect(try await station.profiles("load", Self.write(Self.text(version: 2))).code == 0)
        let before = try await station.ask("GET", "/profiles").json
        for (index, item) in Self.bad.enumerated() {
            let name = "bad-\(index).json5"
            try item.make(name)
            let run = try await station.profiles("load", TemporaryDirectory.url.appending(path: name).path())
            #expect(run.code == ExitCode.badInput.rawValue, "\(item.name)")
            #expect(run.errors.contains(item.says), "\(item.name): \(run.errors.prefix(600))")
            #expect(run.errors.contains(name), "\(item.name): \(run.errors.prefix(600))")
        }
        #expect(try await station.ask("GET", "/profiles").json == before)
        #expect(try await station.scan([Self.sheet]) == 150)
    }

    /// The agent believes no command: what is sent to it past `blankett` is checked the same.
    @Test func `gets nothing past the agent's own check`() async throws {
        let station = try await ProfileStation()
        let before = try await station.ask("GET", "/profiles").json
        func bytes(_ text: String) -> JSONValue { .array(text.utf8.map { .number(Double($0)) }) }
        let bodies: [(JSONValue, Int)] = [
            (["files": [["name": "../x.json5", "contents": bytes(Self.text(version: 9))]]], 422),
            (["files": [["name": "x.json5", "contents": bytes("{}")]]], 422),
            (["files": [["name": "x.json5", "contents": bytes(Self.text(version: 0))]]], 422),
            (["files": "x"], 400), ([:], 400),
        ]
        for (body, status) in bodies { #expect(try await station.ask("POST", "/profiles", body).status == status) }
        #expect(try await station.ask("GET", "/profiles").json == before)
    }

    @Test func `signs one for stations that demand it`() async throws {
        let key = TemporaryDirectory.url.appending(path: "office.key").path()
        let made = try await ProgramRun("blankett", ["profiles", "key", "--out", key])
        let open = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(open.wholeMatch(of: /ed25519:[A-Za-z0-9+\/]{43}=/) != nil, "\(open)")
        #expect(try await ProgramRun("blankett", ["profiles", "key", "--out", key]).code == 2)

        let station = try await ProfileStation(trusting: [open])
        let file = try Self.write(Self.text(version: 2))
        let unsigned = try await station.profiles("load", file)
        #expect(unsigned.code == ExitCode.badInput.rawValue)
        #expect(unsigned.errors.contains("The file is not signed"), "\(unsigned.errors)")

        #expect(try await station.profiles("sign", "--key", key, file).code == 0)
        let signed = try await station.profiles("load", file)
        #expect(signed.code == 0, "\(signed.errors)")
        #expect(signed.output.contains("signed by \(open)"))
        #expect(try await station.profiles("check", "--key", open, file).code == 0)
        // The shipped ones, which nobody here has signed, are not in force, and that is said.
        let list = try await station.profiles("list")
        #expect(list.code == ExitCode.partial.rawValue)
        #expect(list.errors.contains("hp.json5: The file is not signed"), "\(list.errors.prefix(300))")
    }

    @Test func `tries a device, and one that does other than it says is found out`() async throws {
        let station = try await ProfileStation()
        let folder = TemporaryDirectory.url.appending(path: "report")
        func verify(_ more: String...) async throws -> (run: ProgramRun, report: JSONValue) {
            let run = try await ProgramRun(
                "blankett",
                ["profiles", "verify", station.printerAddress, "--out", folder.path(), "--wait", "1"] + more)
            let bytes = (try? Data(contentsOf: folder.appending(path: "conformance.json"))) ?? Data()
            return (run, (try? JSONCoding.decode(from: bytes)) ?? .null)
        }

        try await station.control(["adf": [.string(Self.sheet)], "platen": .string(Self.sheet)])
        // Four profiles, and paper for one in the feeder and one on the glass.
        let (first, report) = try await verify()
        #expect(first.code == ExitCode.partial.rawValue, "\(first.errors)")
        let outcomes = report["scans"]?.arrayValue?.compactMap { $0["outcome"]?.stringValue }
        #expect(outcomes == ["passed", "skipped", "skipped", "passed"], "\(first.output)")
        #expect(report["scans"]?[0]?["pages"]?[0]?["width"] == 2480)
        let text = try String(contentsOf: folder.appending(path: "conformance.txt"), encoding: .utf8)
        #expect(text.contains("2 of 4 scan profiles came as asked"), "\(text)")
        // Neither where it is nor which one it is.
        let all = try JSONCoding.encodeText(report)
        #expect(!all.contains("127.0.0.1") && !all.contains("VMFP0001"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()).count == 2)

        let lies: [(JSONValue, String)] = [
            (["resolution": 200], "resolution"), (["mode": "color"], "mode"), (["height": 150], "height"),
        ]
        for (lie, what) in lies {
            try await station.control(["deliver": lie, "adf": [.string(Self.sheet)]])
            let (run, report) = try await verify("--profile", "form-a4", "--pages")
            #expect(run.code == ExitCode.partial.rawValue)
            let found = report["scans"]?[0]?["differences"]?.arrayValue?.compactMap { $0["what"]?.stringValue } ?? []
            #expect(found.contains(what), "\(lie): \(found)")
        }
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "form-a4-1.jpg").path()))
    }
}
