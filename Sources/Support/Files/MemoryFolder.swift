import CProcess
public import Foundation

/// Where files can lie that never reach a disk, for what takes only paths.
public enum MemoryFolder {
    /// The first of a service's own folder, a user's own folder, and everybody's that is in memory and can be written to.
    ///
    /// - Parameter environment: Of this process.
    /// - Returns: A folder that may be shared with others: what is put there needs rights of its own.
    /// - Throws: ``BlankettError`` `memory-folder-missing`.
    public static func place(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(BlankettError) -> URL {
        // systemd names several folders with colons between them.
        let service = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        for path in [service, environment["XDG_RUNTIME_DIR"], "/dev/shm"].compactMap({ $0 }) where path.hasPrefix("/") {
            if cprocess_is_in_memory(path) == 1, access(path, W_OK | X_OK) == 0 {
                return URL(filePath: path, directoryHint: .isDirectory)
            }
        }
        throw BlankettError(
            "memory-folder-missing", exit: .storage, "There is no folder in memory for what must not reach the disk.",
            advice: "Mount a tmpfs at /dev/shm, or start the agent with a RuntimeDirectory.")
    }
}
