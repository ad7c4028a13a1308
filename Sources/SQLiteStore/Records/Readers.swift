import Foundation
import Synchronization

/// A few reading connections, lent one at a time.
final class Readers: Sendable {
    // Whoever took it out of `idle` is its only owner.
    private final class Reader: @unchecked Sendable {
        let database: ReadOnlyDatabase

        init(_ url: URL) throws(SQLiteError) {
            database = try ReadOnlyDatabase(url)
        }
    }

    private let url: URL
    private let idle = Mutex<[Reader]>([])

    init(_ url: URL) {
        self.url = url
    }

    func read<Result>(_ body: (borrowing ReadOnlyDatabase) throws -> Result) throws -> Result {
        let reader = try idle.withLock { $0.popLast() } ?? Reader(url)
        defer { idle.withLock { idle in if idle.count < 8 { idle.append(reader) } } }
        return try body(reader.database)
    }

    /// They must be closed before the writer.
    func close() {
        idle.withLock { $0 = [] }
    }
}
