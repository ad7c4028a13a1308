import Foundation
import Support

/// Keeps a second process, and a second opener in this one, away from a database.
///
/// The lock is the kernel's: it goes with the process, however that ends.
struct LockFile: ~Copyable {
    private let descriptor: Int32

    init(_ url: URL) throws(BlankettError) {
        let descriptor = open(url.path(), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .storage(errno, "The data folder \(url.deletingLastPathComponent().path()) cannot be written")
        }
        guard Self.takes(descriptor) else {
            let holder = (try? String(contentsOf: url, encoding: .utf8)).flatMap { Int($0.trimming) }
            close(descriptor)
            throw BlankettError(
                "storage-in-use", exit: .storage,
                "The data in \(url.deletingLastPathComponent().path()) is in use by "
                    + (holder.map { "process \($0)." } ?? "another process."),
                advice: "Stop that process first; two at once would damage the data.")
        }
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.utf8.count, 0)
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Waits up to half a second: a program that was just started from the holder's process has the lock, too, until
    /// it runs, and so has one that is ending.
    private static func takes(_ descriptor: Int32) -> Bool {
        for _ in 0..<50 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(10_000)
        }
        return false
    }
}

extension String {
    fileprivate var trimming: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
