import Glibc

/// Writes frames to a descriptor that it does not own.
///
/// Calls block, like ``FrameReader``'s. Two threads that write to one descriptor must take turns.
public struct FrameWriter: Sendable {
    private let descriptor: Int32

    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// - Precondition: Header and body are shorter than 4 GiB.
    public func write(_ frame: Frame, before deadline: ContinuousClock.Instant? = nil) throws(FrameError) {
        var lengths: [UInt8] = []
        for count in [frame.header.count, frame.body.count] {
            let length = UInt32(count)
            for shift in [24, 16, 8, 0] { lengths.append(UInt8(truncatingIfNeeded: length >> UInt32(shift))) }
        }
        try write(lengths + frame.header, before: deadline)
        try write(frame.body, before: deadline)
    }

    private func write(_ bytes: [UInt8], before deadline: ContinuousClock.Instant?) throws(FrameError) {
        var failure: FrameError?
        bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                if let problem = wait(for: POLLOUT, on: descriptor, before: deadline) {
                    failure = problem
                    return
                }
                let rest = UnsafeRawBufferPointer(rebasing: buffer[sent...])
                // A worker's standard input and output are sockets, so that its death gives an error here and no SIGPIPE.
                var count = send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
                if count < 0 && errno == ENOTSOCK { count = Glibc.write(descriptor, rest.baseAddress, rest.count) }
                if count >= 0 {
                    sent += count
                } else if errno == EPIPE || errno == ECONNRESET {
                    failure = .broken
                    return
                } else if errno != EINTR && errno != EAGAIN {
                    failure = .system(errno)
                    return
                }
            }
        }
        if let failure { throw failure }
    }
}
