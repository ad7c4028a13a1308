import Dispatch
import Foundation

extension Program {
    /// Runs one call; Ctrl-C or SIGTERM cancels it, so that it can put things in order, and a second one ends it at once.
    ///
    /// - Parameter words: The arguments, without the program's name.
    /// - Returns: What the process is to exit with.
    public func runInterruptibly(_ words: [String]) async -> Int32 {
        let call = Task { await run(words).rawValue }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if call.isCancelled { exit(128 + number) }
                call.cancel()
            }
            source.resume()
            return source
        }
        defer { sources.forEach { $0.cancel() } }
        return await call.value
    }
}
