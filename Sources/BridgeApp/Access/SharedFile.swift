import Foundation
import Support
import Synchronization

/// A JSON file that a running bridge, other bridges and commands share.
///
/// Whoever changes it holds its lock; whoever reads it sees at the next look that it was changed. Others must not be able
/// to read it.
final class SharedFile<Contents: Codable & Sendable, View: Sendable>: Sendable {
    /// Tells one state of the file from another.
    private struct Stamp: Hashable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    let url: URL
    /// Made once: it is asked for with each look.
    private let path: String
    private let empty: Contents
    private let makeView: @Sendable (Contents) -> View
    private let known: Mutex<(stamp: Stamp?, view: View)>

    /// - Parameters:
    ///   - url: The file; it need not be there.
    ///   - empty: What a missing file stands for.
    ///   - view: Makes of the contents what is looked at again and again.
    init(_ url: URL, empty: Contents, view: @escaping @Sendable (Contents) -> View) {
        self.url = url
        path = url.path()
        self.empty = empty
        makeView = view
        known = Mutex((nil, view(empty)))
    }

    /// What is in it now; a file that cannot be trusted is as good as an empty one: it lets nobody in.
    var view: View {
        known.withLock { known in
            let stamp = stamp()
            if stamp != known.stamp {
                let contents = try? read()
                // What could not be read for once, as without a free descriptor, is read again at the next look.
                known.stamp = contents == nil ? nil : stamp
                known.view = makeView(contents ?? empty)
            }
            return known.view
        }
    }

    /// - Throws: ``BlankettError`` when others can read the file, or it is broken.
    func read() throws -> Contents {
        guard let bytes = try? Data(contentsOf: url) else {
            // One that is there and cannot be read is not empty: whoever changes it would drop what is in it.
            guard stamp() == nil else { throw BlankettError.storage(errno, "\(url.lastPathComponent) cannot be read") }
            return empty
        }
        let mode = try FileManager.default.attributesOfItem(atPath: url.path())[.posixPermissions] as? Int ?? 0
        guard mode & 0o077 == 0 else {
            throw BlankettError(
                "access-exposed", exit: .notAllowed, "Other users can read \(url.lastPathComponent).",
                advice: "Run chmod 600 on it.")
        }
        do {
            return try JSONCoding.decode(Contents.self, from: bytes)
        } catch {
            throw BlankettError(
                "access-broken", exit: .storage, "The file \(url.lastPathComponent) cannot be read.",
                advice: "Restore it from a backup, or remove it and let everybody in anew.")
        }
    }

    /// Changes the contents; they are on the disk when it returns.
    func change<Result>(_ body: (inout Contents) throws -> Result) throws -> Result {
        let lock = unsafe open(url.appendingPathExtension("lock").path(), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw BlankettError.storage(errno, "A lock cannot be made") }
        defer { close(lock) }
        guard flock(lock, LOCK_EX) == 0 else { throw BlankettError.storage(errno, "A lock cannot be had") }
        var contents = try read()
        let result = try body(&contents)
        try DurableFile.write(try JSONCoding.encode(contents, pretty: true), to: url)
        return result
    }

    private func stamp() -> Stamp? {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { return nil }
        return Stamp(
            inode: UInt64(facts.st_ino), size: Int64(facts.st_size), seconds: facts.st_mtim.tv_sec,
            nanoseconds: facts.st_mtim.tv_nsec)
    }
}
