import BridgeApp
import Delivery
import Foundation
import HTTP
import HTTPClient
import PostgresStore
import Records
import Sealing
import Support
import Synchronization
import Testing
import TestSupport

/// One of several bridges that share a database, the page images, the key and who may come in.
private final class Member: Sendable {
    let name: String
    private let folder: URL
    private let program = Mutex<BackgroundProgram?>(nil)
    private let reached = Mutex<String?>(nil)

    init(_ name: String, database: String, subscriptions: String = "{ name: \"cases\" }") throws {
        self.name = name
        folder = TemporaryDirectory.url
        let text = """
            {   format: "blankett-bridge/1", data: "\(name)", store: { postgres: "\(database)" }, blobs: "blobs",
                key: "store.key", access: "access", diskReserve: 0, rateLimits: { agent: 0, consumer: 0 },
                subscriptions: [ \(subscriptions) ] }
            """
        try text.write(to: file, atomically: true, encoding: .utf8)
        try DurableFile.makeFolder(folder.appending(path: "access"))
    }

    var file: URL { folder.appending(path: "\(name).json5") }
    /// Where it is reached; `nil` while it is down.
    var origin: String? { reached.withLock { $0 } }

    func start() async throws {
        let started = try BackgroundProgram(
            Checkout.programs.appending(path: "blankett-bridge"), ["--config", file.path()],
            log: folder.appending(path: "\(name)-\(UUIDv7()).log"))
        program.withLock { $0 = started }
        let origin = try await started.address(in: folder.appending(path: "\(name)/bridge.address"))
        reached.withLock { $0 = origin }
    }

    func kill() {
        reached.withLock { $0 = nil }
        program.withLock { $0 }?.kill()
        try? FileManager.default.removeItem(at: folder.appending(path: "\(name)/bridge.address"))
    }

    /// What it says of its health.
    func health() async throws -> JSONValue {
        let socket = folder.appending(path: "\(name)/admin.sock").path(percentEncoded: false)
        let response = try await CurlTransport().send(
            Request("GET", "/readyz"), to: "unix://\(socket)", limits: TransportLimits())
        return try JSONCoding.decode(from: response.bytes ?? [])
    }

    func stop() { program.withLock { $0 }?.stop() }
}

/// What clients know, and how they reach whichever bridge is there.
private final class Clients: Sendable {
    let members: [Member]
    let agent: String
    let consumer: String
    private let transport = CurlTransport()
    private let known = Mutex(
        (sent: Set<UUIDv7>(), acknowledged: Set<UUIDv7>(), results: [UUIDv7: [AcknowledgementResponse.Result]]()))

    init(_ members: [Member], agent: String, consumer: String) {
        self.members = members
        self.agent = agent
        self.consumer = consumer
    }

    var acknowledged: Set<UUIDv7> { known.withLock { $0.acknowledged } }
    var done: [UUIDv7: Int] {
        known.withLock { known in known.results.mapValues { results in results.count { $0 == .done } } }
    }

