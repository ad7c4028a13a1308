import AgentApp
import Foundation
import HTTP
import Support

extension KioskPage {
    /// What a clerk says of documents.
    static func addDocuments(to router: inout Router, _ station: Station) {
        router.on("GET", "/api/documents/{id}") { _, parameters in
            let revision = station.changes.count
            return try await .answering {
                try .json(DocumentPageView(revision, try await station.view(ofDocument: try parameters.id()), station))
            }
        }
        router.on("GET", "/api/documents/{id}/forms") { _, parameters in
            try await .answering {
                let document = try await station.view(ofDocument: try parameters.id()).document
                return try .json(FormChoice.all(at: station, near: document.form))
            }
        }
        router.on("POST", "/api/documents/{id}/fields/{name}") { request, parameters in
            let wish: FieldWish = try .body(of: request)
            let decision = try wish.decision
            return try await .answering {
                try await station.decide(
                    decision, field: parameters["name"] ?? "", of: try parameters.id(), revision: wish.revision)
                return Response(status: 204)
            }
        }
        router.on("POST", "/api/documents/send-ready") { request, _ in
            let wish: DocumentsWish = try .body(of: request)
            return try await .answering { try .json(["sent": try await station.sendReady(wish.documents)]) }
        }
        router.on("POST", "/api/documents/{id}/{action}") { request, parameters in
            let wish: DocumentWish = try .body(of: request)
            return try await .answering {
                let id = try parameters.id()
                switch parameters["action"] {
                case "confirm-all": try await station.confirmAll(of: id)
                case "send": try await station.send(id, revision: wish.revision, seconds: wish.seconds)
                case "undo": try await station.takeBack(of: id, revision: wish.revision)
                case "discard": try await station.discard(id)
                case "keep": try await station.keep(id)
                case "reopen": try await station.reopen(id)
                case "read-again": try await station.readAgain(id, as: wish.form, version: wish.version)
                default: throw Problem("not-found", status: 404, title: "There is nothing at this address")
                }
                return Response(status: 204)
            }
        }
    }
}

private struct DocumentsWish: Decodable {
    /// All that are ready where it is left out.
    var documents: [UUIDv7]?
}

private struct DocumentWish: Decodable {
    /// What was seen of the document.
    var revision: Int?
    /// How long the clerk worked on it.
    var seconds: Int?
    /// As which form it is read again.
    var form: String?
    /// And as exactly which version of it.
    var version: Int?
}

/// What a clerk says of a field, as the page sends it.
private struct FieldWish: Decodable {
    var action: String
    /// What was seen of the document.
    var revision: Int?
    var text: String?
    var values: [String]?
    var ticked: Bool?
    var rows: [[String: String]]?

    var decision: FieldDecision {
        get throws {
            switch action {
            case "confirm": .confirm
            case "clear": .clear
            case "correct": .correct(try given(text))
            case "choose": .choose(try given(values))
            case "tick": .tick(try given(ticked))
            case "fill": .fill(try given(rows))
            default: throw Self.nothing
            }
        }
    }

    private func given<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Self.nothing }
        return value
    }

    private static let nothing = Problem(
        "bad-request", status: 400, title: "This is nothing that can be said of a field")
}
