import AgentApp
import Foundation
import HTTP
import KioskApp
import Scanning
import Support
import TestSupport
import Testing

/// What a technician sees of devices, and what nobody gets out of their folders.
@Suite(.timeLimit(.minutes(1)), .temporaryDirectory) struct `The page of devices` {
    private struct Kiosk {
        let page: KioskPage
        var headers: Headers = [
            "Host": "127.0.0.1:4711", "Origin": "http://127.0.0.1:4711", "Sec-Fetch-Site": "same-origin",
            "X-Blankett": "1", "Content-Type": "application/json",
        ]

        init(_ folder: URL) async throws {
            let station = TestStation(scanner: FakeScanner(["unsure Ada"])).makeStation()
            let store = DeviceProfileStore(storeFile: folder.appending(path: "profiles.json"), folders: [])
            page = KioskPage(
                station, guardian: KioskGuard(port: 4711, secret: "s3cret"), operators: Operators(),
                devices: DeviceFiles(profiles: store, traces: TraceFolder(folder.appending(path: "traces"))))
            let response = await page.respond(
                to: Request("POST", "/api/session", headers: headers, body: Array(#"{"secret":"s3cret"}"#.utf8)))
            headers["Cookie"] = response.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init)
        }

        func ask(_ method: String, _ path: String, _ body: JSONValue = [:]) async throws -> Response {
            await page.respond(
                to: Request(method, path, headers: headers, body: method == "GET" ? [] : try JSONCoding.encode(body)))
        }
    }

    private static let trace = "scan-20261127T120000Z-0A1B2C3D.trace.json"

    private static func folder() throws -> URL {
        let folder = TemporaryDirectory.url
        let traces = folder.appending(path: "traces")
        try FileManager.default.createDirectory(at: traces, withIntermediateDirectories: true)
        try Data(#"{"format":"t"}"#.utf8).write(to: traces.appending(path: trace))
        try Data("secret".utf8).write(to: traces.appending(path: "notes.txt"))
        try Data("secret".utf8).write(to: folder.appending(path: "outside.trace.json"))
        return folder
    }

    @Test func `lists devices, profile files and traces, and gives a trace`() async throws {
        let kiosk = try await Kiosk(Self.folder())
        let response = try await kiosk.ask("GET", "/api/devices")
        let seen: JSONValue = try JSONCoding.decode(from: response.bytes ?? [])
        #expect(seen["devices"]?[0]?["details"]?["device"]?["id"] == "fake")
        #expect(seen["traces"]?.arrayValue?.count == 1 && seen["traces"]?[0]?["name"] == .string(Self.trace))
        let trace = try await kiosk.ask("GET", "/api/devices/traces/\(Self.trace)")
        #expect(trace.status == 200 && trace.headers["Content-Disposition"] == "attachment")
    }

    @Test(arguments: [
        "notes.txt", "../outside.trace.json", "..", "", "/etc/passwd", ".", "scan-20261127T120000Z-0A1B2C3D.TRACE.JSON",
        "outside.trace.json", "\u{0}", "%2e%2e%2foutside.trace.json",
    ])
    func `gives nothing else`(name: String) async throws {
        let kiosk = try await Kiosk(Self.folder())
        let response = try await kiosk.ask("GET", "/api/devices/traces/\(name)")
        #expect(response.status == 404)
        #expect(!String(decoding: response.bytes ?? [], as: UTF8.self).contains("secret"))
    }

    @Test(arguments: ["../evil.json5", "a/b.json5", "evil.exe", "", ".json5", "<img src=x onerror=alert(1)>.json5"])
    func `takes no file of such a name`(name: String) async throws {
        let kiosk = try await Kiosk(Self.folder())
        let response = try await kiosk.ask("POST", "/api/devices/profiles", ["name": .string(name), "text": "{}"])
        #expect(response.status == 422)
        let seen: JSONValue = try JSONCoding.decode(from: try await kiosk.ask("GET", "/api/devices").bytes ?? [])
        #expect(seen["files"]?.arrayValue?.isEmpty == true)
    }

    @Test func `tries no scan without a profile`() async throws {
        let kiosk = try await Kiosk(Self.folder())
        #expect(try await kiosk.ask("POST", "/api/devices/fake/verify", ["profile": "form"]).status == 422)
        #expect(try await kiosk.ask("POST", "/api/devices/other/verify", ["profile": "form"]).status == 422)
    }
}
