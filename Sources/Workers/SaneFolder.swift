import Foundation
import Support

/// A folder of one scan-worker's own: SANE's configuration with one backend, and a place for temporary files.
///
/// With the system's configuration SANE would load every backend and broadcast on the network; with the system's
/// temporary folder two drivers of the same kind would write into one file. Removed at the end.
struct SaneFolder: ~Copyable {
    private let folder: URL

    /// - Throws: ``BlankettError`` `storage` when it cannot be made.
    init(backend: String, files: [String: String]) throws(BlankettError) {
        let manager = FileManager.default
        folder = manager.temporaryDirectory.appending(path: "blankett-scan-\(UUID().uuidString)")
        var files = files
        files["dll.conf"] = backend + "\n"
        // A backend's own file tells it which devices are its own; without one many find nothing.
        let own = backend + ".conf"
        if files[own] == nil {
            files[own] = try? String(contentsOf: URL(filePath: "/etc/sane.d/" + own), encoding: .utf8)
        }
        do {
            let mine: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try manager.createDirectory(at: folder, withIntermediateDirectories: true, attributes: mine)
            for name in ["configuration", "temporary"] {
                let url = folder.appending(path: name)
                try manager.createDirectory(at: url, withIntermediateDirectories: false, attributes: mine)
            }
            for (name, text) in files {
                try Data(text.utf8).write(to: folder.appending(path: "configuration").appending(path: name))
            }
        } catch {
            try? manager.removeItem(at: folder)
            throw BlankettError(
                "storage", exit: .storage, "A folder for the scanner's driver could not be made.",
                advice: "Check that there is room on the disk.", cause: error)
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var environment: [String: String] {
        [
            "SANE_CONFIG_DIR": folder.appending(path: "configuration").path(),
            "TMPDIR": folder.appending(path: "temporary").path(),
        ]
    }
}
