import Dispatch
import Foundation

/// The wish of the system or the person that the program ends: SIGTERM or SIGINT.
public final class Termination: Sendable {
    private let bell = Bell()
    // Set once, before anything else can see it.
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

    /// From here on the signals no longer end the process by themselves.
    ///
    /// Nor does a broken pipe, or a limit on the size of files: writing tells.
    public init() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.request() }
            source.resume()
            return source
        }
    }

    public var isRequested: Bool { bell.count > 0 }

    /// Also for who wants to end for a reason of its own.
    public func request() {
        bell.ring()
    }

    /// Waits until the end is wished, or the task is cancelled.
    public func requested() async {
        await bell.wait(after: 0)
    }
}
