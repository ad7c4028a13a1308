import Delivery
import Foundation
import HTTP
import HTTPServer
import Sealing
import Support

/// A bridge to build a consumer against: everything is real but the records.
struct Sandbox: Sendable {
    static let subscription = "sandbox"

    var folder: URL
    var port: UInt16
    /// How many records are there at the start.
    var records: Int
    /// How often one more comes, in seconds; 0 is never.
    var every: Double
    /// Share of the consumers' requests that are disturbed, 0...1.
    var chaos: Double

    /// What a consumer has to know; also in `sandbox.json`.
    struct Facts: Codable, Sendable {
        var address: String
        var subscription: String
        var token: String
        var operatorToken: String
    }

    /// Runs until the end is wished; `ready` is told the facts as soon as the first records are there.
    func run(until termination: Termination, log: Logger, ready: (Facts) -> Void) async throws {
        try DurableFile.makeFolder(folder)
        var configuration = BridgeConfiguration(
            listen: .tcp(host: "127.0.0.1", port: port), dataFolder: folder,
            subscriptions: [Subscription(name: Self.subscription, includesTest: true, start: .earliest)])
        configuration.diskReserve = 0
        let tokens = TokenFile(configuration.tokenFile)
        let agent = try tokens.add(name: "sandbox", subscription: nil)
        let consumer = try tokens.add(name: "consumer", subscription: Self.subscription)
        let watcher = try tokens.add(name: "operator", subscription: nil, isOperator: true)
        let disturbance = Disturbance(share: chaos, log: log)
        let service = try await BridgeService(
            configuration, log: log, around: { disturbance.around($0) })
        let facts = Facts(
            address: service.origin, subscription: Self.subscription, token: consumer, operatorToken: watcher)
        for _ in 0..<records { try await Self.send(to: service, as: agent) }
        try DurableFile.write(
            JSONCoding.encode(facts, pretty: true) + Array("\n".utf8), to: folder.appending(path: "sandbox.json"))
        ready(facts)
        try await withThrowingTaskGroup { group in
            group.addTask { try await service.run(until: termination) }
            group.addTask {
                while every > 0, !Task.isCancelled {
                    try await Task.sleep(for: .seconds(every))
                    try await Self.send(to: service, as: agent)
                }
                await termination.requested()
            }
            try await group.next()
            termination.request()
            group.cancelAll()
        }
    }

    private static func send(to service: BridgeService, as token: String) async throws {
        let (record, pages) = SandboxRecords().next()
        let headers: Headers = ["Authorization": "Bearer \(token)"]
        for page in pages {
            _ = await service.answer(
                Request("PUT", "/v1/blobs/\(SHA256.hexadecimal(of: page))", headers: headers, body: page))
        }
        let response = await service.answer(
            Request("PUT", "/v1/records/\(record.id)", headers: headers, body: try JSONCoding.encode(record)))
        guard response.status == 201 else {
            throw BlankettError(
                "sandbox-record", exit: .fault, "A record of the sandbox was refused: \(response.status).")
        }
    }
}
