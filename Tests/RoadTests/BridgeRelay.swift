import Foundation
import HTTP
import HTTPClient
import HTTPServer
import Support

/// Stands between the agent and the bridge, and fails on cue at one planned request.
actor BridgeRelay {
    /// The n-th PUT of a kind, counted from 1, and what happens to it.
    struct Cue: Sendable {
        enum Kind: String, Sendable { case blobs, records }

        enum Fate: Sendable, Hashable {
            /// The bridge never sees it, and the agent waits.
            case keptFromBridge
            /// The bridge has it, and the agent waits for the answer.
            case answerKept
            /// The bridge has it, and half of the answer comes.
            case answerCut
            /// The bridge never sees it; this status is answered.
            case refused(Int)
        }

        var kind: Kind
        var number: Int
        var fate: Fate
    }

    private let bridge: String
    private let cue: Cue
    private let transport = CurlTransport()
    private let server: HTTPServer
    private var seen: [Cue.Kind: Int] = [:]
    /// Rings when the cue has come.
    private let reached = Bell()
    private let isOver = Bell()
    private let door = Door()

    init(to bridge: String, cue: Cue) throws {
        (self.bridge, self.cue) = (bridge, cue)
        let door = door
        server = try HTTPServer(HTTPServer.Configuration(maximumBody: 64 << 20)) { await door.respond(to: $0) }
        door.relay = self
    }

    nonisolated var origin: String { server.origin }

    /// Waits until the planned request has come; gives up after a minute.
    ///
    /// - Returns: Whether it came.
    nonisolated func isReached() async -> Bool {
        await reached.wait(after: 0, atMost: .seconds(60)) > 0
    }

    /// Lets go of the request that is held, and of its connection.
    nonisolated func stop() async {
        isOver.ring()
        await server.stop(grace: .seconds(1))
    }

    fileprivate func respond(to request: Request) async -> Response {
        guard isPlanned(request) else { return await passOn(request) }
        switch cue.fate {
        case .keptFromBridge:
            reached.ring()
            await isOver.wait(after: 0)
            return Response(status: 503)
        case .answerKept:
            _ = await passOn(request)
            reached.ring()
            await isOver.wait(after: 0)
            return Response(status: 503)
        case .answerCut:
            _ = await passOn(request)
            reached.ring()
            return Response(
                status: 201, body: .stream(AsyncThrowingStream { $0.finish(throwing: CancellationError()) }))
        case .refused(let status):
            reached.ring()
            return Response(status: status)
        }
    }

    private func isPlanned(_ request: Request) -> Bool {
        guard request.method == "PUT", let kind = Cue.Kind(rawValue: String(request.path.split(separator: "/")[1]))
        else { return false }
        seen[kind, default: 0] += 1
        return kind == cue.kind && seen[kind] == cue.number
    }

    private func passOn(_ request: Request) async -> Response {
        // What belongs to the one connection is made anew for the other.
        var onward = Request(request.method, request.path, body: request.body)
        for name in ["Authorization", "Content-Type", "Accept"] { onward.headers[name] = request.headers[name] }
        return (try? await transport.send(onward, to: bridge)) ?? Response(status: 502)
    }
}

/// Where requests come in; behind it is the relay, once that is complete.
private final class Door: Sendable {
    // Set before anybody knows the server's address.
    nonisolated(unsafe) weak var relay: BridgeRelay?

    func respond(to request: Request) async -> Response {
        await relay?.respond(to: request) ?? Response(status: 503)
    }
}
