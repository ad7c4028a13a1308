import Delivery
import Foundation
import HTTP
import Records
import Support

/// What the administrator's commands ask of a running bridge, on its socket file.
struct StoreRoutes: Sendable {
    let store: any RecordStore
    /// Writes all that is stored into a file.
    let archive: @Sendable (URL) async throws -> ArchiveManifest

    struct BackupWish: Codable, Sendable {
        /// An absolute path.
        var file: String
    }

    struct ErasureWish: Codable, Sendable {
        var recordId: UUIDv7
        var evenUndelivered: Bool
    }

    struct ErasureAnswer: Codable, Sendable {
        var result: Erasure
        /// The line of the audit log, which is the proof.
        var proof: AuditLine?
    }

    func add(to router: inout Router) {
        router.on("POST", "/erasures") { request, _ in
            let wish: ErasureWish = try JSONCoding.decode(from: request.body)
            return try .json(try await erase(wish))
        }
        router.on("POST", "/backups") { request, _ in
            let wish: BackupWish = try JSONCoding.decode(from: request.body)
            do {
                return try .json(try await archive(URL(filePath: wish.file)))
            } catch let error as BlankettError {
                throw Problem(error.code, status: 500, title: error.message)
            }
        }
        router.on("GET", "/audit") { _, _ in
            let (rows, broken) = try await store.verifyAudit()
            return try .json(
                ["rows": .number(Double(rows)), "broken": broken.map { .number(Double($0)) } ?? .null] as JSONValue)
        }
    }

    func erase(_ wish: ErasureWish) async throws -> ErasureAnswer {
        try await Self.erase(wish, from: store)
    }

    static func erase(_ wish: ErasureWish, from store: any RecordStore) async throws -> ErasureAnswer {
        let origin = Origin(actor: "administrator", request: UUIDv7())
        let result = try await store.erase(wish.recordId, evenUndelivered: wish.evenUndelivered, by: origin)
        let lines = try await store.history(of: wish.recordId.description)
        return ErasureAnswer(result: result, proof: lines.last { $0.action == "record.erase" })
    }
}
