import Foundation
import HTTP
import Support

extension Routes {
    /// What the API is: as DIGG's REST API-profil wants it (VER.06), as OpenAPI, and what each problem means.
    func addInformation(to router: inout Router) {
        router.on("GET", "/v1/api-info") { request, _ in
            _ = try access.caller(of: request)
            let information: JSONValue = [
                "apiName": "blankett-bridge", "apiVersion": .string(BridgeProgram.version), "apiReleased": "2026-11-23",
                "apiDocumentation": "/v1/openapi.json", "apiStatus": "beta",
            ]
            return try .json(information)
        }
        router.on("GET", Self.description) { request, _ in
            let bytes = APIDescription.bytes
            return tagged("sha256-\(SHA256.hexadecimal(of: bytes))", request, type: "application/json", bytes: bytes)
        }
        router.on("GET", "/problems/{code}") { _, parameters in
            guard let meaning = APIDescription.problems[parameters["code"] ?? ""] else {
                throw Problem("not-found", status: 404, title: "There is nothing at this address")
            }
            return try .json(meaning)
        }
    }

    private static let description = "/v1/openapi.json"

    /// What an integrator may read before they have a token: it tells of nobody.
    static func isPublic(_ request: Request) -> Bool {
        ["GET", "HEAD"].contains(request.method)
            && (request.path == description || request.path.hasPrefix("/problems/"))
    }

    /// Where somebody asks to become known: nothing is shown yet that could be checked by the head alone.
    static func isForStrangers(_ request: Request) -> Bool {
        request.path == "/v1/token" || request.path == "/v1/enrolments"
    }
}
