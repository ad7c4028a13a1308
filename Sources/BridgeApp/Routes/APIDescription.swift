import Foundation
import Support

/// The OpenAPI document that the bridge serves, read once.
enum APIDescription {
    static let bytes: [UInt8] = {
        let folder = ProgramResources.folder(
            "API", of: "BridgeApp", installed: "bridge", builtAt: Bundle.module.bundleURL)
        return (try? Data(contentsOf: folder.appending(path: "openapi.json"))).map([UInt8].init) ?? []
    }()

    /// Code to what it means, in Swedish and English.
    static let problems: [String: JSONValue] =
        (try? JSONCoding.decode(JSONValue.self, from: bytes))?["x-problems"]?.objectValue ?? [:]
}
