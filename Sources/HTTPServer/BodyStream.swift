import CMicroHTTPD
import HTTP
import Synchronization

/// Carries a response's chunks from an asynchronous stream to libmicrohttpd, one chunk ahead.
final class BodyStream: Sendable {
    private enum End {
        case whole
        case cut
    }

    private struct State {
        var chunk: ArraySlice<UInt8> = []
        var end: End?
        var isSuspended = false
        var producer: CheckedContinuation<Void, Never>?
        var task: Task<Void, Never>?
    }

    // Lives until the response is freed; calls on it are thread-safe in libmicrohttpd.
    private nonisolated(unsafe) let connection: OpaquePointer
    private let state = Mutex(State())

    init(_ chunks: AsyncThrowingStream<[UInt8], any Error>, connection: OpaquePointer) {
        self.connection = connection
        let task = Task {
            do {
                for try await chunk in chunks where !chunk.isEmpty { await offer(chunk) }
                finish(Task.isCancelled ? .cut : .whole)
            } catch {
                finish(.cut)
            }
        }
        state.withLock { $0.task = task }
    }

    /// Called by libmicrohttpd: fills `room`, or suspends the connection until there is something.
    func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        let (count, producer) = state.withLock { state -> (Int, CheckedContinuation<Void, Never>?) in
            if !state.chunk.isEmpty {
                let count = min(room.count, state.chunk.count)
                room.copyBytes(from: state.chunk.prefix(count))
                state.chunk.removeFirst(count)
                guard state.chunk.isEmpty else { return (count, nil) }
                defer { state.producer = nil }
                return (count, state.producer)
            }
            switch state.end {
            case .whole: return (cmicrohttpd_end_of_stream, nil)
            case .cut: return (cmicrohttpd_end_with_error, nil)
            case nil:
                state.isSuspended = true
                MHD_suspend_connection(connection)
                return (0, nil)
            }
        }
        producer?.resume()
        return count
    }

    /// Ends the body as broken, unless it has ended.
    func cut() {
        finish(.cut)
        let task = state.withLock { $0.task }
        task?.cancel()
    }

    /// Waits until there is room for the next chunk.
    private func offer(_ chunk: [UInt8]) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.end == nil else { return true }
                state.chunk = chunk[...]
                state.producer = continuation
                Self.resume(&state, connection)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func finish(_ end: End) {
        let producer = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.end == nil { state.end = end }
            if case .cut = end { state.chunk = [] }
            Self.resume(&state, connection)
            defer { state.producer = nil }
            return state.producer
        }
        producer?.resume()
    }

    private static func resume(_ state: inout State, _ connection: OpaquePointer) {
        guard state.isSuspended else { return }
        state.isSuspended = false
        MHD_resume_connection(connection)
    }
}
