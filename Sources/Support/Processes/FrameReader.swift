import Glibc

/// Reads frames from a descriptor that it does not own.
///
/// Calls block: they belong on a thread of their own, such as an actor's with ``BlockingExecutor``.
public struct FrameReader: Sendable {
    private let descriptor: Int32
    private let limits: Frame.Limits

    public init(descriptor: Int32, limits: Frame.Limits = .standard) {
        self.descriptor = descriptor
        self.limits = limits
    }

    /// Waits for the next frame.
    ///
    /// - Parameter deadline: When to give up; `nil` waits for ever.
    /// - Returns: The frame; `nil` when the other side closed its end between two frames.
    /// - Throws: ``FrameError``; after `broken`, `tooLong` or `timedOut` the stream is out of step and of no more use.
    public func next(before deadline: ContinuousClock.Instant? = nil) throws(FrameError) -> Frame? {
        let lengths = try bytes(8, before: deadline)
        if lengths.isEmpty { return nil }
        guard lengths.count == 8 else { throw .broken }
        let header = lengths[..<4].reduce(0) { $0 << 8 | Int($1) }
        let body = lengths[4...].reduce(0) { $0 << 8 | Int($1) }
        guard header <= limits.header, body <= limits.body else { throw .tooLong(header: header, body: body) }
        let frame = Frame(header: try bytes(header, before: deadline), body: try bytes(body, before: deadline))
        guard frame.header.count == header, frame.body.count == body else { throw .broken }
        return frame
    }

    /// Up to `count` bytes; fewer only when the other side closed its end.
    private func bytes(_ count: Int, before deadline: ContinuousClock.Instant?) throws(FrameError) -> [UInt8] {
        // The memory is only really taken as bytes arrive, so a lying length costs nothing.
        var failure: FrameError?
        let result = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                if let problem = wait(for: POLLIN, on: descriptor, before: deadline) {
                    failure = problem
                    return
                }
                let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
                if got == 0 { return }
                if got > 0 {
                    filled += got
                } else if errno != EINTR && errno != EAGAIN {
                    failure = errno == ECONNRESET ? .broken : .system(errno)
                    return
                }
            }
        }
        if let failure { throw failure }
        return result
    }
}

/// Waits until `descriptor` is ready for `events`; gives back what prevented it.
func wait(for events: Int32, on descriptor: Int32, before deadline: ContinuousClock.Instant?) -> FrameError? {
    while true {
        var milliseconds: Int32 = -1
        if let deadline {
            let left = ContinuousClock.now.duration(to: deadline)
            // Rounded up, so that the last round does not spin; `poll` counts in 32 bits. Past the deadline one look
            // is left: what has come in time is no time-out because we were late to take it.
            let (seconds, attoseconds) = min(left, .seconds(1_000_000)).components
            milliseconds = left <= .zero ? 0 : Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
        }
        var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let ready = poll(&request, 1, milliseconds)
        if ready > 0 { return nil }
        if ready == 0 && milliseconds == 0 { return .timedOut }
        if ready < 0 && errno != EINTR { return .system(errno) }
    }
}
