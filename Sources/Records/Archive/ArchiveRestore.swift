public import Foundation
public import Support

/// Takes an archive into an empty store.
public struct ArchiveRestore: Sendable {
    private let engine: any SQLEngine
    private let files: BlobFiles

    /// - Parameters:
    ///   - engine: A database whose tables are empty.
    ///   - blobs: The folder of the page images; it is made if need be.
    /// - Throws: ``BlankettError`` with exit `.storage`.
    public init(_ engine: any SQLEngine, blobs: URL) throws {
        self.engine = engine
        files = try BlobFiles(blobs)
    }

    /// Checks the archive to its last bit, takes it in, and checks what is there then.
    ///
    /// When this fails in the middle the store says so at each start, until it is emptied and restored again.
    ///
    /// - Parameters:
    ///   - file: The archive.
    ///   - unlock: Opens the sealed key of an archive that is sealed for somebody; it gets the public key.
    ///   - makeKey: Makes a key of 32 bytes.
    ///   - keepStoreKey: Gets the store's key from a sealed archive.
    /// - Returns: What was taken in.
    /// - Throws: ``BlankettError``: `archive-broken`, `archive-sealed`, `store-not-empty`; those of the storage.
    public func restore(
        _ file: URL, unlock: (_ recipient: String, _ sealed: [UInt8]) throws -> [UInt8],
        makeKey: ([UInt8]) throws -> any Sealer, keepStoreKey: ([UInt8]) throws -> Void
    ) async throws -> ArchiveManifest {
        let reader = try ArchiveReader(file) { header in
            guard let recipient = header.recipient else { return nil }
            let keys = try unlock(recipient, [UInt8](hexadecimal: header.key ?? "") ?? [])
            guard keys.count == 64 else { throw ArchiveFormat.broken }
            try keepStoreKey(Array(keys.suffix(32)))
            return try makeKey(Array(keys.prefix(32)))
        }
        try await begin()
        var counted: [String: ArchiveManifest.Part] = [:]
        var manifest: ArchiveManifest?
        while let (kind, bytes) = try reader.next() {
            let part: String
            let count: Int
            switch kind {
            case .rows: (part, count) = try await takeRows(bytes)
            case .blob: (part, count) = try takeBlob(bytes)
            case .end:
                manifest = try JSONCoding.decode(ArchiveManifest.self, from: bytes)
                continue
            case .header: throw ArchiveFormat.broken
            }
            counted[part, default: ArchiveManifest.Part()].add(bytes, count: count)
        }
        guard let manifest, counted == manifest.parts else { throw ArchiveFormat.broken }
        try await finish(manifest)
        return manifest
    }

    /// The mark of a store whose restoring has begun and not ended.
    static let unfinished = "restoring"

    private func begin() async throws {
        try await engine.write { session in
            for table in ArchiveFormat.tables where try session.exists("SELECT 1 FROM \(table.name) LIMIT 1", []) {
                throw BlankettError(
                    "store-not-empty", exit: .badInput, "The store is not empty.",
                    advice: "Restore into a new data folder, or a new schema of the database.")
            }
            try session.run(
                "INSERT INTO secret(name, sealed) VALUES($1, $2)", [.text(Self.unfinished), .bytes([])])
        }
    }

    private func takeRows(_ bytes: [UInt8]) async throws -> (String, Int) {
        guard let number = bytes.first, Int(number) < ArchiveFormat.tables.count else { throw ArchiveFormat.broken }
        let table = ArchiveFormat.tables[Int(number)]
        let parameters = table.columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let sql = "INSERT INTO \(table.name)(\(table.columns.joined(separator: ", "))) VALUES(\(parameters))"
        let count = try await engine.write { session in
            var values = ArchiveValues(Array(bytes.dropFirst()))
            var count = 0
            while !values.isEmpty {
                var row: [SQLValue] = []
                for _ in table.columns { row.append(try values.takeValue()) }
                try session.run(sql, row)
                count += 1
            }
            return count
        }
        return (table.name, count)
    }

    private func takeBlob(_ bytes: [UInt8]) throws -> (String, Int) {
        var values = ArchiveValues(bytes)
        let name = String(decoding: try values.take(Int(try values.takeByte())), as: UTF8.self)
        guard BlobFiles.isName(name) else { throw ArchiveFormat.broken }
        try files.replace(values.takeAll(), name: name)
        return ("blobs", 1)
    }

    private func finish(_ manifest: ArchiveManifest) async throws {
        let (rows, broken) = try await engine.survey { try AuditLog.firstBrokenRow(in: $0) }
        let head = try await engine.survey { try AuditLog.head(in: $0) }
        let contradictions = try await engine.survey { try Invariants.broken(in: $0) }
        guard broken == nil, rows == manifest.auditHead, head.hash.hexadecimal == manifest.auditHash,
            contradictions.isEmpty
        else {
            throw BlankettError(
                "archive-contradicts", exit: .storage, "What the archive holds contradicts itself.",
                advice: "It was made of a damaged store. Take the backup before.")
        }
        let missing = manifest.missing
        try await engine.write { session in
            for statement in session.dialect.afterRestoring { try session.script(statement) }
            try session.run("DELETE FROM secret WHERE name = $1", [.text(Self.unfinished)])
            session.note(
                AuditEntry(
                    time: Date().milliseconds, actor: "administrator", action: "store.restore", object: "archive",
                    outcome: missing == 0 ? "restored" : "restored-without-\(missing)-pages", request: ""))
        }
    }
}
