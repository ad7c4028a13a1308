public import Foundation
import HTTP
import Support

/// The page's own files, read once at the start; nothing else can be asked for.
public struct WebFiles: Sendable {
    private struct File: Sendable {
        var bytes: [UInt8]
        var mediaType: String
    }

    private let files: [String: File]

    /// Finds the files beside the program, wherever it was started from, or where it was built.
    public init() {
        self.init(
            folder: ProgramResources.folder(
                "Web", of: "KioskApp", installed: "kiosk", builtAt: Bundle.module.bundleURL))
    }

    public init(folder: URL) {
        let mediaTypes = [
            "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
            "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
        ]
        var files: [String: File] = [:]
        for name in (try? FileManager.default.subpathsOfDirectory(atPath: folder.path())) ?? [] {
            let url = folder.appending(path: name)
            guard let mediaType = mediaTypes[url.pathExtension], let data = try? Data(contentsOf: url) else { continue }
            files["/" + name] = File(bytes: [UInt8](data), mediaType: mediaType)
        }
        files["/"] = files["/index.html"]
        self.files = files
    }

    public var isEmpty: Bool { files.isEmpty }

    func response(for path: String) -> Response? {
        files[path].map { Response(status: 200, headers: ["Content-Type": $0.mediaType], bytes: $0.bytes) }
    }
}
