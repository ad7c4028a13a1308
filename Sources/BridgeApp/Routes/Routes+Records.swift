import Delivery
import HTTP
import SQLiteStore
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
                try requireRoom()
                let isNew = try await store.put(record, body: request.body, by: origin(caller))
                return Response(
                    status: isNew ? 201 : 200, headers: ["Content-Type": "application/json"],
                    bytes: Array("{\"id\":\"\(id)\",\"status\":\"stored\"}".utf8))
            }
        }
        router.on("GET", "/v1/records/{id}") { request, parameters in
            try await guarded {
                let (record, _) = try await record(request, parameters)
                return tagged(
                    "sha256-\(record.digest.hexadecimal)", request, type: "application/json", bytes: record.body)
            }
        }
        router.on("GET", "/v1/records/{id}/pages/{number}") { request, parameters in
            try await guarded {
                let (record, _) = try await record(request, parameters)
                guard let number = Int(parameters["number"] ?? ""),
                    let page = record.pages.first(where: { $0.number == number }),
                    let bytes = try await onDiskThread({ [blobs = store.blobs] in try blobs.read(page.sha256) })
                else { throw Problem("page-not-found", status: 404, title: "The record has no such page") }
                var response = tagged("sha256-\(page.sha256)", request, type: page.mediaType, bytes: bytes)
                let ending = page.mediaType.split(separator: "/").last ?? "bin"
                response.headers["Content-Disposition"] =
                    "attachment; filename=\"\(record.id)-\(page.number).\(ending)\""
                return response
            }
        }
    }

    private func record(_ request: Request, _ parameters: Router.Parameters) async throws -> (StoredRecord, Caller) {
        let (caller, subscription) = try access.consumer(of: request)
        guard let id = UUIDv7(parameters["id"] ?? ""), let record = try await store.record(id, for: subscription) else {
            throw Problem.recordNotFound
        }
        return (record, caller)
    }
}
