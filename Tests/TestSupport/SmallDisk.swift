public import Foundation
import Glibc
import Support

/// A file system of a few megabytes in memory, mounted over a folder: a disk that a test can fill.
public final class SmallDisk {
    private let folder: URL

    /// Whether one can be made here: that takes the right to mount.
    public static let isPossible: Bool = {
        guard getuid() == 0 else { return false }
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return (try? SmallDisk(over: folder, megabytes: 1)) != nil
    }()

    /// - Parameters:
    ///   - folder: What it held is hidden as long as the disk is there.
    ///   - megabytes: Its size.
    /// - Throws: ``BlankettError`` when it cannot be mounted.
    public init(over folder: URL, megabytes: Int) throws {
        self.folder = folder
        let run = try BoundedRun(
            of: "/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.path()])
        guard run.isSuccess else { throw BlankettError("not-mounted", exit: .notAllowed, run.messages) }
    }

    /// Unmounts it, whoever still holds it; `umount` is not asked to wait for programs that are ending.
    deinit {
        _ = try? BoundedRun(of: "/usr/bin/umount", ["-l", folder.path()])
    }

    /// Leaves only so many bytes free.
    public func fill(leaving bytes: Int) throws {
        try empty()
        let file = unsafe open(file.path(), O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { Glibc.close(file) }
        while true {
            let ballast = try DiskSpace(of: folder).free - bytes
            guard ballast > 0 else { return }
            // All of it or nothing: whoever else writes here may have taken room since it was measured.
            let failure = posix_fallocate(file, 0, off_t(ballast))
            if failure == 0 { return }
            if failure != ENOSPC { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO) }
        }
    }

    /// Takes away what ``fill(leaving:)`` put there.
    public func empty() throws {
        if FileManager.default.fileExists(atPath: file.path()) { try FileManager.default.removeItem(at: file) }
    }

    private var file: URL { folder.appending(path: "ballast") }
}
