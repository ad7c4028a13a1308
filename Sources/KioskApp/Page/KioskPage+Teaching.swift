public import AgentApp
import Forms
import Foundation
import HTTP
import Support

extension KioskPage {
    /// What teaching forms needs.
    public struct Teaching: Sendable {
        public var forms: FormDesk
        public var drafts: TeachingDesk

        public init(forms: FormDesk, drafts: TeachingDesk) {
            self.forms = forms
            self.drafts = drafts
        }
    }

    /// For a technician: forms in force, and forms that are being taught.
    static func addTeaching(to router: inout Router, _ teaching: Teaching) {
        let (forms, desk) = (teaching.forms, teaching.drafts)
        router.on("GET", "/api/forms") { _, _ in try .json(await forms.views) }
        router.on("GET", "/api/teach/pages") { _, _ in
            try await .answering { try .json(await desk.pagesAtHand()) }
        }
        router.on("GET", "/api/teach/drafts") { _, _ in try .json(await desk.summaries) }
        router.on("POST", "/api/teach/drafts") { request, _ in
            let wish: DraftWish = try .body(of: request)
            return try await .answering { try .json(["id": await desk.begin(wish)], status: 201) }
        }
        router.on("GET", "/api/teach/drafts/{id}") { _, parameters in
            try await .answering { try .json(await desk.view(try parameters.id())) }
        }
        router.on("GET", "/api/teach/drafts/{id}/pages/{number}") { _, parameters in
            try await .answering {
                let number = parameters["number"].flatMap { Int($0) } ?? 0
                return Response(
                    status: 200, headers: ["Content-Type": "image/png"],
                    bytes: try await desk.page(number, of: try parameters.id()))
            }
        }
        router.on("POST", "/api/teach/drafts/{id}/{action}") { request, parameters in
            try await .answering {
                let id = try parameters.id()
                switch parameters["action"] {
                case "form":
                    let wish: FormWish = try .body(of: request)
                    return try .json(
                        await desk.save(wish.form, schema: wish.schema, revision: wish.revision, of: id))
                case "try":
                    let wish: DraftWish = try .body(of: request)
                    return try .json(await desk.attempt(wish.files ?? [], pages: wish.pages ?? [], with: id))
                case "alike": return try .json(await desk.places(alike: try .body(of: request), of: id))
                case "certify":
                    let wish: [String: Int] = try .body(of: request)
                    try await desk.certify(id, copies: wish["copies"] ?? 20)
                case "certify-stop": await desk.stopCertifying(id)
                case "live":
                    let wish: LiveWish = try .body(of: request)
                    return try .json(await desk.goLive(id, revision: wish.revision, reason: wish.reason))
                case "remove": try await desk.remove(id)
                default: throw Problem("not-found", status: 404, title: "There is nothing at this address")
                }
                return Response(status: 204)
            }
        }
    }
}

private struct FormWish: Decodable {
    var revision: Int
    var form: JSONValue
    /// Left out, the one that is there stays; `null` removes it.
    var schema: JSONValue?

    private enum CodingKeys: CodingKey {
        case revision, form, schema
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        revision = try container.decode(Int.self, forKey: .revision)
        form = try container.decode(JSONValue.self, forKey: .form)
        // A bare nil would be JSON's null here.
        if container.contains(.schema) { schema = try container.decode(JSONValue.self, forKey: .schema) }
    }
}

private struct LiveWish: Decodable {
    var revision: Int
    var reason: String?
}
