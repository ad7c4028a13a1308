import CUSB
import Foundation
import HTTP
import Scanning
import Support

/// The way to one device's HTTP server over its USB interface 7/1/4: one request at a time, each answer read to its end.
///
/// The interface is claimed for the first request and given back when none has come for a while, so that printing finds
/// it free. After anything that leaves the pipe in doubt the device is reset and opened anew. Its methods block, on a
/// thread of its own.
actor IPPPipe {
    private let identity: USBIdentity
    private let executor = BlockingExecutor(label: "ipp-over-usb")
    private var connection: IPPConnection?
    /// Counts requests, to know whether one came since.
    private var requests = 0

    /// How long an answer that nobody waits for any more may take to end.
    private static let drainTime = Duration.seconds(10)

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ identity: USBIdentity) {
        self.identity = identity
    }

    /// Sends one request and reads its response.
    ///
    /// - Returns: The response; `nil` when somebody else owns the device's interfaces.
    func exchange(_ request: Request, limits: TransportLimits) throws(TransportError) -> Response? {
        requests += 1
        guard !Task.isCancelled else { throw Self.cancelled }
        let isKept = connection != nil
        if !isKept { guard try open() else { return nil } }
        defer { giveBackLater() }
        return try perform(request, limits, isKept: isKept)
    }

    /// - Returns: `false` when somebody else owns the device's interfaces.
    private func open() throws(TransportError) -> Bool {
        do {
            connection = try IPPConnection(opening: identity)
            return true
        } catch  where error.code == USBError.busy {
            return false
        } catch {
            throw Self.failure(error, sent: false)
        }
    }

    private func perform(
        _ request: Request, _ limits: TransportLimits, isKept: Bool
    ) throws(TransportError) -> Response {
        let end = ContinuousClock.now + .seconds(limits.total)
        var framing = ResponseFraming(method: request.method, maximumBody: limits.maximumBody)
        var isSent = false
        do {
            try send(request, limits, before: end)
            isSent = true
            try receive(&framing, idle: .seconds(limits.idle), before: end)
        } catch let error as TransportError {
            // A whole request gets an answer, which would spoil the next one.
            let isWorthWaiting = isSent && (error.kind == .cancelled || error.kind == .tooLarge)
            if !isWorthWaiting || !drain(&framing) { reset() }
            throw error
        } catch let error as USBError {
            reset()
            // It was pulled out since the last request, which nobody has got, and may be back.
            if error.code == USBError.gone, isKept, !isSent, try open() {
                return try perform(request, limits, isKept: false)
            }
            throw Self.failure(error, sent: isSent)
        } catch {
            reset()
            throw TransportError(.connectionCut, "\(error)")
        }
        if framing.surplus > 0 || framing.isOpenEnded { reset() }
        return framing.response
    }

    private func send(_ request: Request, _ limits: TransportLimits, before end: ContinuousClock.Instant) throws {
        var rest = try Self.bytes(of: request)[...]
        var lastMove = ContinuousClock.now
        while !rest.isEmpty {
            try Self.checkTime(lastMove + .seconds(limits.idle), end)
            guard let count = try connection?.write(Array(rest.prefix(16 << 10))) else { throw Self.closed }
            if count > 0 { lastMove = .now }
            rest = rest.dropFirst(count)
        }
    }

    private func receive(
        _ framing: inout ResponseFraming, idle: Duration, before end: ContinuousClock.Instant
    ) throws {
        var lastMove = ContinuousClock.now
        while !framing.isDone {
            try Self.checkTime(lastMove + idle, end)
            guard let bytes = try connection?.read() else { throw Self.closed }
            if !bytes.isEmpty {
                lastMove = .now
                try framing.take(bytes)
            } else if framing.isOpenEnded {
                return
            }
        }
    }

    /// Reads the rest of an answer away; `false` when it does not end.
    private func drain(_ framing: inout ResponseFraming) -> Bool {
        framing.isDiscarding = true
        let end = ContinuousClock.now + Self.drainTime
        while !framing.isDone, !framing.isOpenEnded, ContinuousClock.now < end {
            guard let bytes = try? connection?.read(), (try? framing.take(bytes)) != nil else { return false }
        }
        return framing.isDone && framing.surplus == 0
    }

    private func reset() {
        connection?.reset()
        connection = nil
    }

    private func giveBackLater() {
        let seen = requests
        Task { [weak self] in
            try? await Task.sleep(for: .seconds(3))
            await self?.giveBack(unlessAfter: seen)
        }
    }

    private func giveBack(unlessAfter seen: Int) {
        if requests == seen { connection = nil }
    }

    // MARK: Words

    private static let cancelled = TransportError(.cancelled, "the request was cancelled")
    private static let closed = TransportError(.connectionCut, "the device was closed")

    private static func checkTime(
        _ idleEnd: ContinuousClock.Instant, _ end: ContinuousClock.Instant
    ) throws(TransportError) {
        if Task.isCancelled { throw cancelled }
        let now = ContinuousClock.now
        if now >= end { throw TransportError(.timedOut, "the exchange took too long") }
        if now >= idleEnd { throw TransportError(.timedOut, "no byte came in time") }
    }

    private static func failure(_ error: USBError, sent: Bool) -> TransportError {
        switch error.code {
        case USBError.notAllowed:
            TransportError(.notAllowed, "\(error): this user has no right to the USB device")
        case USBError.timedOut: TransportError(.timedOut, "\(error)")
        default: TransportError(sent ? .connectionCut : .unreachable, "\(error)")
        }
    }

    private static func bytes(of request: Request) throws(TransportError) -> [UInt8] {
        var lines = ["\(request.method) \(request.path) HTTP/1.1"]
        if request.headers["Host"] == nil { lines.append("Host: localhost") }
        lines += request.headers.fields.map { "\($0.name): \($0.value)" }
        if !request.body.isEmpty || request.method == "POST" || request.method == "PUT" {
            lines.append("Content-Length: \(request.body.count)")
        }
        let isClean = lines.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }
        guard isClean else {
            throw TransportError(.notHTTP, "a control character in the request's method, address or headers")
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + request.body
    }
}
