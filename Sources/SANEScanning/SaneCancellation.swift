import CSANE
import Glibc
import Synchronization

/// Turns SIGTERM into `sane_cancel`, the one SANE call that may be made while another one runs.
///
/// The signal must reach the thread that uses SANE, the main one: all others block it.
public enum SaneCancellation {
    private static let isAsked = Atomic(false)
    /// The open device's handle as a number, 0 for none; atomic because the signal comes at any time.
    private static let handle = Atomic<UInt>(0)

    /// Installs the handler.
    public static func begin() {
        // Made now: a signal handler is no place for first-time initialization.
        isAsked.store(false, ordering: .relaxed)
        handle.store(0, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = cancelOnSignal
        // No SA_RESTART: a wait for the client's next word ends too.
        sigaction(SIGTERM, &action, nil)
    }

    public static var isRequested: Bool { isAsked.load(ordering: .relaxed) }

    static func watch(_ handle: SANE_Handle?) {
        self.handle.store(UInt(bitPattern: handle), ordering: .relaxed)
    }

    fileprivate static func cancel() {
        isAsked.store(true, ordering: .relaxed)
        if let handle = SANE_Handle(bitPattern: handle.load(ordering: .relaxed)) { sane_cancel(handle) }
    }
}

@c private func cancelOnSignal(_ signal: Int32) {
    SaneCancellation.cancel()
}
