import Dispatch
import Foundation

/// Rings when the process gets a signal, which from then on does not end it, such as SIGHUP.
public final class SignalBell: Sendable {
    public let bell = Bell()
    // Set once, before anything else can see it.
    private nonisolated(unsafe) var source: (any DispatchSourceSignal)?

    public init(_ number: Int32) {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { [bell] in bell.ring() }
        source.resume()
        self.source = source
    }
}
