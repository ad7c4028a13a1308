import Delivery
import Foundation
import HTTP
import SQLiteStore
import Support

/// What the handlers share.
struct Routes: Sendable {
    let store: SQLiteRecordStore
    let access: Access
    let dataFolder: URL
    let diskReserve: Int?

    func origin(_ caller: Caller) -> Origin {
        Origin(actor: caller.name, request: RequestID.current)
    }

    /// Turns what the storage throws into what a client can act on.
    func guarded(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let problem as Problem {
            throw problem
        } catch let error as BlankettError where error.code == "storage-full" {
            throw Problem.storageFull
        } catch let error as BlankettError where error.code == "hash-mismatch" {
            throw Problem("hash-mismatch", status: 422, title: "The content does not have the hash in the address")
        } catch let error as SQLiteError where error.isFull {
            throw Problem.storageFull
        } catch is SQLiteError, is BlankettError {
            throw Problem("storage-failed", status: 503, title: "The storage failed", retryAfter: 30)
        } catch is DatabaseClosed, is CancellationError {
            throw Problem("not-ready", status: 503, title: "The service is stopping", retryAfter: 5)
        }
    }

    /// Room is kept so that what is here can still be acknowledged.
    func requireRoom() throws {
        let space = try DiskSpace(of: dataFolder)
        guard space.free >= diskReserve ?? space.reserve else { throw Problem.storageFull }
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
    static let recordNotFound = Problem("record-not-found", status: 404, title: "There is no such record for you")
}

/// Runs what waits for the disk on threads of its own.
func onDiskThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        diskQueue.async { continuation.resume(with: Swift.Result { try work() }) }
    }
}

private let diskQueue = DispatchQueue(label: "blobs", attributes: .concurrent)
