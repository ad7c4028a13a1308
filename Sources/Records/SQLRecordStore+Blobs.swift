import Delivery
public import Foundation
import HTTP
import Support

extension SQLRecordStore {
    /// A row of the table `blob`: where a page image lies, and its own key, sealed.
    private struct BlobRow: Sendable {
        var file: String
        var key: [UInt8]
        var isDamaged: Bool
    }

    public func putBlob(
        _ bytes: [UInt8], name: String, beforeWriting check: @Sendable () throws -> Void
    ) async throws -> Bool {
        guard BlobFolder.isName(name), SHA256.hexadecimal(of: bytes) == name else {
            throw BlankettError("hash-mismatch", exit: .badInput, "The content does not have the hash that was named.")
        }
        if try await hasBlob(name) { return false }
        try check()
        let mark = contents.mark(ofBlob: name)
        let file = files.makeName()
        let size = bytes.count
        let time = time
        // Straight from the disk's thread to the writer's: a way by the caller's thread would be one more wait.
        let outcome: Entered = try await withCheckedThrowingContinuation { continuation in
            diskQueue.async { [contents, files, engine] in
                let key: [UInt8]
                do {
                    let sealed = contents.seal(bytes, "blob:\(mark)")
                    try files.write(sealed.bytes, name: file)
                    key = sealed.key
                } catch {
                    return continuation.resume(throwing: error)
                }
                // The file is on the disk before a row says so.
                let row: [SQLValue] = [.text(mark), .text(file), .bytes(key), .integer(time), .integer(size)]
                engine.submit({ try Self.enter(row, mark, in: $0) }, then: { continuation.resume(with: $0) })
            }
        }
        if let old = outcome.old { files.remove(old) }
        if !outcome.isNew { files.remove(file) }
        return outcome.isNew
    }

    /// Whether a page image's file is of use, and the file that it replaces.
    private typealias Entered = (isNew: Bool, old: String?)

    /// Writes the row of a page image whose file is on the disk.
    private static func enter(
        _ values: [SQLValue], _ mark: String, in session: any SQLSession
    ) throws -> Entered {
        let isNew = try session.exists(
            """
            INSERT INTO blob(mark, file, key, stored_at, size, damaged) VALUES($1, $2, $3, $4, $5, 0)
            ON CONFLICT(mark) DO NOTHING RETURNING mark
            """, values)
        if isNew { return (true, nil) }
        // A damaged one is mended by who still has it; a sound one came from another request meanwhile.
        guard let old = try row(mark, in: session), old.isDamaged else { return (false, nil) }
        try session.run(
            "UPDATE blob SET file = $2, key = $3, stored_at = $4, size = $5, damaged = 0 WHERE mark = $1", values)
        return (true, old.file)
    }

    public func hasBlob(_ name: String) async throws -> Bool {
        guard BlobFolder.isName(name) else { return false }
        let mark = contents.mark(ofBlob: name)
        return try await engine.read { try Self.row(mark, in: $0)?.isDamaged == false }
    }

    public func blob(_ name: String) async throws -> [UInt8]? {
        guard BlobFolder.isName(name) else { return nil }
        let mark = contents.mark(ofBlob: name)
        guard let row = try await engine.read({ try Self.row(mark, in: $0) }) else { return nil }
        do {
            return try await onDiskThread { [contents, files] in
                guard let bytes = files.read(row.file) else {
                    throw BlankettError("seal-broken", exit: .storage, "The file of a page image is gone.")
                }
                let content = try contents.open(Contents.Sealed(bytes: bytes, key: row.key), "blob:\(mark)")
                // A key of ours sealed it, so this says only that it is the page that was asked for.
                guard SHA256.hexadecimal(of: content) == name else {
                    throw BlankettError("seal-broken", exit: .storage, "A page image is another one.")
                }
                return content
            }
        } catch {
            // It may have been erased, or mended, since the row was read.
            guard let now = try await engine.read({ try Self.row(mark, in: $0) }) else { return nil }
            if now.file != row.file { return try await blob(name) }
            try await setApart(blob: mark, row.isDamaged)
            throw Problem.damaged
        }
    }

    /// From now on the page image counts as not here, so that who still has it is asked for it.
    private func setApart(blob mark: String, _ wasKnown: Bool) async throws {
        guard !wasKnown else { return }
        let time = time
        try await engine.write { session in
            guard try session.run("UPDATE blob SET damaged = 1 WHERE mark = $1 AND damaged = 0", [.text(mark)]) > 0
            else { return }
            session.note(
                AuditEntry(
                    time: time, actor: "bridge", action: "blob.damaged", object: mark, outcome: "set-apart",
                    request: ""))
        }
        settings.reportDamage("blob \(mark.prefix(16))")
    }

    public func sweepBlobs(storedBefore time: Date) async throws -> Int {
        let limit = time.milliseconds
        // Looked for beside the writer, which then only has to look at few again.
        let marks = try await engine.read { session in
            try session.query(
                """
                SELECT mark FROM blob WHERE stored_at < $1
                AND NOT EXISTS(SELECT 1 FROM page WHERE page.blob = blob.mark)
                """, [.integer(limit)]
            ) { $0.text(0) ?? "" }
        }
        var removed = 0
        for mark in marks {
            let swept = try await engine.write { session in
                try session.query(
                    """
                    DELETE FROM blob WHERE mark = $1 AND NOT EXISTS(SELECT 1 FROM page WHERE page.blob = blob.mark)
                    RETURNING file
                    """, [.text(mark)]
                ) { $0.text(0) ?? "" }
            }
            for file in swept { files.remove(file) }
            removed += swept.count
        }
        // Files whose row was never written, or whose removal was interrupted.
        for name in try files.names(storedBefore: time) {
            let isKnown = try await engine.read { try $0.exists("SELECT 1 FROM blob WHERE file = $1", [.text(name)]) }
            if !isKnown { files.remove(name) }
        }
        return removed
    }

    private static func row(_ mark: String, in session: any SQLSession) throws -> BlobRow? {
        try session.first("SELECT file, key, damaged FROM blob WHERE mark = $1", [.text(mark)]) { row in
            BlobRow(file: row.text(0) ?? "", key: row.bytes(1) ?? [], isDamaged: row.integer(2) != 0)
        }
    }
}
