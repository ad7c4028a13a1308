import BridgeApp
import Delivery
import Forms
import Foundation
import HTTP
import HTTPClient
import Reading
import Support
import Synchronization
import Testing
import TestSupport

/// What stands on the forms of this run; the persons are official test persons.
private let values = [
    "199001012385", "900101-2385", "9001012385", "Tolvan Tolvansson", "Storgatan 12", "123 45", "070-1740605",
    "tolvan@example.se",
]

/// What a case system wrote where no person's name belongs: kept as it wrote it, for its own operators to read.
private let careless = "Anna Annorlunda"

@Suite(.temporaryDirectory) struct `What a bridge writes for others to read` {
    /// Every way of going wrong that carries a person's values, and the right ways, too.
    @Test func `holds no value of any form`() async throws {
        let bridge = try await TestBridge(
            more: "admin: { port: 0 }, rateLimits: { stranger: 5 },",
            subscriptions: "{ name: \"cases\" }, { name: \"permits\", hide: [\"namn\"] }")
        let log = TemporaryDirectory.url.appending(path: "log")
        let program = try BackgroundProgram(
            Checkout.programs.appending(path: "blankett-bridge"), ["--config", bridge.file.path()], log: log)
        let address = try await program.address(in: bridge.dataFolder.appending(path: "bridge.address"))
        let origin = TestBridge.Origin(bridge: bridge, url: address)
        let written = Mutex<[(String, String)]>([])
        func keep(_ what: String, _ response: Response) {
            let head = response.headers.fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
            let body = String(decoding: response.bytes ?? [], as: UTF8.self)
            // A consumer's own record is the one place where the values belong.
            written.withLock { $0.append((what, head + (response.status < 300 ? "" : body))) }
        }

        keep("blob", try await origin.putBlob(samplePage))
        let record = fullRecord()
        let body = try JSONCoding.encode(record)
        let path = "/v1/records/\(record.id)"
        keep("put", try await origin.send("PUT", path, as: bridge.agent, body: body))
        keep("again", try await origin.send("PUT", path, as: bridge.agent, body: body))
        var other = record
        other.data.fields[0].value = .string(values[0] + "1")
        keep("conflict", try await origin.send("PUT", path, as: bridge.agent, body: try JSONCoding.encode(other)))
        var broken: [[UInt8]] = [
            Array(body.dropLast(5)), body.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: ";") : $0 },
        ]
        let text = String(decoding: body, as: UTF8.self)
        for (old, new) in [
            ("\"confidence\":", "\"confidence\":\"\(values[3])\",\"c\":"),
            ("\"status\":\"read\"", "\"status\":\"\(values[0])\""),
            ("\"specversion\":\"1.0\"", "\"specversion\":\"\(values[0])\""),
            ("\"sha256\":\"", "\"sha256\":\"\(values[4])"),
            ("\"mediaType\":\"image/png\"", "\"mediaType\":\"\(values[3])\""),
            ("\"number\":1", "\"number\":\"\(values[0])\""),
            ("\"subject\":\"", "\"subject\":\"\(values[3]) "), ("\"time\":\"", "\"time\":\"\(values[5])"),
        ] {
            broken.append(Array(text.replacing(old, with: new).utf8))
        }
        for (index, body) in broken.enumerated() {
            let response = try await origin.send("PUT", "/v1/records/\(UUIDv7())", as: bridge.agent, body: body)
            #expect(response.status >= 400)
            keep("broken \(index)", response)
        }
        for value in values {
            let escaped = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            for path in [
                "/v1/records/\(escaped)", "/v1/subscriptions/\(escaped)", "/v1/\(escaped)", "/problems/\(escaped)",
            ] {
                keep(path, try await origin.send("GET", path, as: bridge.consumer))
                keep(
                    path, try await origin.send("GET", path + "?state=\(escaped)&limit=\(escaped)", as: bridge.consumer)
                )
                keep(path, try await origin.send("GET", path, as: value))
            }
            keep(
                "list",
                try await origin.send("GET", "/v1/subscriptions/cases/records?state=\(escaped)", as: bridge.consumer))
            keep(
                "claim",
                try await origin.send(
                    "POST", "/v1/subscriptions/cases/claims", as: bridge.consumer,
                    body: Array("{\"limit\":\"\(value)\"}".utf8)))
            keep("token", try await origin.token("grant_type=\(escaped)&client_id=\(escaped)&client_secret=\(escaped)"))
            keep("enrolment", try await origin.enrol(code: value, request: value))
        }
        let claimed = try await origin.claim()
        for item in claimed.items {
            keep("got", try await origin.send("GET", path, as: bridge.consumer))
            keep("page", try await origin.send("GET", path + "/pages/1", as: bridge.consumer))
            keep("document", try await origin.send("GET", path + "/document", as: bridge.consumer))
            // What a careless case system could say.
            let item = AcknowledgementRequest.Item(
                leaseId: item.leaseId, outcome: .reject, reason: "\(careless) is unknown")
            _ = try await origin.acknowledge([item])
        }
        keep("hidden", try await origin.send("GET", path + "/pages/1", as: bridge.other))

        let admin = try String(
            contentsOf: bridge.dataFolder.appending(path: "admin.address"), encoding: .utf8
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        let transport = CurlTransport()
        for path in ["metrics", "readyz", "", "dead-letters?subscription=cases"] {
            let response = try await transport.send(
                Request("GET", "/" + path), to: String(admin.dropLast()), limits: .init())
            written.withLock { $0.append((path, String(decoding: response.bytes ?? [], as: UTF8.self))) }
        }
        program.send(signal: SIGTERM)
        for _ in 0..<3000 where program.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        let logged = try String(contentsOf: log, encoding: .utf8)
        #expect(logged.contains("request-refused"))
        var all = written.withLock { $0 } + [("the log", logged)]

        // The disk: what lies there is sealed, and names tell nothing.
        let files = try FileManager.default.subpathsOfDirectory(atPath: bridge.dataFolder.path())
        all.append(("names of files", files.joined(separator: "\n")))
        for file in files {
            guard let data = try? Data(contentsOf: bridge.dataFolder.appending(path: file)) else { continue }
            for value in values where data.range(of: Data(value.utf8)) != nil {
                Issue.record("\(value) lies in \(file)")
            }
        }
        #expect(all.count > 100)
        for (what, text) in all {
            for value in values + [careless] where text.contains(value) { Issue.record("\(value) is told by: \(what)") }
        }
    }

    private func fullRecord() -> Record {
        var record = sampleRecord()
        let labels = ["namn", "adress", "postnummer", "telefon", "epost"]
        for (name, value) in zip(labels, values[3...]) {
            let reading = FieldReading(
                name: name, value: .string(value), raw: value, confidence: 0.99, status: .read, page: 1,
                box: record.data.fields[0].box, checks: [])
            record.data.fields.append(RecordField(reading, label: name, type: .text))
        }
        record.data.document = [
            "applicant": ["legalId": .string(values[0]), "name": .string(values[3]), "address": .string(values[4])]
        ]
        return record
    }
}
