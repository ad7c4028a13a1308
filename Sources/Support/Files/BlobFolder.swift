public import Foundation

/// Files that are named by the SHA-256 of their content, sealed on disk.
///
/// A blob is there whole or not at all. Storing one that is there already costs nothing.
public struct BlobFolder: Sendable {
    public let url: URL
    private let sealer: any Sealer

    /// Opens the folder, and makes it if need be.
    public init(_ url: URL, sealer: any Sealer) throws(BlankettError) {
        self.url = url
        self.sealer = sealer
        try DurableFile.makeFolder(url)
    }

    /// Whether `text` can be a blob's name: 64 hexadecimal digits in lower case.
    public static func isName(_ text: String) -> Bool {
        text.consists(of: \.isHexadecimalDigit, length: 64...64)
    }

    public func contains(_ name: String) -> Bool {
        Self.isName(name) && access(file(name).path(), F_OK) == 0
    }

    /// Stores a blob; when this returns it survives a power cut.
    ///
    /// - Parameters:
    ///   - bytes: The content.
    ///   - name: What the content should hash to.
    /// - Returns: `false` when it was there already.
    /// - Throws: ``BlankettError``: `hash-mismatch`, `storage-full`, `storage-failed`.
    public func store(_ bytes: [UInt8], name: String) throws(BlankettError) -> Bool {
        guard Self.isName(name), sealer.hash(bytes).hexadecimal == name else {
            throw BlankettError("hash-mismatch", exit: .badInput, "The content does not have the hash that was named.")
        }
        if contains(name) { return false }
        let goal = file(name)
        try DurableFile.makeFolder(goal.deletingLastPathComponent())
        try DurableFile.write(sealer.seal(bytes, context: "blob:\(name)"), to: goal)
        return true
    }

    /// The content, or `nil` when there is none.
    ///
    /// - Throws: ``BlankettError`` with code `seal-broken` when the file was changed or belongs to another key.
    public func read(_ name: String) throws -> [UInt8]? {
        guard contains(name) else { return nil }
        return try sealer.open([UInt8](Data(contentsOf: file(name))), context: "blob:\(name)")
    }

    public func remove(_ name: String) throws(BlankettError) {
        guard contains(name) else { return }
        guard unlink(file(name).path()) == 0 else { throw .storage(errno, "A file cannot be removed") }
    }

    /// The names of all blobs that were stored before `time`; leftovers of interrupted writes are removed.
    public func names(storedBefore time: Date) throws -> [String] {
        let files = FileManager.default
        var names: [String] = []
        for folder in try files.contentsOfDirectory(atPath: url.path()) {
            let path = url.appending(path: folder)
            for name in try files.contentsOfDirectory(atPath: path.path()) {
                let file = path.appending(path: name)
                let changed = try? files.attributesOfItem(atPath: file.path())[.modificationDate] as? Date
                guard let changed, changed < time else { continue }
                if Self.isName(name) { names.append(name) } else { unlink(file.path()) }
            }
        }
        return names
    }

    /// 256 folders, so that none gets too many files.
    private func file(_ name: String) -> URL {
        url.appending(path: "\(name.prefix(2))/\(name)")
    }
}
