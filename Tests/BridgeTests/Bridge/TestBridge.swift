import BridgeApp
import Delivery
import Forms
import Foundation
import HTTP
import HTTPClient
import Reading
import Records
import SQLiteStore
import Sealing
import Support
import Synchronization
import Testing
import TestSupport

/// What a test needs of a bridge: its configuration in the test's folder, tokens, and requests.
struct TestBridge: Sendable {
    let file: URL
    let agent: String
    let consumer: String
    let other: String
    let `operator`: String

    var dataFolder: URL { file.deletingLastPathComponent().appending(path: "data") }

    /// - Parameters:
    ///   - diskReserve: In bytes.
    ///   - more: Further keys of the configuration, each with its comma.
    ///   - subscriptions: The elements of that list.
    /// - Throws: What the disk or the program threw.
    init(
        diskReserve: Int = 0, more: String = "",
        subscriptions: String =
            "{ name: \"cases\" }, { name: \"permits\", formTypes: [\"bygglov\"], includeTest: true }"
    ) async throws {
        file = TemporaryDirectory.url.appending(path: "bridge.json5")
        try """
        {   format: "blankett-bridge/1", data: "data", diskReserve: \(diskReserve), largestBlob: 2000000,
            \(more)
            forms: ["\(Checkout.root.appending(path: "forms/exempelstad-bistand").path())"],
            subscriptions: [ \(subscriptions) ] }
        """.write(to: file, atomically: true, encoding: .utf8)
        agent = try await Self.token(["agent", "kiosk-1"], file)
        consumer = try await Self.token(["consumer", "case-system", "--subscription", "cases"], file)
        `operator` = try await Self.token(["operator", "anna"], file)
        other = try await Self.token(["consumer", "permit-system", "--subscription", "permits"], file)
    }

    /// A bridge in this process, for as long as `body` runs.
    func run(
        now: @escaping @Sendable () -> Date = { Date() }, _ body: (Origin) async throws -> Void
    ) async throws {
        let service = try await BridgeService(try BridgeConfiguration(file: file), log: .silent, now: now)
        do {
            try await body(Origin(bridge: self, url: service.origin))
        } catch {
            await service.stop()
            throw error
        }
        await service.stop()
    }

    /// The store of a bridge that does not run.
    func openStore() async throws -> SQLRecordStore {
        try await SQLRecordStore(
            sqlite: dataFolder,
            SQLRecordStore.Settings(
                subscriptions: try BridgeConfiguration(file: file).subscriptions,
                blobs: dataFolder.appending(path: "blobs"),
                key: try SealingKey(file: dataFolder.appending(path: "bridge.key"), create: false),
                makeToken: { SecureRandom.token() }))
    }

    private static func token(_ words: [String], _ file: URL) async throws -> String {
        try await command(["token"] + words, file).printed
    }

    /// Runs a command of the program on this bridge's configuration, and gives what it printed last.
    func command(_ words: String...) async throws -> String {
        let (code, printed) = try await Self.command(words, file)
        try #require(code == .done)
        return printed
    }

    static func command(
        _ words: [String], _ file: URL, environment: [String: String] = [:]
    ) async throws -> (code: ExitCode, printed: String) {
        let printed = Mutex<[String]>([])
        let code = await BridgeProgram(
            print: { text in printed.withLock { $0.append(text) } }, complain: { _ in }, environment: environment
        ).run(words + ["--config", file.path()])
        return (code, printed.withLock { $0.joined(separator: "\n") })
    }

    /// Where a bridge is reached.
    struct Origin: Sendable {
        var bridge: TestBridge
        var url: String
        var transport = CurlTransport()

        func send(
            _ method: String, _ path: String, as token: String?, headers: Headers = [:], body: [UInt8] = []
        ) async throws -> Response {
            var request = Request(method, path, headers: headers, body: body)
            if let token { request.headers["Authorization"] = "Bearer \(token)" }
            return try await transport.send(request, to: url, limits: TransportLimits(total: 60))
        }

        func putBlob(_ bytes: [UInt8]) async throws -> Response {
            let name = SHA256.hexadecimal(of: bytes)
            return try await send("PUT", "/v1/blobs/\(name)", as: bridge.agent, body: bytes)
        }

        func put(_ record: Record) async throws -> Response {
            try await send(
                "PUT", "/v1/records/\(record.id)", as: bridge.agent, body: try JSONCoding.encode(record))
        }

        func claim(_ wish: ClaimRequest = ClaimRequest()) async throws -> ClaimResponse {
            let response = try await send(
                "POST", "/v1/subscriptions/cases/claims", as: bridge.consumer, body: try JSONCoding.encode(wish))
            try #require(response.status == 200)
            return try JSONCoding.decode(from: try #require(response.bytes))
        }

        func acknowledge(
            _ items: [AcknowledgementRequest.Item]
        ) async throws -> [AcknowledgementResponse.Result] {
            let response = try await send(
                "POST", "/v1/subscriptions/cases/acknowledgements", as: bridge.consumer,
                body: try JSONCoding.encode(AcknowledgementRequest(items: items)))
            try #require(response.status == 200)
            let answer: AcknowledgementResponse = try JSONCoding.decode(from: try #require(response.bytes))
            return answer.items.map(\.result)
        }

        func counters() async throws -> SubscriptionCounters {
            let response = try await send("GET", "/v1/subscriptions/cases", as: bridge.consumer)
            return try JSONCoding.decode(from: try #require(response.bytes))
        }
    }
}

/// The one page image of the sample records.
let samplePage = Array("a page image".utf8)

/// A whole record; the person is one of the official test persons.
func sampleRecord(
    id: UUIDv7 = UUIDv7(), form: String = "ansokan-bistand", test: Bool = false, page: [UInt8] = samplePage
) -> Record {
    let reading = FieldReading(
        name: "personnummer", value: "199001012385", raw: "900101-2385", confidence: 0.99, status: .read, page: 1,
        box: MillimetreRect(x: 25, y: 61, width: 84, height: 7), checks: ["luhn:ok"])
    let time = Date(timeIntervalSince1970: 1_800_000_000)
    return Record(
        id: id, source: "urn:blankett:kiosk:kiosk-1", time: time, subject: form,
        data: Record.Contents(
            form: Record.Form(type: form, version: 3, name: "Ansökan"), receivedAt: time, test: test,
            fields: [RecordField(reading, label: "Personnummer", type: .personnummer)],
            document: ["applicant": ["legalId": "199001012385"]],
            pages: [
                Record.Page(
                    number: 1, sha256: SHA256.hexadecimal(of: page), mediaType: "image/png", widthPx: 10,
                    heightPx: 10, dpi: 300)
            ],
            review: Record.Review(state: .automatic), agent: Record.Agent(id: "kiosk-1", version: "1")))
}

extension Response {
    var problem: Problem? { bytes.flatMap { try? JSONCoding.decode(Problem.self, from: $0) } }
}
