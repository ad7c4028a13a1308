public import Foundation
import Glibc

/// A folder for temporary files that is removed with its holder, or later when its holder was killed.
///
/// It is locked for as long as it is held; the system takes the lock away from a process that has gone, however it went.
public final class HeldFolder: Sendable {
    public let url: URL
    private let descriptor: Int32

    /// Makes a folder that only this user may look into.
    ///
    /// - Parameters:
    ///   - place: Where; it must be there.
    ///   - prefix: How its name begins.
    /// - Throws: What the system says.
    public init(in place: URL, prefix: String) throws {
        url = place.appending(path: prefix + UUID().uuidString, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        descriptor = open(url.path(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            if descriptor >= 0 { close(descriptor) }
            try? FileManager.default.removeItem(at: url)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
        close(descriptor)
    }

    /// Removes the folders in `place` whose names begin so and that nobody holds.
    ///
    /// - Parameters:
    ///   - place: Where to look.
    ///   - prefix: How their names begin.
    ///   - age: Younger ones stay: between being made and being held there is a moment.
    public static func removeAbandoned(in place: URL, prefix: String, olderThan age: TimeInterval = 60) {
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: place.path())) ?? []
        for name in names where name.hasPrefix(prefix) {
            // Without a slash at its end: no link is followed, and others' folders are left alone.
            let url = place.appending(path: name, directoryHint: .notDirectory)
            let descriptor = open(url.path(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_uid == getuid(),
                Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec) >= age,
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            try? manager.removeItem(at: url)
        }
    }
}
