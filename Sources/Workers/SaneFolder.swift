import Foundation
import Scanning
import Support

/// A folder of one scan-worker's own: SANE's configuration with one backend, and a place for temporary files.
///
/// With the system's configuration SANE would load every backend and broadcast on the network; with the system's
/// temporary folder two drivers of the same kind would write into one file. Removed at the end; what a program that was
/// killed left behind, with pages that drivers may have put there, is removed when the next folder is made.
struct SaneFolder {
    private static let prefix = "blankett-scan-"
    private let folder: HeldFolder

    /// - Throws: ``BlankettError`` `storage` when it cannot be made.
    init(backend: String, files: [String: String], in place: URL?) throws(BlankettError) {
        let place = place ?? FileManager.default.temporaryDirectory
        HeldFolder.removeAbandoned(in: place, prefix: Self.prefix)
        var files = files
        files["dll.conf"] = backend + "\n"
        // A backend's own file tells it which devices are its own; without one many find nothing.
        let own = backend + ".conf"
        if files[own] == nil { files[own] = Self.systemFile(own) }
        do {
            folder = try HeldFolder(in: place, prefix: Self.prefix)
            for name in ["configuration", "temporary"] {
                try FileManager.default.createDirectory(
                    at: folder.url.appending(path: name), withIntermediateDirectories: false,
                    attributes: [.posixPermissions: 0o700])
            }
            for (name, text) in files {
                try Data(text.utf8).write(to: folder.url.appending(path: "configuration").appending(path: name))
            }
        } catch {
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

    var environment: [String: String] {
        [
            "SANE_CONFIG_DIR": folder.url.appending(path: "configuration").path(),
            "TMPDIR": folder.url.appending(path: "temporary").path(),
        ]
    }
}
