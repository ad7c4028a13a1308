import Foundation
import Support

/// A bound, listening, non-blocking socket, which libmicrohttpd takes over.
struct ListeningSocket {
    let descriptor: Int32
    let port: UInt16
    let unixPath: String?

    init(_ listen: HTTPServer.Listen) throws(BlankettError) {
        switch listen {
        case .tcp(let host, let port): try self.init(host: host, port: port)
        case .unix(let path): try self.init(unixPath: path)
        case .inherited(let descriptor): try self.init(inherited: descriptor)
        }
    }

    func close() {
        _ = Foundation.close(descriptor)
    }

    private init(host: String, port: UInt16) throws(BlankettError) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found?.pointee else {
            throw BlankettError(
                "bad-address", exit: .badInput, "“\(host)” is not a numeric address to listen on.",
                advice: "Give one such as 127.0.0.1 or ::1.")
        }
        defer { freeaddrinfo(found) }
        descriptor = try Self.makeSocket(address.ai_family)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        try Self.listen(descriptor, address.ai_addr, address.ai_addrlen, place)
        self.port = Self.boundPort(descriptor)
        unixPath = nil
    }

    private init(unixPath path: String) throws(BlankettError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard path.utf8.count < room.count else { return false }
            room.copyBytes(from: path.utf8)
            return true
        }
        guard fits else {
            throw BlankettError(
                "bad-address", exit: .badInput, "The path of the UNIX socket is too long.",
                advice: "Choose one of at most 107 bytes.")
        }
        let descriptor = try Self.makeSocket(AF_UNIX)
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let probe = try Self.makeSocket(AF_UNIX)
        defer { _ = Foundation.close(probe) }
        try withUnsafePointer(to: &address) { pointer throws(BlankettError) in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic throws(BlankettError) in
                // A socket file that nobody answers on is what a killed process left.
                if connect(probe, generic, length) != 0, errno == ECONNREFUSED { unlink(path) }
                try Self.listen(descriptor, generic, length, path)
            }
        }
        chmod(path, 0o600)
        self.descriptor = descriptor
        port = 0
        unixPath = path
    }

    private init(inherited descriptor: Int32) throws(BlankettError) {
        var isListening: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length) == 0, isListening == 1 else {
            throw BlankettError(
                "bad-address", exit: .badInput, "What was handed over is no listening socket.",
                advice: "Write ListenStream= in the socket unit.")
        }
        self.descriptor = descriptor
        port = Self.boundPort(descriptor)
        unixPath = nil
    }

    /// Whether only programs of this host can reach a socket.
    static func isLocal(_ descriptor: Int32) -> Bool {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
            switch Int32(pointer.pointee.ss_family) {
            case AF_UNIX: return true
            case AF_INET:
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt32(bigEndian: $0.pointee.sin_addr.s_addr) >> 24 == 127
                }
            case AF_INET6:
                return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    withUnsafeBytes(of: &$0.pointee.sin6_addr) { $0.dropLast().allSatisfy { $0 == 0 } && $0[15] == 1 }
                }
            default: return false
            }
        }
    }

    private static func makeSocket(_ family: Int32) throws(BlankettError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw refusal("A socket", errno) }
        return descriptor
    }

    private static func listen(
        _ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t, _ place: String
    ) throws(BlankettError) {
        guard bind(descriptor, address, length) == 0, Foundation.listen(descriptor, 1024) == 0 else {
            let code = errno
            _ = Foundation.close(descriptor)
            throw refusal(place, code)
        }
    }

    private static func refusal(_ place: String, _ code: Int32) -> BlankettError {
        switch code {
        case EADDRINUSE:
            BlankettError(
                "port-taken", exit: .badInput, "\(place) is taken by another program.",
                advice: "Stop that program, or choose another port.")
        case EACCES, EPERM:
            BlankettError(
                "port-not-allowed", exit: .notAllowed, "This user may not listen on \(place).",
                advice: "Choose a port above 1023, or let systemd hand over the socket.")
        default:
            BlankettError(
                "bad-address", exit: .badInput, "\(place) cannot be listened on: \(String(cString: strerror(code))).")
        }
    }

    private static func boundPort(_ descriptor: Int32) -> UInt16 {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                // sin_port and sin6_port lie at the same place.
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }
}
