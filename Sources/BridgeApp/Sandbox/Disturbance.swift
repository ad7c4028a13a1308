import Delivery
import Foundation
import HTTP
import HTTPServer
import Support

/// Answers consumers as a bad network and a restarted bridge would: late, twice, or not at all.
///
/// A consumer that books each record once under this books each once in earnest.
struct Disturbance: Sendable {
    enum Kind: CaseIterable, Sendable {
        /// The answer comes after seconds.
        case delayed
        /// The request is lost on the way, and nothing happens.
        case lostBefore
        /// What was asked has happened, but the answer is lost.
        case lostAfter
        /// The request arrives twice.
        case doubled
        /// Not now.
        case unavailable
        /// The records of a claim come again soon, to whoever asks then.
        case comesAgain
    }

    /// Share of the requests that are disturbed, 0...1.
    var share: Double
    var log: Logger

    func around(_ handler: @escaping HTTPServer.Handler) -> HTTPServer.Handler {
        { request in
            guard request.path.hasPrefix("/v1/subscriptions/") || request.path.hasPrefix("/v1/records/"),
                request.method != "PUT", Double.random(in: 0..<1) < share, let kind = Kind.allCases.randomElement()
            else { return await handler(request) }
            log.log(.info, "disturbed", .name("how", "\(kind)"), .name("method", request.method))
            switch kind {
            case .delayed:
                let response = await handler(request)
                try? await Task.sleep(for: .milliseconds(Int.random(in: 200...4000)))
                return response
            case .lostBefore: return Response(status: 0)
            case .lostAfter:
                _ = await handler(request)
                return Response(status: 0)
            case .doubled:
                _ = await handler(request)
                return await handler(request)
            case .unavailable:
                return .problem(Problem("not-ready", status: 503, title: "The service is starting", retryAfter: 1))
            case .comesAgain:
                let response = await handler(request)
                if request.path.hasSuffix("/claims") { release(response, request, handler) }
                return response
            }
        }
    }

    /// Gives the claimed records free while the consumer works on them.
    private func release(_ response: Response, _ request: Request, _ handler: @escaping HTTPServer.Handler) {
        guard let bytes = response.bytes, let answer = try? JSONCoding.decode(JSONValue.self, from: bytes) else {
            return
        }
        let items = (answer["items"]?.arrayValue ?? []).compactMap { item in
            item["leaseId"]?.stringValue.map {
                AcknowledgementRequest.Item(leaseId: $0, outcome: .retry, retryAfterSeconds: 0)
            }
        }
        guard !items.isEmpty, let body = try? JSONCoding.encode(AcknowledgementRequest(items: items)) else { return }
        var release = request
        release.method = "POST"
        release.path = String(request.path.dropLast("claims".count)) + "acknowledgements"
        release.body = body
        Task { [release] in
            try? await Task.sleep(for: .milliseconds(Int.random(in: 0...300)))
            _ = await handler(release)
        }
    }
}
