public import Foundation

/// Writes files so that after a power cut either the old or the whole new content is there.
public enum DurableFile {
    /// Writes beside the goal, syncs, renames and syncs the folder.
    ///
    /// - Parameters:
    ///   - bytes: The whole content.
    ///   - url: The goal; what is there is replaced.
    ///   - permissions: Of the file.
    /// - Throws: ``BlankettError`` with exit `.storage`; code `storage-full` when the disk has no room.
    public static func write(_ bytes: [UInt8], to url: URL, permissions: Int = 0o600) throws(BlankettError) {
        let folder = url.deletingLastPathComponent()
        let temporary = folder.appending(path: ".\(url.lastPathComponent).\(UUIDv7())").path(percentEncoded: false)
        try create(temporary, bytes, permissions)
        guard rename(temporary, url.path(percentEncoded: false)) == 0 else {
            let code = errno
            unlink(temporary)
            throw .storage(code, "A file cannot be renamed")
        }
        try syncFolder(folder)
    }

    /// Makes a file that was not there, and syncs its content; whether its name lasts is up to ``syncFolder(_:)``.
    ///
    /// For names that nobody looks for before both are done: after a power cut half a file may stand there.
    public static func create(_ url: URL, _ bytes: [UInt8], permissions: Int = 0o600) throws(BlankettError) {
        try create(url.path(percentEncoded: false), bytes, permissions)
    }

    private static func create(_ path: String, _ bytes: [UInt8], _ permissions: Int) throws(BlankettError) {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(permissions))
        guard descriptor >= 0 else { throw .storage(errno, "A file cannot be created") }
        do throws(BlankettError) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor)
            guard fsync(descriptor) == 0 else { throw .storage(errno, "A file cannot be synced") }
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Makes what was created, renamed or removed in a folder last.
    public static func syncFolder(_ folder: URL) throws(BlankettError) {
        let descriptor = Foundation.open(folder.path(percentEncoded: false), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .storage(errno, "A folder cannot be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .storage(errno, "A folder cannot be synced") }
    }

    /// Makes a folder that only this user can enter, and lasts; does nothing when it is there.
    public static func makeFolder(_ folder: URL) throws(BlankettError) {
        if mkdir(folder.path(percentEncoded: false), 0o700) == 0 {
            try syncFolder(folder.deletingLastPathComponent())
        } else if errno != EEXIST {
            throw .storage(errno, "The folder \(folder.lastPathComponent) cannot be made")
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(BlankettError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .storage(errno, "A file cannot be written") }
            written += count
        }
    }
}

extension BlankettError {
    /// What a failed file operation means for a person; `storage-full`, or `storage-failed`.
    public static func storage(_ code: Int32, _ what: String) -> BlankettError {
        if code == ENOSPC || code == EDQUOT {
            return BlankettError(
                "storage-full", exit: .storage, "The disk is full.", advice: "Free some space; nothing is lost.",
                isTransient: true)
        }
        return BlankettError(
            "storage-failed", exit: .storage, "\(what): \(String(cString: strerror(code))).",
            advice: "Check the data folder: its disk, its owner, and that this user may write there.")
    }
}
