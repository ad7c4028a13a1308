import Delivery
import Foundation
import HTTP
import Support

/// What a connector asks of the bridge, as the consumer of one subscription.
struct BridgeConsumer: Sendable {
    /// A record that was leased, with its bytes and as a document.
    struct Claimed: Sendable {
        var id: String
        var lease: String
        var record: JSONValue

        var pages: [(number: Int, sha256: String, mediaType: String)] {
            (record["data"]?["pages"]?.arrayValue ?? []).compactMap { page in
                guard let number = page["number"]?.numberValue, let sha256 = page["sha256"]?.stringValue,
                    let type = page["mediaType"]?.stringValue
                else { return nil }
                return (Int(number), sha256, type)
            }
        }
    }

    let origin: String
    let subscription: String
    let credentials: BridgeCredentials
    let transport: any HTTPTransport

    func claim(limit: Int, leaseSeconds: Int, waitSeconds: Int) async throws -> [Claimed] {
        let wish = ClaimRequest(limit: limit, leaseSeconds: leaseSeconds, waitSeconds: waitSeconds)
        let answer = try await ask("POST", "/v1/subscriptions/\(subscription)/claims", JSONCoding.encode(wish))
        let document = try JSONCoding.decode(JSONValue.self, from: answer)
        return (document["items"]?.arrayValue ?? []).compactMap { item in
            guard let lease = item["leaseId"]?.stringValue, let record = item["record"],
                let id = record["id"]?.stringValue
            else { return nil }
            return Claimed(id: id, lease: lease, record: record)
        }
    }

    /// Tells the bridge until it answers, or the program is to end.
    func acknowledge(_ item: AcknowledgementRequest.Item) async throws -> AcknowledgementResponse.Result? {
        let answer = try await ask(
            "POST", "/v1/subscriptions/\(subscription)/acknowledgements",
            JSONCoding.encode(AcknowledgementRequest(items: [item])))
        return try JSONCoding.decode(AcknowledgementResponse.self, from: answer).items.first?.result
    }

    func page(_ number: Int, of id: String) async throws -> [UInt8] {
        try await ask("GET", "/v1/records/\(id)/pages/\(number)")
    }

    /// The pages as one PDF; `nil` when the bridge cannot make it of these pages, or may not give it.
    func document(of id: String) async throws -> [UInt8]? {
        do {
            return try await ask("GET", "/v1/records/\(id)/document")
        } catch let failure as BridgeFailure where [403, 404, 409].contains(failure.status) {
            return nil
        }
    }

    private func ask(_ method: String, _ path: String, _ body: [UInt8] = []) async throws -> [UInt8] {
        let token = try await credentials.token(from: origin, over: transport)
        var request = Request(method, path, headers: ["Authorization": "Bearer \(token)"], body: body)
        if !body.isEmpty { request.headers["Content-Type"] = "application/json" }
        let response = try await transport.send(request, to: origin, limits: TransportLimits(total: 60))
        guard response.status == 200, let bytes = response.bytes else {
            if response.status == 401 { await credentials.forget() }
            throw BridgeFailure(status: response.status)
        }
        return bytes
    }
}

/// The bridge said no.
struct BridgeFailure: Error, Hashable {
    var status: Int
}
