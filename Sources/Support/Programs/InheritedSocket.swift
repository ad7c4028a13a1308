import Foundation

/// A listening socket that systemd opened for this process: sd_listen_fds(3) without its library.
public struct InheritedSocket: Sendable, Hashable {
    /// From `FileDescriptorName=` of the socket unit.
    public var name: String
    public var descriptor: Int32

    /// The sockets that were handed over; none for a child of the process that got them.
    ///
    /// - Parameter environment: The process's variables.
    /// - Returns: In the order of the unit; each is closed when another program is executed, and does not block.
    public static func all(_ environment: [String: String]) -> [InheritedSocket] {
        guard environment["LISTEN_PID"] == String(getpid()), let count = Int(environment["LISTEN_FDS"] ?? ""),
            (1...16).contains(count)
        else { return [] }
        let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        return (0..<count).map { index in
            let descriptor = Int32(3 + index)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
            return InheritedSocket(name: index < names.count ? String(names[index]) : "", descriptor: descriptor)
        }
    }
}
