import Forms
import Foundation
import HTTP
import Support

extension Routes {
    /// What forms there are, and the JSON Schema of the document that each hands on.
    func addFormTypes(to router: inout Router) {
        router.on("GET", "/v1/form-types") { request, _ in
            _ = try access.caller(of: request)
            let limit = try limited(try number(request, "limit"), Self.page, "limit")
            let offset = try limited(try number(request, "offset"), Self.start, "offset")
            let items = forms.packages.dropFirst(offset).prefix(limit).map { package in
                FormType(
                    type: package.template.id, version: package.template.version, name: package.template.name,
                    schema: "/v1/form-types/\(package.template.id)/versions/\(package.template.version)/schema")
            }
            return try .json(List(items: Array(items), limit: limit, offset: offset))
        }
        router.on("GET", "/v1/form-types/{type}/versions/{version}/schema") { request, parameters in
            _ = try access.caller(of: request)
            guard let version = parameters["version"].flatMap({ Int($0) }),
                let package = forms[FormKey(id: parameters["type"] ?? "", version: version)]
            else { throw Problem("form-type-not-found", status: 404, title: "There is no such form type") }
            let bytes = try JSONCoding.encode(package.template.documentSchema)
            return tagged(
                "sha256-\(SHA256.hexadecimal(of: bytes))", request, type: "application/schema+json", bytes: bytes)
        }
    }

    struct FormType: Encodable {
        var type: String
        var version: Int
        var name: LocalizedText
        var schema: String
    }
}
