/// Sends one request and brings the response: libcurl in the programs, a closure in tests.
public protocol HTTPTransport: Sendable {
    /// - Parameters:
    ///   - request: `path` is the path and query, encoded; it is appended to `origin`.
    ///   - origin: Scheme, host and port, such as `https://127.0.0.1:8443`, or `unix:///run/x.sock`.
    ///   - limits: Deadlines and the largest body that is taken in.
    /// - Returns: The response, of whatever status; redirects are never followed.
    /// - Throws: ``TransportError`` when no whole response came.
    func send(_ request: Request, to origin: String, limits: TransportLimits) async throws(TransportError) -> Response
}

public struct TransportLimits: Sendable, Hashable {
    /// For the connection and TLS handshake, in seconds.
    public var connect: Double
    /// Longest time without a byte, in seconds.
    public var idle: Double
    /// For the whole exchange, in seconds.
    public var total: Double
    /// Largest response body, in bytes.
    public var maximumBody: Int
    /// Uses no kept connection: for a request that does harm when it arrives twice.
    ///
    /// A client sends a request again by itself when a kept connection turns out to be dead.
    public var freshConnection: Bool

    public init(
        connect: Double = 5, idle: Double = 30, total: Double = 60, maximumBody: Int = 256 << 20,
        freshConnection: Bool = false
    ) {
        self.connect = connect
        self.idle = idle
        self.total = total
        self.maximumBody = maximumBody
        self.freshConnection = freshConnection
    }
}

/// Why no whole response came.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case unreachable, timedOut = "timed-out", connectionCut = "connection-cut", tls
        /// The other side is not who is known there.
        case otherKey = "other-key"
        case tooLarge = "too-large"
        case cancelled, notHTTP = "not-http"
        /// This user has no right to the device.
        case notAllowed = "not-allowed"
        /// Another program has the device.
        case inUse = "in-use"
    }

    public var kind: Kind
    public var detail: String

    public init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    public var description: String { "\(kind.rawValue): \(detail)" }
}
