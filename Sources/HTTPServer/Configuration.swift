public import Foundation
import Support

extension HTTPServer {
    public enum Listen: Sendable, Hashable {
        /// `host` is a numeric address; port 0 lets the system choose.
        case tcp(host: String, port: UInt16)
        /// A socket file that only this user can open.
        case unix(path: String)
        /// A listening socket that somebody else has opened, such as systemd; the server closes it in the end.
        case inherited(descriptor: Int32)
    }

    /// The PEM files of a server that speaks TLS.
    ///
    /// With ``clientAuthorities`` a client may show a certificate, whose name the handler sees.
    public struct TLS: Sendable, Hashable {
        public var certificate: URL
        public var key: URL
        /// Who may vouch for a client; one without certificate still gets in, and its peer has no name.
        public var clientAuthorities: URL?
        /// One more of them, as PEM text: an authority of the server's own.
        public var ownAuthority: String?

        public init(certificate: URL, key: URL, clientAuthorities: URL? = nil, ownAuthority: String? = nil) {
            self.certificate = certificate
            self.key = key
            self.clientAuthorities = clientAuthorities
            self.ownAuthority = ownAuthority
        }

        struct Text {
            var certificate: String
            var key: String
            var clientAuthorities: String?
        }

        func load() throws(BlankettError) -> Text {
            let others = try clientAuthorities.map { url throws(BlankettError) in try Self.read(url) }
            let authorities = [others, ownAuthority].compactMap { $0 }
            return Text(
                certificate: try Self.read(certificate), key: try Self.read(key),
                clientAuthorities: authorities.isEmpty ? nil : authorities.joined(separator: "\n"))
        }

        private static func read(_ url: URL) throws(BlankettError) -> String {
            do {
                return try String(contentsOf: url, encoding: .utf8)
            } catch {
                throw BlankettError(
                    "tls-files-unusable", exit: .badInput, "The TLS file \(url.lastPathComponent) cannot be read.",
                    advice: "Check its path and that this user may read it.")
            }
        }
    }

    public struct Configuration: Sendable {
        public var listen: Listen
        public var tls: TLS?
        public var threads: Int
        /// How many connections are served at once.
        ///
        /// On one above, the answer is 503, and it is closed; when even the ``reserve`` for such answers is taken up, it waits
        /// in the backlog of the socket until a place is free.
        public var maximumConnections: Int
        /// A connection on which nothing moves is closed after this; handlers may take longer.
        public var idleTimeout: Duration
        /// Largest request line with header fields, in bytes; above it the answer is 431 or 414.
        public var maximumHead: Int
        /// Largest request body, in bytes; above it the answer is 413.
        public var maximumBody: Int
        /// Whether handlers run on the server's threads.
        ///
        /// That spares two changes of threads with each request, and wants handlers that wait for what takes long.
        public var handlesOnServerThread = false

        /// Places beyond ``maximumConnections``, from which 503 is answered.
        static let reserve = 32

        public init(
            listen: Listen = .tcp(host: "127.0.0.1", port: 0), tls: TLS? = nil, threads: Int = 2,
            maximumConnections: Int = 240, idleTimeout: Duration = .seconds(30), maximumHead: Int = 32 << 10,
            maximumBody: Int = 32 << 20
        ) {
            self.listen = listen
            self.tls = tls
            self.threads = threads
            self.maximumConnections = maximumConnections
            self.idleTimeout = idleTimeout
            self.maximumHead = maximumHead
            self.maximumBody = maximumBody
        }
    }
}
