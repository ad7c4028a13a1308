import Foundation
import HTTP
import Support

/// A case system behind a REST API, which is asked as the mapping says.
///
/// Such systems know no idempotency key. So a case is looked for by the record's id before it is made, and a page is sent
/// only when no attachment has its hash: whoever died in between, it is one case with each page once.
struct RESTTarget: Taker {
    struct Attachments: Sendable {
        /// With `{caseId}`: where they are listed, and sent as multipart.
        var path: String
        /// The name of the part that holds the file.
        var part: String
        /// Where in the listed attachments the SHA-256 stands.
        var hash: JSONPointer
        /// More parts, as text.
        var parts: [String: String]
        var sendsPages: Bool
        var sendsDocument: Bool
    }

    /// Scheme, host, port.
    var origin: String
    var headers: [String: String]
    var find: (path: String, items: JSONPointer, caseId: JSONPointer)
    var create: (path: String, body: Template)
    var attachments: Attachments?
    /// The number that is told to the bridge, in the case as it is listed; the case's id where there is none.
    var receipt: JSONPointer?
    let transport: any HTTPTransport

    func take(_ claimed: BridgeConsumer.Claimed, from bridge: BridgeConsumer) async throws -> Taken {
        do {
            var found = try await cases(of: claimed)
            if found.isEmpty {
                guard let body = create.body.filled(from: claimed.record),
                    let path = Template.path(create.path, from: claimed.record)
                else { return .refused("mapping-incomplete") }
                _ = try await ask("POST", path, JSONCoding.encode(body), type: "application/json", creates: true)
                found = try await cases(of: claimed)
            }
            guard let first = found.first else { return .later(nil, reason: "made-but-not-found") }
            guard found.count == 1 else { return .refused("found-more-than-once") }
            guard let caseId = first[find.caseId].flatMap(Template.text(of:)) else {
                return .refused("case-without-id")
            }
            if let attachments { try await send(attachments, of: claimed, to: caseId, from: bridge) }
            return .done(caseId: receipt.flatMap { first[$0] }.flatMap(Template.text(of:)) ?? caseId)
        } catch let refusal as TargetRefusal {
            return refusal.taken
        }
    }

    /// The cases that hold the record's id; what a system lists that does not know the filter is none.
    private func cases(of claimed: BridgeConsumer.Claimed) async throws -> [JSONValue] {
        guard let path = Template.path(find.path, from: claimed.record) else { return [] }
        let answer = try JSONCoding.decode(JSONValue.self, from: await ask("GET", path))
        guard let items = answer[find.items]?.arrayValue else { throw TargetRefusal(status: 200, retryAfter: nil) }
        return items.filter { Self.holds(claimed.id, $0) }
    }

    private static func holds(_ text: String, _ value: JSONValue) -> Bool {
        switch value {
        case .string(let other): other == text
        case .array(let elements): elements.contains { holds(text, $0) }
        case .object(let members): members.values.contains { holds(text, $0) }
        case .null, .bool, .number: false
        }
    }

    private func send(
        _ attachments: Attachments, of claimed: BridgeConsumer.Claimed, to caseId: String, from bridge: BridgeConsumer
    ) async throws {
        guard let path = Template.path(attachments.path, from: claimed.record, ["caseId": caseId]) else { return }
        let listed = try JSONCoding.decode(JSONValue.self, from: await ask("GET", path)).arrayValue ?? []
        var there = Set(listed.compactMap { $0[attachments.hash]?.stringValue?.lowercased() })
        if attachments.sendsPages {
            for page in claimed.pages where !there.contains(page.sha256) {
                let bytes = try await bridge.page(page.number, of: claimed.id)
                let ending = page.mediaType.split(separator: "/").last.map(String.init) ?? "bin"
                try await send(
                    bytes, named: "\(claimed.id)-\(page.number).\(ending)", page.mediaType, attachments, path)
                there.insert(page.sha256)
            }
        }
        if attachments.sendsDocument, let document = try await bridge.document(of: claimed.id),
            !there.contains(SHA256.hexadecimal(of: document))
        {
            try await send(document, named: "\(claimed.id).pdf", "application/pdf", attachments, path)
        }
    }

    private func send(
        _ bytes: [UInt8], named name: String, _ type: String, _ attachments: Attachments, _ path: String
    ) async throws {
        let boundary = "blankett-\(UUIDv7())"
        var body: [UInt8] = []
        for (part, text) in attachments.parts.sorted(by: { $0.key < $1.key }) {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part)\"\r\n\r\n\(text)\r\n".utf8
        }
        body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(attachments.part)\"; ".utf8
        body += "filename=\"\(name)\"\r\nContent-Type: \(type)\r\n\r\n".utf8
        body += bytes
        body += "\r\n--\(boundary)--\r\n".utf8
        _ = try await ask("POST", path, body, type: "multipart/form-data; boundary=\(boundary)", creates: true)
    }

    /// What `creates` something is never sent twice on its own, as a client may do when a kept connection was dead.
    private func ask(
        _ method: String, _ path: String, _ body: [UInt8] = [], type: String? = nil, creates: Bool = false
    ) async throws -> [UInt8] {
        var request = Request(method, path, body: body)
        for (name, value) in headers { request.headers[name] = value }
        request.headers["Accept"] = "application/json"
        if let type { request.headers["Content-Type"] = type }
        var limits = TransportLimits(total: 60)
        limits.freshConnection = creates
        let response = try await transport.send(request, to: origin, limits: limits)
        guard (200..<300).contains(response.status) else {
            throw TargetRefusal(
                status: response.status, retryAfter: response.headers["Retry-After"].flatMap { Int($0) })
        }
        return response.bytes ?? []
    }
}

/// The case system said no.
private struct TargetRefusal: Error {
    var status: Int
    var retryAfter: Int?

    var taken: Taken {
        switch status {
        // What it does not take today it will not take tomorrow: a person must look.
        case 400, 409, 413, 415, 422: .refused("target-said-\(status)")
        // The mapping or its rights: the record is not to blame.
        case 401, 403, 404, 405: .later(retryAfter ?? 300, reason: "target-said-\(status)")
        default: .later(retryAfter, reason: "target-said-\(status)")
        }
    }
}
