import Foundation
import Scanning
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
        if files[own] == nil { files[own] = Self.systemFile(own) }
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

    /// What the system's configuration says of a backend.
    static func systemFile(_ name: String) -> String? {
        try? String(contentsOf: URL(filePath: "/etc/sane.d/" + name), encoding: .utf8)
    }

    /// A backend's file without the other devices that it would look for, and open.
    ///
    /// - Parameters:
    ///   - text: The backend's file; other settings in it, such as where firmware lies, stay.
    ///   - identity: The device that is wanted.
    /// - Returns: The file for this device only.
    static func narrowed(_ text: String, to identity: USBIdentity) -> String {
        let parts = identity.model.split(separator: ":").map { "0x" + $0 }
        let own = "usb \(parts[0]) \(parts[1])"
        var knowsIdentities = false
        var isListed = false
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).filter { line in
            let words = line.lowercased().split(whereSeparator: \.isWhitespace)
            switch words.first {
            case "usb" where words.count >= 3:
                knowsIdentities = true
                guard words[1...2].joined(separator: " ") == parts.joined(separator: " ") else { return false }
                isListed = true
                return true
            case "net", "scsi", "tcp", "bjnp": return false
            default: return true
            }
        }
        if knowsIdentities, !isListed { lines.append(own) }
        return lines.joined(separator: "\n") + "\n"
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
