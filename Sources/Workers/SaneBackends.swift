import Foundation

/// The SANE backends of this machine.
public enum SaneBackends {
    /// Whether the backend's library lies where libsane looks for it.
    public static func isInstalled(_ backend: String) -> Bool {
        let manager = FileManager.default
        let multiarch = (try? manager.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        let folders = ["/usr/local/lib/sane", "/usr/lib/sane"] + multiarch.map { "/usr/lib/\($0)/sane" }
        return folders.contains { manager.fileExists(atPath: "\($0)/libsane-\(backend).so.1") }
    }
}
