import Delivery
import Foundation
public import Support

/// Changes the key that seals the keys of all contents; contents and marks stay as they are.
///
/// It goes in steps, and killed at any of them it goes on where it was. Meanwhile the store cannot be opened by a bridge,
/// which would find half of it sealed by a key that it does not have.
public struct Rekeying: Sendable {
    private static let step = 500
    /// The mark of a store whose change of keys has begun and not ended.
    static let unfinished = "rekeying"

    private let engine: any SQLEngine
    private let old: any KeyWrapping
    private let new: any KeyWrapping

    /// - Parameters:
    ///   - engine: The database; no bridge may have it open.
    ///   - old: The key until now.
    ///   - new: The key from now on.
    public init(_ engine: any SQLEngine, from old: any KeyWrapping, to new: any KeyWrapping) {
        self.engine = engine
        self.old = old
        self.new = new
    }

    /// Seals all keys anew.
    ///
    /// - Returns: How many; 0 when all was done before.
    /// - Throws: ``BlankettError`` with exit `.storage`; `wrong-key` when neither key belongs to the store, or the change
    ///   was begun with another new key.
    public func run() async throws -> Int {
        let marker = try await secret("marker") ?? []
        if (try? new.open(marker, context: SQLRecordStore.markerContext)) != nil { return 0 }
        guard (try? old.open(marker, context: SQLRecordStore.markerContext)) != nil else {
            throw SQLRecordStore.wrongKey
        }
        try await begin()
        let records = try await change(table: "record", name: "id", context: "record:")
        let blobs = try await change(table: "blob", name: "mark", context: "blob:")
        try await end(marker, count: records + blobs)
        return records + blobs
    }

    private func begin() async throws {
        let proof = new.seal([], context: Self.unfinished)
        _ = try await engine.write { session in
            try session.run(
                "INSERT INTO secret(name, sealed) VALUES($1, $2) ON CONFLICT(name) DO NOTHING",
                [.text(Self.unfinished), .bytes(proof)])
        }
        guard (try? new.open(try await secret(Self.unfinished) ?? [], context: Self.unfinished)) != nil else {
            throw SQLRecordStore.wrongKey
        }
    }

    private func change(table: String, name: String, context: String) async throws -> Int {
        var (after, changed) = ("", 0)
        while true {
            let rows = try await engine.read { [after] session in
                try session.query(
                    """
                    SELECT \(name), key FROM \(table) WHERE \(name) > $1 AND key IS NOT NULL
                    ORDER BY \(name) LIMIT \(Self.step)
                    """, [.text(after)]
                ) { (name: $0.text(0) ?? "", key: $0.bytes(1) ?? []) }
            }
            guard let last = rows.last else { return changed }
            after = last.name
            // What the old key does not open was sealed by the new one before a kill, or is damaged and stays so.
            let sealed = rows.compactMap { row -> (name: String, key: [UInt8])? in
                let context = "key:\(context)\(row.name)"
                return (try? old.open(row.key, context: context)).map { (row.name, new.seal($0, context: context)) }
            }
            guard !sealed.isEmpty else { continue }
            try await engine.write { session in
                for row in sealed {
                    try session.run(
                        "UPDATE \(table) SET key = $1 WHERE \(name) = $2 AND key IS NOT NULL",
                        [.bytes(row.key), .text(row.name)])
                }
            }
            changed += sealed.count
        }
    }

    /// The last step says which key is the store's.
    private func end(_ marker: [UInt8], count: Int) async throws {
        let context = SQLRecordStore.markerContext
        let sealed = new.seal(try old.open(marker, context: context), context: context)
        try await engine.write { session in
            try session.run("UPDATE secret SET sealed = $1 WHERE name = 'marker'", [.bytes(sealed)])
            try session.run("DELETE FROM secret WHERE name = $1", [.text(Self.unfinished)])
            session.note(
                AuditEntry(
                    time: Date().milliseconds, actor: "administrator", action: "store.rekey", object: "store",
                    outcome: "done", request: UUIDv7().description))
        }
        // The keys that the old one opens must not lie in deleted rows.
        try await engine.forgetDeleted()
    }

    private func secret(_ name: String) async throws -> [UInt8]? {
        try await engine.read { session in
            try session.first("SELECT sealed FROM secret WHERE name = $1", [.text(name)]) { $0.bytes(0) ?? [] }
        }
    }
}
