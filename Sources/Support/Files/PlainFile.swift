public import Foundation

/// Reads files that somebody else may have put there: plain ones, and no larger than they can rightly be.
public enum PlainFile {
    /// Why a file was not read, for a person.
    public struct Refusal: Error, Sendable, Hashable {
        /// As a whole sentence.
        public var message: String
        public var advice: String
    }

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - url: No symbolic link, folder, pipe or device: those could lead elsewhere, or never end.
    ///   - limit: In bytes.
    /// - Returns: What is in it.
    /// - Throws: ``Refusal``.
    public static func read(_ url: URL, atMost limit: Int) throws(Refusal) -> [UInt8] {
        // Without O_NONBLOCK, opening a pipe waits for somebody to write.
        let descriptor = open(url.path(percentEncoded: false), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ELOOP {
                throw Refusal(message: "The file is a symbolic link.", advice: "Put the file itself there.")
            }
            let reason = String(cString: strerror(errno))
            throw Refusal(message: "The file cannot be read: \(reason).", advice: "Check its path and rights.")
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(message: "This is no plain file.", advice: "Give a file, not a folder or a device.")
        }
        guard facts.st_size <= limit else {
            throw Refusal(
                message: "The file has \(facts.st_size) bytes; more than \(limit) are not read.",
                advice: "Check that it is the right one, or split it.")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        // It may grow while it is read.
        guard let data = try? handle.read(upToCount: limit + 1), data.count <= limit else {
            // An empty file gives nothing rather than no bytes.
            if facts.st_size == 0 { return [] }
            throw Refusal(message: "The file cannot be read.", advice: "Check its disk, and try again.")
        }
        return [UInt8](data)
    }
}
