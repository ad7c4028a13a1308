import Support
import Synchronization

/// Remembers that the disk failed under a database, and tells who waits for that.
///
/// From then on nothing may be written through the connection: nobody knows what is on the disk. The program must end,
/// and recover at its next start.
public final class DiskFailure: Sendable {
    private let state = Mutex<SQLiteError?>(nil)
    private let bell = Bell()

    public init() {}

    /// `nil` as long as the disk is sound.
    public var error: SQLiteError? { state.withLock { $0 } }

    /// Takes any error of the database; those after which it can still be trusted change nothing.
    public func note(_ error: any Error) {
        guard let error = error as? SQLiteError, error.isFatal else { return }
        state.withLock { $0 = $0 ?? error }
        bell.ring()
    }

    /// Returns when it has happened.
    ///
    /// - Returns: What; `nil` when the task was cancelled before.
    public func happened() async -> SQLiteError? {
        await bell.wait(after: 0)
        return error
    }
}
