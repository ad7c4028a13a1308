import Foundation
import Records
import Support
import Synchronization

/// A small file that says how far the audit log had come, beside the database.
///
/// SQLite takes a damaged piece of its write-ahead log for one that was never finished, and drops it and all that comes
/// after. Here it shows that there was more. The file is written after each commit and not synced: after a power cut it
/// can be behind the database, never before it. Two places in it are written in turns, each with a check: where one was
/// written by half, the other one counts.
final class Anchor: Sendable {
    private let descriptor: Int32
    private let state = Mutex((highest: 0, isSecond: false))
    private let known: AuditHead?

    init(_ url: URL) throws {
        descriptor = open(url.path(percentEncoded: false), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BlankettError.storage(errno, "A file cannot be opened") }
        var bytes = [UInt8](repeating: 0, count: 2 * Self.place)
        let count = max(0, pread(descriptor, &bytes, bytes.count, 0))
        known = [bytes.prefix(min(count, Self.place)), bytes[..<count].dropFirst(Self.place)].compactMap(Self.read)
            .max { $0.number < $1.number }
    }

    /// How far the second place is from the first, in bytes.
    private static let place = 256

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
        if hash == known.hash { return state.withLock { $0.highest = known.number } }
        throw BlankettError(
            "storage-behind", exit: .storage,
            "The database lacks what was stored in it before: line \(known.number) of its audit log is not there.",
            advice: "It was damaged, or is an old copy. Restore a backup with blankett-bridge restore. Without one, "
                + "keep a copy of the data folder and remove bridge.head: the bridge goes on with what is there.")
    }

    func move(to head: AuditHead) {
        state.withLock { state in
            guard head.number > state.highest else { return }
            state = (head.number, !state.isSecond)
            let text = "\(head.number) \(head.hash.hexadecimal) \(Self.check(head))\n"
            _ = pwrite(descriptor, text, text.utf8.count, state.isSecond ? off_t(Self.place) : 0)
        }
    }

    private static func read(_ bytes: ArraySlice<UInt8>) -> AuditHead? {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard 2...3 ~= words.count, let number = Int(words[0]), let hash = [UInt8](hexadecimal: String(words[1])),
            hash.count == 32
        else { return nil }
        let head = AuditHead(number: number, hash: hash)
        // The first versions wrote no check.
        return words.count == 2 || words[2] == check(head) ? head : nil
    }

    private static func check(_ head: AuditHead) -> String {
        String(SHA256.hexadecimal(of: Array("\(head.number)".utf8) + head.hash).prefix(16))
    }
}
