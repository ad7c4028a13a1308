import Foundation
import Records
import Support
import Synchronization

/// A small file that says how far the audit log had come, beside the database.
///
/// SQLite takes a damaged piece of its write-ahead log for one that was never finished, and drops it and all that comes
/// after. Here it shows that there was more. The file is written after each commit and not synced: after a power cut it
/// can be behind the database, never before it.
final class Anchor: Sendable {
    private let descriptor: Int32
    private let highest = Mutex(0)
    private let known: AuditHead?

    init(_ url: URL) throws {
        descriptor = open(url.path(percentEncoded: false), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BlankettError.storage(errno, "A file cannot be opened") }
        var bytes = [UInt8](repeating: 0, count: 200)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        known = Self.read(bytes.prefix(max(0, count)))
    }

    deinit {
        close(descriptor)
    }

    /// - Throws: ``BlankettError`` `storage-behind` when the database has not what the file tells of.
    func requireReached(by database: borrowing Database) throws {
        guard let known else { return }
        let hash = try database.withStatement("SELECT hash FROM audit WHERE n = ?") { statement throws(SQLiteError) in
            try statement.bind(known.number, at: 1)
            return try statement.step() ? statement.blob(at: 0) : nil
        }
        if hash == known.hash { return highest.withLock { $0 = known.number } }
        throw BlankettError(
            "storage-behind", exit: .storage,
            "The database lacks what was stored in it before: line \(known.number) of its audit log is not there.",
            advice: "It was damaged, or is an old copy. Restore a backup with blankett-bridge restore. Without one, "
                + "keep a copy of the data folder and remove bridge.head: the bridge goes on with what is there.")
    }

    func move(to head: AuditHead) {
        highest.withLock { highest in
            guard head.number > highest else { return }
            highest = head.number
            let text = "\(head.number) \(head.hash.hexadecimal)\n"
            _ = pwrite(descriptor, text, text.utf8.count, 0)
        }
    }

    private static func read(_ bytes: ArraySlice<UInt8>) -> AuditHead? {
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let number = Int(words[0]), let hash = [UInt8](hexadecimal: String(words[1])),
            hash.count == 32
        else { return nil }
        return AuditHead(number: number, hash: hash)
    }
}
