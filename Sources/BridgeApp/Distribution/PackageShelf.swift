import Delivery
import Foundation
import Support

/// The packages that were published, and which kiosks get them: first one, then all.
final class PackageShelf: Sendable {
    struct Published: Sendable, Hashable, Codable {
        var entry: PackageEntry
        var published: Date
        /// The kiosks that get it; `nil` is all.
        var first: [String]?
    }

    private struct Contents: Codable {
        var format = "blankett-packages/1"
        var packages: [Published] = []
    }

    private let folder: URL
    private let file: SharedFile<Contents, [Published]>

    /// - Parameter folder: Is made when something is published.
    init(_ folder: URL) {
        self.folder = folder
        file = SharedFile(folder.appending(path: "packages.json"), empty: Contents()) { $0.packages }
    }

    var packages: [Published] { file.view }

    /// What one kiosk gets: of each form and profile file the newest that is for it.
    func entries(for agent: String) -> [PackageEntry] {
        var newest: [String: PackageEntry] = [:]
        for package in packages where package.first?.contains(agent) ?? true {
            let key = "\(package.entry.kind.rawValue)/\(package.entry.id)"
            if package.entry.version > newest[key]?.version ?? 0 { newest[key] = package.entry }
        }
        return newest.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The bytes of a package that is for this kiosk.
    func bytes(_ sha256: String, for agent: String) throws -> [UInt8]? {
        guard entries(for: agent).contains(where: { $0.sha256 == sha256 }) else { return nil }
        return try bytes(sha256)
    }

    private func bytes(_ sha256: String) throws -> [UInt8]? {
        guard let data = try? Data(contentsOf: url(of: sha256)) else { return nil }
        guard SHA256.hexadecimal(of: [UInt8](data)) == sha256 else {
            throw BlankettError("package-broken", exit: .storage, "A package was changed on the disk.")
        }
        return [UInt8](data)
    }

    /// Publishes a package.
    ///
    /// - Parameters:
    ///   - package: A version that was published is not replaced by other content.
    ///   - sign: Makes the signature of its bytes; `nil` publishes without one.
    ///   - first: The kiosks that get it first; `nil` is all.
    ///   - now: The time.
    /// - Returns: `false` when just this was published already.
    /// - Throws: ``BlankettError`` when a version was published with other content, or the disk fails.
    func publish(
        _ package: Package, sign: (([UInt8]) -> FileSignature)?, first: [String]?, now: Date
    ) throws -> Bool {
        try DurableFile.makeFolder(folder)
        return try file.change { contents in
            let same = contents.packages.filter { $0.entry.kind == package.kind && $0.entry.id == package.id }
            var package = package
            // Files of profiles have no version of their own.
            if package.kind == .profiles {
                let last = same.max { $0.entry.version < $1.entry.version }
                package.version = (last?.entry.version ?? 0) + 1
                if let last, let stored = try bytes(last.entry.sha256), try Package(stored).files == package.files {
                    return false
                }
            }
            let bytes = try JSONCoding.encode(package)
            let sha256 = SHA256.hexadecimal(of: bytes)
            if same.contains(where: { $0.entry.sha256 == sha256 }) { return false }
            if let other = same.map(\.entry.version).max(), other >= package.version {
                throw BlankettError(
                    "version-not-higher", exit: .badInput,
                    "\(package.id) version \(other) is published already, with other content.",
                    advice: "Count up the form's version.")
            }
            try DurableFile.write(bytes, to: url(of: sha256))
            contents.packages.append(
                Published(
                    entry: PackageEntry(
                        kind: package.kind, id: package.id, version: package.version, sha256: sha256,
                        size: bytes.count, signature: sign?(bytes)),
                    published: now, first: first))
            return true
        }
    }

    /// Gives the newest version of an id to all kiosks; `nil` when there is none.
    func release(_ id: String) throws -> Int? {
        try file.change { contents in
            let indices = contents.packages.indices.filter { contents.packages[$0].entry.id == id }
            guard
                let newest = indices.max(by: {
                    contents.packages[$0].entry.version < contents.packages[$1].entry.version
                })
            else { return nil }
            contents.packages[newest].first = nil
            return contents.packages[newest].entry.version
        }
    }

    /// Takes the newest version of an id back; kiosks keep what they have, and get the one before from now on.
    func withdraw(_ id: String) throws -> Int? {
        try file.change { contents in
            let indices = contents.packages.indices.filter { contents.packages[$0].entry.id == id }
            guard
                let newest = indices.max(by: {
                    contents.packages[$0].entry.version < contents.packages[$1].entry.version
                })
            else { return nil }
            return contents.packages.remove(at: newest).entry.version
        }
    }

    private func url(of sha256: String) -> URL { folder.appending(path: "\(sha256).package") }
}
