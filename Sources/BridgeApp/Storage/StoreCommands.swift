import Delivery
import Foundation
import HTTP
import HTTPClient
import Support

/// The commands about what is stored: asked of the running bridge, or done here when none runs.
struct StoreCommands: Sendable {
    let configuration: BridgeConfiguration
    let console: Console

    init(_ configuration: BridgeConfiguration, _ console: Console) {
        self.configuration = configuration
        self.console = console
    }

    func erase(_ id: UUIDv7, evenUndelivered: Bool) async throws {
        let wish = StoreRoutes.ErasureWish(recordId: id, evenUndelivered: evenUndelivered)
        let answer = try await ask("POST", "/erasures", JSONCoding.encode(wish)) { store in
            try await StoreRoutes.erase(wish, from: store)
        }
        switch answer.result {
        case .erased, .wasErased:
            let proof = answer.proof.map { "; line \($0.number) of the audit log, \($0.hash)" } ?? ""
            console.print("\(id) \(answer.result == .erased ? "is erased" : "was erased before")\(proof)")
        case .notFound:
            throw BlankettError("record-not-found", exit: .badInput, "There is no record \(id).")
        case .undelivered:
            throw BlankettError(
                "undelivered", exit: .notAllowed, "A subscription has not taken the record yet.",
                advice: "Wait until it has; or say --undelivered, and it will never have it.")
        }
    }

    func verifyAudit() async throws {
        struct Answer: Codable, Sendable {
            var rows: Int
            var broken: Int?
        }
        let answer = try await ask("GET", "/audit", []) { store in
            let (rows, broken) = try await store.verifyAudit()
            return Answer(rows: rows, broken: broken)
        }
        if let broken = answer.broken {
            throw BlankettError(
                "audit-broken", exit: .storage, "Row \(broken) of the audit log was changed, or one before it is gone.",
                advice: "Keep a copy of the data folder, and ask who could write there.")
        }
        console.print("\(answer.rows) rows, each fits the one before")
    }

    /// Asks the running bridge, or does it here when there is none.
    func ask<Answer: Decodable & Sendable>(
        _ method: String, _ path: String, _ body: [UInt8], orHere work: (any RecordStore) async throws -> Answer
    ) async throws -> Answer {
        guard let response = try await response(Request(method, path, body: body)) else {
            let store = try await configuration.openStore(create: false)
            do {
                let answer = try await work(store)
                await store.close()
                return answer
            } catch {
                await store.close()
                throw error
            }
        }
        guard response.status == 200, let bytes = response.bytes else {
            let problem = response.bytes.flatMap { try? JSONCoding.decode(Problem.self, from: $0) }
            throw BlankettError(
                problem?.code ?? "bridge-refused", exit: .storage,
                "The running bridge could not do it: \(problem?.title ?? "status \(response.status)").",
                advice: "See its log.")
        }
        return try JSONCoding.decode(from: bytes)
    }

    func isRunning() async throws -> Bool {
        try await response(Request("GET", "/healthz")) != nil
    }

    /// What the running bridge answers; `nil` when there is none.
    private func response(_ request: Request) async throws -> Response? {
        let socket = configuration.adminSocket.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: socket) else { return nil }
        do throws(TransportError) {
            return try await CurlTransport().send(
                request, to: "unix://\(socket)", limits: TransportLimits(idle: 3600, total: 86400))
        } catch {
            // A killed bridge leaves its socket file.
            if error.kind == .unreachable { return nil }
            throw error
        }
    }
}
