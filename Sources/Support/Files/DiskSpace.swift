public import Foundation

/// How much room a folder's disk has.
public struct DiskSpace: Sendable, Hashable {
    /// Bytes that this user can still use.
    public var free: Int
    public var total: Int

    public init(of folder: URL) throws(BlankettError) {
        var facts = statvfs()
        guard statvfs(folder.path(), &facts) == 0 else { throw .storage(errno, "The disk cannot be asked") }
        free = Int(facts.f_bavail) * Int(facts.f_frsize)
        total = Int(facts.f_blocks) * Int(facts.f_frsize)
    }

    /// What is kept free for acknowledgements and the journal: 5 % of the disk, at most 256 MiB.
    public var reserve: Int { min(total / 20, 256 << 20) }

    public var isLow: Bool { free < reserve }
}
