import Dispatch
import Foundation
import Support
import Synchronization

/// Syncs folders once for all who made something in them meanwhile.
///
/// A sync that has begun may not see what was made after. So who comes while one runs waits for the next, which the first of
/// those does for all of them.
final class FolderSync: Sendable {
    /// One sync, and those who wait for it.
    private final class Round: Sendable {
        private let outcome = Mutex<Result<Void, BlankettError>?>(nil)
        private let end = DispatchGroup()

        init() {
            end.enter()
        }

        func finish(_ result: Result<Void, BlankettError>) {
            outcome.withLock { $0 = result }
            end.leave()
        }

        func wait() -> Result<Void, BlankettError> {
            end.wait()
            return outcome.withLock { $0 } ?? .success(())
        }
    }

    private struct State {
        /// The one that has not begun.
        var next: Round?
        var folders: Set<URL> = []
        /// The last one that was begun, or is about to be.
        var last: Round?
    }

    private let state = Mutex(State())

    /// When this returns, what the caller made in the folder before lasts.
    func sync(_ folder: URL) throws(BlankettError) {
        let (mine, isFirst, before) = state.withLock { state -> (Round, Bool, Round?) in
            state.folders.insert(folder)
            if let next = state.next { return (next, false, nil) }
            let round = Round()
            defer { (state.next, state.last) = (round, round) }
            return (round, true, state.last)
        }
        guard isFirst else { return try mine.wait().get() }
        _ = before?.wait()
        let folders = state.withLock { state in
            defer { (state.next, state.folders) = (nil, []) }
            return state.folders
        }
        let result = Result { () throws(BlankettError) in
            for folder in folders { try DurableFile.syncFolder(folder) }
        }
        mine.finish(result)
        try result.get()
    }
}
