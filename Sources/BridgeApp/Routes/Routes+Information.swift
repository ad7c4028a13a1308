import HTTP
import Support

extension Routes {
    /// As DIGG's REST API-profil wants it (VER.06).
    func addInformation(to router: inout Router) {
        router.on("GET", "/v1/api-info") { request, _ in
            _ = try access.caller(of: request)
            let information: JSONValue = [
                "apiName": "blankett-bridge", "apiVersion": .string(BridgeProgram.version), "apiReleased": "2026-11-23",
                "apiDocumentation": "docs/bridge.md", "apiStatus": "beta",
            ]
            return try .json(information)
        }
    }
}
