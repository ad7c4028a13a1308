import Foundation
import Support

/// Writes an archive: beside its goal first, and to it when all is on the disk.
final class ArchiveWriter {
    private let goal: URL
    private let temporary: URL
    private let handle: FileHandle
    private let sealer: (any Sealer)?
    private var hash: SHA256? = SHA256()
    private var frames = 0
    private var parts: [String: ArchiveManifest.Part] = [:]

    init(_ goal: URL, _ header: ArchiveHeader, sealer: (any Sealer)?) throws {
        self.goal = goal
        self.sealer = sealer
        let name = ".\(goal.lastPathComponent).\(UUIDv7())"
        temporary = goal.deletingLastPathComponent().appending(path: name)
        // Nobody else may read it, sealed or not.
        try DurableFile.write([], to: temporary)
        handle = try FileHandle(forWritingTo: temporary)
        try put(ArchiveFormat.beginning)
        try putFrame(.header, try JSONCoding.encode(header))
    }

    func write(_ kind: ArchiveFormat.Kind, _ bytes: [UInt8], part name: String, count: Int) throws {
        parts[name, default: ArchiveManifest.Part()].add(bytes, count: count)
        try putFrame(kind, seal(bytes))
    }

    /// - Returns: What is in the archive, which is in its place and on the disk.
    func finish(missing: Int, head: AuditHead) throws -> ArchiveManifest {
        let manifest = ArchiveManifest(
            parts: parts, missing: missing, auditHead: head.number, auditHash: head.hash.hexadecimal)
        try putFrame(.end, seal(try JSONCoding.encode(manifest)))
        let end = hash.take()?.finish() ?? []
        try handle.write(contentsOf: end)
        try handle.synchronize()
        try handle.close()
        try FileManager.default.moveReplacing(temporary, goal)
        try DurableFile.syncFolder(goal.deletingLastPathComponent())
        return manifest
    }

    /// Leaves nothing behind.
    func giveUp() {
        try? handle.close()
        try? FileManager.default.removeItem(at: temporary)
    }

    private func seal(_ bytes: [UInt8]) -> [UInt8] {
        frames += 1
        return sealer?.seal(bytes, context: "archive:\(frames)") ?? bytes
    }

    private func putFrame(_ kind: ArchiveFormat.Kind, _ bytes: [UInt8]) throws {
        var head = [kind.rawValue]
        ArchiveFormat.append(bytes.count, to: &head)
        try put(head)
        try put(bytes)
    }

    private func put(_ bytes: [UInt8]) throws {
        hash?.update(bytes)
        try handle.write(contentsOf: bytes)
    }
}

/// Reads an archive frame by frame, after its end has proved that no bit of it was changed.
final class ArchiveReader {
    let header: ArchiveHeader
    private let handle: FileHandle
    private let size: Int
    private var frames = 0
    /// Opens the frames of a sealed archive.
    private var sealer: (any Sealer)?

    /// - Parameters:
    ///   - url: An archive.
    ///   - unlock: Gives the key of a sealed archive's frames.
    /// - Throws: ``BlankettError`` `archive-broken`; what `unlock` throws.
    init(_ url: URL, unlock: (ArchiveHeader) throws -> (any Sealer)?) throws {
        do {
            handle = try FileHandle(forReadingFrom: url)
        } catch {
            throw BlankettError(
                "archive-missing", exit: .badInput, "The file \(url.lastPathComponent) cannot be read.")
        }
        size = Int(try handle.seekToEnd()) - ArchiveFormat.hashSize
        try Self.requireWhole(handle, size)
        try handle.seek(toOffset: UInt64(ArchiveFormat.beginning.count))
        guard let (kind, bytes) = try Self.frame(handle), kind == .header else { throw ArchiveFormat.broken }
        header = try JSONCoding.decode(from: bytes)
        sealer = try unlock(header)
    }

    /// The next frame; `nil` after the last.
    func next() throws -> (kind: ArchiveFormat.Kind, bytes: [UInt8])? {
        guard try handle.offset() < UInt64(size), let (kind, bytes) = try Self.frame(handle) else { return nil }
        frames += 1
        return (kind, try sealer?.open(bytes, context: "archive:\(frames)") ?? bytes)
    }

    private static func requireWhole(_ handle: FileHandle, _ size: Int) throws {
        guard size > ArchiveFormat.beginning.count else { throw ArchiveFormat.broken }
        try handle.seek(toOffset: 0)
        var hash = SHA256()
        var left = size
        while left > 0 {
            guard let piece = try handle.read(upToCount: min(left, 1 << 20)), !piece.isEmpty else {
                throw ArchiveFormat.broken
            }
            if left == size, !piece.starts(with: ArchiveFormat.beginning) { throw ArchiveFormat.broken }
            hash.update([UInt8](piece))
            left -= piece.count
        }
        guard let said = try handle.read(upToCount: ArchiveFormat.hashSize), [UInt8](said) == hash.finish() else {
            throw ArchiveFormat.broken
        }
    }

    private static func frame(_ handle: FileHandle) throws -> (ArchiveFormat.Kind, [UInt8])? {
        guard let head = try handle.read(upToCount: ArchiveFormat.headSize), head.count == ArchiveFormat.headSize,
            let kind = ArchiveFormat.Kind(rawValue: head[head.startIndex])
        else { throw ArchiveFormat.broken }
        let length = ArchiveFormat.number([UInt8](head.dropFirst())[...])
        guard (0...ArchiveFormat.largestFrame).contains(length) else { throw ArchiveFormat.broken }
        if length == 0 { return (kind, []) }
        guard let bytes = try handle.read(upToCount: length), bytes.count == length else { throw ArchiveFormat.broken }
        return (kind, [UInt8](bytes))
    }
}

extension FileManager {
    fileprivate func moveReplacing(_ from: URL, _ goal: URL) throws(BlankettError) {
        guard unsafe rename(from.path(percentEncoded: false), goal.path(percentEncoded: false)) == 0 else {
            throw .storage(errno, "A file cannot be renamed")
        }
    }
}