    /// The answer of any bridge; asks until one answers.
    private func send(_ request: Request, by token: String) async -> Response {
        var request = request
        request.headers["Authorization"] = "Bearer \(token)"
        while true {
            let origin = members.compactMap(\.origin).randomElement()
            if let origin {
                let limits = TransportLimits(total: 20)
                let response = try? await transport.send(request, to: origin, limits: limits)
                if let response, response.status < 500 { return response }
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    func sendRecords(until isOver: @Sendable () -> Bool) async throws {
        _ = await send(Request("PUT", "/v1/blobs/\(SHA256.hexadecimal(of: samplePage))", body: samplePage), by: agent)
        while !isOver() {
            let record = sampleRecord()
            known.withLock { _ = $0.sent.insert(record.id) }
            let request = Request("PUT", "/v1/records/\(record.id)", body: try JSONCoding.encode(record))
            let response = await send(request, by: agent)
            #expect([200, 201].contains(response.status))
            known.withLock { _ = $0.acknowledged.insert(record.id) }
        }
    }

    /// Makes a case of each record and acknowledges it, at whichever bridge.
    func takeRecords(until isOver: @Sendable () -> Bool) async throws {
        while !isOver() {
            let claim = await send(
                Request(
                    "POST", "/v1/subscriptions/cases/claims",
                    body: try JSONCoding.encode(ClaimRequest(limit: 20, leaseSeconds: 10, waitSeconds: 1))),
                by: consumer)
            let claimed: ClaimResponse = try JSONCoding.decode(from: claim.bytes ?? [])
            guard !claimed.items.isEmpty else { continue }
            let body = AcknowledgementRequest(
                items: claimed.items.map { item in
                    AcknowledgementRequest.Item(
                        leaseId: item.leaseId, outcome: .done, caseId: "case of \(item.record.id)")
                })
            let answer = await send(
                Request("POST", "/v1/subscriptions/cases/acknowledgements", body: try JSONCoding.encode(body)),
                by: consumer)
            let results: AcknowledgementResponse = try JSONCoding.decode(from: answer.bytes ?? [])
            for (item, result) in zip(claimed.items, results.items) {
                known.withLock { $0.results[item.record.id, default: []].append(result.result) }
            }
        }
    }
}

@Suite(.temporaryDirectory) struct `Two bridges on one database` {
    @Test func `lose and double nothing when one is killed again and again, and consumers go on`() async throws {
        let postgres = try await PrivatePostgres.shared()
        let schema = try await postgres.makeSchema()
        let members = try ["one", "two"].map { try Member($0, database: postgres.information(schema: schema)) }
        let agent = try await token(["agent", "kiosk-1"], members[0])
        let consumer = try await token(["consumer", "case-system", "--subscription", "cases"], members[0])
        for member in members { try await member.start() }
        defer { for member in members { member.stop() } }
        let clients = Clients(members, agent: agent, consumer: consumer)
        let (isSendingOver, isTakingOver) = (Shared(false), Shared(false))

        var takenWhileDown = 0
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask { try await clients.sendRecords { isSendingOver.value } }
                group.addTask { try await clients.takeRecords { isTakingOver.value } }
            }
            for round in 0..<6 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...400)))
                let victim = members[round % 2]
                victim.kill()
                let before = clients.done.count
                // The other one serves alone until something was taken.
                for _ in 0..<200 where clients.done.count == before {
                    try await Task.sleep(for: .milliseconds(20))
                }
                takenWhileDown += clients.done.count - before
                try await victim.start()
            }
            isSendingOver.change { $0 = true }
            // What was leased to an answer that was lost comes again after ten seconds.
            for _ in 0..<600 where !Set(clients.done.keys).isSuperset(of: clients.acknowledged) {
                try await Task.sleep(for: .milliseconds(50))
            }
            isTakingOver.change { $0 = true }
            try await group.waitForAll()
        }

        #expect(clients.acknowledged.count > 50)
        #expect(takenWhileDown > 0)
        #expect(Set(clients.done.keys).isSuperset(of: clients.acknowledged), "records were lost")
        #expect(clients.done.values.allSatisfy { $0 <= 1 }, "a record was done twice")
        let twice = try await postgres.query(
            """
            SELECT object FROM audit WHERE action = 'delivery.acknowledge' AND outcome = 'done'
            GROUP BY object HAVING count(*) > 1
            """, schema: schema)
        #expect(twice.isEmpty)
        #expect(try await postgres.query("SELECT count(*) FROM delivery WHERE phase <> 2", schema: schema) == "0")
        for member in members { member.stop() }
        let store = try await SQLRecordStore(
            postgres: postgres.information(schema: schema),
            SQLRecordStore.Settings(
                subscriptions: [], blobs: TemporaryDirectory.url.appending(path: "blobs"),
                key: try SealingKey(file: TemporaryDirectory.url.appending(path: "store.key"), create: false),
                makeToken: { SecureRandom.token() }))
        #expect(try await store.damage() == [])
        #expect(try await store.verifyAudit().broken == nil)
        await store.close()
    }

    @Test func `say when their subscriptions differ, and keep their key while one of them runs`() async throws {
        let postgres = try await PrivatePostgres.shared()
        let database = postgres.information(schema: try await postgres.makeSchema())
        let one = try Member("one", database: database)
        let two = try Member("two", database: database, subscriptions: "{ name: \"cases\", includeTest: true }")
        try await one.start()
        defer { for member in [one, two] { member.stop() } }
        #expect(try await one.health() == ["status": "ready", "reasons": [], "warnings": []])
        try await two.start()
        for _ in 0..<500 where try await two.health()["warnings"] == [] { try await Task.sleep(for: .milliseconds(20)) }
        // It works all the same.
        #expect(
            try await two.health() == ["status": "ready", "reasons": [], "warnings": ["subscriptions-differ"]])
        two.stop()
        let run = try await ProgramRun("blankett-bridge", ["rekey", "--config", two.file.path()])
        #expect(run.code == 2 && run.errors.contains("Another bridge"), "\(run)")
        one.stop()
        let alone = try await ProgramRun("blankett-bridge", ["rekey", "--config", two.file.path()])
        #expect(alone.code == 0, "\(alone)")
    }

    private func token(_ words: [String], _ member: Member) async throws -> String {
        let printed = Mutex("")
        let code = await BridgeProgram(print: { text in printed.withLock { $0 = text } }, complain: { _ in }).run(
            ["token"] + words + ["--config", member.file.path()])
        try #require(code == .done)
        return printed.withLock { $0 }
    }
}
