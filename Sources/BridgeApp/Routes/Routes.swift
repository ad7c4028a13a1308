import Delivery
import Evidence
import Forms
import Foundation
import HTTP
import Support

/// What the handlers share.
struct Routes: Sendable {
    let store: any RecordStore
    let access: Access
    let dataFolder: URL
    let diskReserve: Int?
    let forms: FormLibrary
    let documents: DocumentCheck
    /// By subscription: what it does not see.
    let redactions: [String: Redaction]
    let metrics: Metrics
    let board: AgentBoard
    let shelf: PackageShelf
    private let room = RoomWatch()

    func origin(_ caller: Caller) -> Origin {
        Origin(actor: caller.name, request: RequestID.current)
    }

    /// Turns what the storage throws into what a client can act on.
    func guarded(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let problem as Problem {
            throw problem
        } catch let error as EvidenceError {
            throw Problem.documentNotPossible("Page \(error.page) cannot be taken into a PDF/A as it is.")
        } catch let error as BlankettError where error.code == "storage-full" {
            throw Problem.storageFull
        } catch let error as BlankettError where error.code == "hash-mismatch" {
            throw Problem("hash-mismatch", status: 422, title: "The content does not have the hash in the address")
        } catch let error as BlankettError where error.code == "storage-closed" {
            throw Problem.stopping
        } catch is BlankettError {
            throw Problem("storage-failed", status: 503, title: "The storage failed", retryAfter: 30)
        } catch is CancellationError {
            throw Problem.stopping
        }
    }

    /// Room is kept so that what is here can still be acknowledged.
    func requireRoom() throws {
        guard try room.isEnough(on: dataFolder, reserve: diskReserve) else { throw Problem.storageFull }
    }

    /// A JSON body; an empty one stands for an empty object.
    func body<Value: Decodable>(_ request: Request, as type: Value.Type = Value.self) throws(Problem) -> Value {
        do {
            return try JSONCoding.decode(type, from: request.body.isEmpty ? Array("{}".utf8) : request.body)
        } catch {
            throw Problem(
                "schema-violation", status: 422, title: "The body is not as it must be",
                violations: [Problem.Violation(field: "", message: "must be a JSON object as the API describes it")])
        }
    }

    /// A page of a list, as DIGG's profile wants it (FNS.07, FNS.09).
    struct List<Item: Encodable>: Encodable {
        var items: [Item]
        var limit: Int
        var offset: Int
    }

    static let page = DeliveryLimits.list
    static let start = DeliveryLimits.Limit(range: 0...1_000_000_000, standard: 0)

    /// A parameter of the query.
    func number(_ request: Request, _ name: String) throws(Problem) -> Int? {
        guard let text = request.query[name] else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
            throw Problem(
                "schema-violation", status: 422, title: "A value is no number",
                violations: [Problem.Violation(field: name, message: "must be a whole number")])
        }
        return number
    }

    /// The content with its strong tag, or 304 when the client has it already.
    func tagged(_ tag: String, _ request: Request, type: String, bytes: [UInt8]) -> Response {
        let quoted = "\"\(tag)\""
        let headers: Headers = ["ETag": quoted, "Cache-Control": "private, no-cache"]
        let held = request.headers.all("If-None-Match").flatMap { $0.split(separator: ",") }
            .map { $0.trimmingPrefix(" ").trimmingPrefix("W/") }
        if held.contains(where: { $0 == quoted || $0 == "*" }) { return Response(status: 304, headers: headers) }
        var response = Response(status: 200, headers: headers, bytes: bytes)
        response.headers["Content-Type"] = type
        return response
    }

    func limited(_ number: Int?, _ limit: DeliveryLimits.Limit, _ field: String) throws(Problem) -> Int {
        guard let number else { return limit.standard }
        guard limit.range.contains(number) else {
            throw Problem(
                "schema-violation", status: 422, title: "A value is outside its limits",
                violations: [
                    Problem.Violation(
                        field: field, message: "must be from \(limit.range.lowerBound) to \(limit.range.upperBound)")
                ])
        }
        return number
    }
}

extension Problem {
    static let storageFull = Problem(
        "storage-full", status: 507, title: "The bridge's disk is full", detail: "Nothing was stored. Send it again.",
        retryAfter: 60)
    static let stopping = Problem("not-ready", status: 503, title: "The service is stopping", retryAfter: 5)
    static let recordNotFound = Problem("record-not-found", status: 404, title: "There is no such record for you")
}

/// Runs what takes long on threads of its own.
func onWorkThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        workQueue.async { continuation.resume(with: Swift.Result { try work() }) }
    }
}

private let workQueue = DispatchQueue(label: "documents", attributes: .concurrent)
