public import Foundation

/// Who is at the other end of a TCP connection within this computer, by what the kernel notes of its sockets.
public enum LoopbackPeer {
    /// The user whose process holds the client's end.
    ///
    /// - Parameters:
    ///   - client: The client's port.
    ///   - server: The server's port.
    ///   - table: The kernel's, as in proc(5): `/proc/net/tcp`.
    /// - Returns: The user's name; `nil` when there is no such connection over 127.0.0.1, or two.
    public static func account(
        ofPort client: UInt16, to server: UInt16, in table: URL = URL(filePath: "/proc/net/tcp")
    ) -> String? {
        guard let text = try? String(contentsOf: table, encoding: .utf8) else { return nil }
        let loopback = "0100007F"
        let ends = (loopback + ":" + digits(client), loopback + ":" + digits(server))
        let users = text.split(separator: "\n").dropFirst().compactMap { line -> uid_t? in
            // sl, local, remote, state, queues, timer, retransmits, uid
            let words = line.split(separator: " ")
            guard words.count > 7, words[1] == ends.0, words[2] == ends.1 else { return nil }
            return uid_t(words[7])
        }
        return users.count == 1 ? name(of: users[0]) : nil
    }

    private static func name(of user: uid_t) -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var room = [CChar](repeating: 0, count: 16384)
        guard getpwuid_r(user, &entry, &room, room.count, &found) == 0, let found else { return nil }
        return String(cString: found.pointee.pw_name)
    }

    private static func digits(_ port: UInt16) -> String {
        let digits = String(port, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
