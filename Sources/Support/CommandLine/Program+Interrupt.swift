import Dispatch
import Foundation

extension Program {
    /// Runs one call; Ctrl-C cancels it, so that it can put things in order, and a second one ends it at once.
    ///
    /// - Parameter words: The arguments, without the program's name.
    /// - Returns: What the process is to exit with.
    public func runInterruptibly(_ words: [String]) async -> Int32 {
        let call = Task { await run(words).rawValue }
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            if call.isCancelled { exit(128 + SIGINT) }
            call.cancel()
        }
        source.resume()
        defer { source.cancel() }
        return await call.value
    }
}
