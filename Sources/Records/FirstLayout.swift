import Foundation
import Support

/// The first released layout, in which the store's key sealed all contents and page images lay under their hashes.
///
/// Leaving it is done in small steps, each whole on the disk before the next; a program that is killed in between goes on
/// where it was. Bodies and page images are sealed anew, each under a key of its own.
struct FirstLayout {
    let engine: any SQLEngine
    let key: any KeyWrapping
    let contents: Contents
    let files: BlobFiles

    func leave() async throws {
        while try await engine.write({ [self] in try convertRecords(in: $0) }) > 0 {}
        let isLeft = try await engine.read { try $0.exists("SELECT 1 FROM secret WHERE name = 'layout'", []) }
        if isLeft { return }
        let old = try BlobFolder(files.url, sealer: key)
        // Not by the old folder's list: that takes files with our names for leftovers, and removes them.
        for name in try files.all() where BlobFolder.isName(name) {
            if let bytes = try? old.read(name) { try await convert(bytes, name) }
            try old.remove(name)
        }
        try await engine.write { session in
            _ = try session.run(
                "INSERT INTO secret(name, sealed) VALUES('layout', $1) ON CONFLICT(name) DO NOTHING", [.bytes([2])])
        }
    }

    /// Up to 200 records.
    private func convertRecords(in session: any SQLSession) throws -> Int {
        let records = try session.query(
            "SELECT seq, id, body FROM record WHERE key IS NULL AND erased_at IS NULL ORDER BY seq LIMIT 200", []
        ) { (seq: $0.integer(0), id: $0.text(1) ?? "", body: $0.bytes(2) ?? []) }
        for record in records {
            let context = "record:\(record.id)"
            if let body = try? key.open(record.body, context: context) {
                let sealed = contents.seal(body, context)
                try session.run(
                    "UPDATE record SET digest = $1, body = $2, key = $3 WHERE seq = $4",
                    [.bytes(contents.mark(body)), .bytes(sealed.bytes), .bytes(sealed.key), .integer(record.seq)])
            } else {
                // What cannot be opened stays as it is, and is set apart when somebody asks for it.
                try session.run("UPDATE record SET key = $1 WHERE seq = $2", [.bytes([]), .integer(record.seq)])
            }
            let pages = try session.query("SELECT number, blob FROM page WHERE seq = $1", [.integer(record.seq)]) {
                (number: $0.integer(0), blob: $0.text(1) ?? "")
            }
            for page in pages {
                try session.run(
                    "UPDATE page SET blob = $1 WHERE seq = $2 AND number = $3",
                    [.text(contents.mark(ofBlob: page.blob)), .integer(record.seq), .integer(page.number)])
            }
        }
        return records.count
    }

    private func convert(_ bytes: [UInt8], _ name: String) async throws {
        let mark = contents.mark(ofBlob: name)
        guard try await engine.read({ try !$0.exists("SELECT 1 FROM blob WHERE mark = $1", [.text(mark)]) }) else {
            return
        }
        let file = files.makeName()
        let sealed = contents.seal(bytes, "blob:\(mark)")
        try files.write(sealed.bytes, name: file)
        let time = Date().milliseconds
        try await engine.write { session in
            _ = try session.run(
                "INSERT INTO blob(mark, file, key, stored_at, size, damaged) VALUES($1, $2, $3, $4, $5, 0)",
                [.text(mark), .text(file), .bytes(sealed.key), .integer(time), .integer(bytes.count)])
        }
    }
}
