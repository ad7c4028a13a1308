import Delivery
import Evidence
import Forms
import HTTP
import Support

extension Routes {
    func addRecords(to router: inout Router) {
        router.on("PUT", "/v1/records/{id}") { request, parameters in
            try await guarded {
                let caller = try access.agent(of: request)
                guard let id = UUIDv7(parameters["id"] ?? "") else {
                    throw Problem("bad-request", status: 400, title: "The address does not end with a UUID version 7")
                }
                let record = try Record.checked(request.body, id: id)
                try documents.require(record)
                try requireRoom()
                let isNew = try await store.put(record, body: request.body, by: origin(caller))
                if isNew {
                    if request.peer.certificate != nil {
                        // Also the 0 counts: only from there on can it increase.
                        metrics.count(
                            "blankett_source_mismatches_total", ["agent": caller.name],
                            by: record.isFrom(kiosk: caller.name) ? 0 : 1)
                    }
                    let type = record.data.form.type
                    metrics.count(
                        "blankett_records_received_total",
                        [
                            "form_type": forms.packages.contains { $0.template.id == type } ? type : "other",
                            "agent": caller.name,
                        ])
                }
                return Response(
                    status: isNew ? 201 : 200, headers: ["Content-Type": "application/json"],
                    bytes: Array("{\"id\":\"\(id)\",\"status\":\"stored\"}".utf8))
            }
        }
        router.on("GET", "/v1/records/{id}") { request, parameters in
            try await guarded {
                let (record, redaction) = try await record(request, parameters)
                let bytes = try redaction?.apply(to: record.body) ?? record.body
                let digest = redaction == nil ? record.digest : SHA256.hash(bytes)
                return tagged("sha256-\(digest.hexadecimal)", request, type: "application/json", bytes: bytes)
            }
        }
        router.on("GET", "/v1/records/{id}/pages/{number}") { request, parameters in
            try await guarded {
                let (record, redaction) = try await record(request, parameters)
                let number = Int(parameters["number"] ?? "")
                try requireSight(of: number, of: record, redaction)
                guard let number, let page = try record.pages().first(where: { $0.number == number }),
                    let bytes = try await store.blob(page.sha256)
                else { throw Problem("page-not-found", status: 404, title: "The record has no such page") }
                var response = tagged("sha256-\(page.sha256)", request, type: page.mediaType, bytes: bytes)
                let ending = page.mediaType.split(separator: "/").last ?? "bin"
                response.headers["Content-Disposition"] =
                    "attachment; filename=\"\(record.id)-\(page.number).\(ending)\""
                return response
            }
        }
        router.on("GET", "/v1/records/{id}/document") { request, parameters in
            try await guarded {
                let (record, redaction) = try await record(request, parameters)
                try requireSight(of: nil, of: record, redaction)
                return try await document(of: record, request)
            }
        }
    }

    private func document(of stored: StoredRecord, _ request: Request) async throws -> Response {
        let tag = "document-\(EvidenceDocument.version)-\(stored.digest.hexadecimal)"
        let record = try JSONCoding.decode(Record.self, from: stored.body)
        var response = tagged(tag, request, type: "application/pdf", bytes: [])
        // Who has it already does not make the bridge write it again.
        guard response.status == 200 else { return response }
        var images: [String: [UInt8]] = [:]
        var room = Self.largestDocument
        for name in Set(record.data.pages.map(\.sha256)) {
            guard let image = try await store.blob(name) else {
                throw Problem("page-not-found", status: 404, title: "A page of the record is not here")
            }
            room -= image.count
            guard room >= 0 else { throw Problem.documentNotPossible("Its pages are too large together.") }
            images[name] = image
        }
        response = try await onWorkThread { [images] in
            let document = EvidenceDocument(record, digest: stored.digest)
            let bytes = try document.pdf { page in images[page.sha256] ?? [] }
            return tagged(tag, request, type: "application/pdf", bytes: bytes)
        }
        response.headers["Content-Disposition"] = "attachment; filename=\"\(stored.id).pdf\""
        return response
    }

    /// In bytes of page images: a document is made in memory.
    private static let largestDocument = 100_000_000

    /// The record, and what its reader does not see of it.
    private func record(
        _ request: Request, _ parameters: Router.Parameters
    ) async throws -> (StoredRecord, Redaction?) {
        let (_, subscription) = try access.consumer(of: request)
        guard let id = UUIDv7(parameters["id"] ?? ""), let record = try await store.record(id, for: subscription) else {
            throw Problem.recordNotFound
        }
        return (record, redactions[subscription])
    }

    /// Refuses a page, or the whole document, that shows a field which its reader may not see.
    private func requireSight(of page: Int?, of stored: StoredRecord, _ redaction: Redaction?) throws {
        guard let redaction else { return }
        let record: Record = try JSONCoding.decode(from: stored.body)
        guard page.map({ redaction.shows(page: $0, of: record) }) ?? redaction.showsAll(of: record) else {
            throw Problem(
                "page-hidden", status: 403, title: "This page shows a field that you may not see",
                detail: "The record comes without that field.")
        }
    }
}

extension Problem {
    static func documentNotPossible(_ why: String) -> Problem {
        Problem(
            "document-not-possible", status: 409, title: "The record cannot be given as one document",
            detail: "\(why) Fetch its pages one by one.")
    }
}
