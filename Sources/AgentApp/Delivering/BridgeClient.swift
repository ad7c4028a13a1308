public import Delivery
public import Foundation
public import HTTP
public import Support

/// Hands blobs and records to the bridge, one exchange at a time.
public struct BridgeClient: Sendable {
    private let transport: any HTTPTransport
    private let origin: String
    private let base: String
    private let token: String?

    /// - Parameters:
    ///   - transport: How requests get there.
    ///   - url: Scheme, host, port and the path before `/v1`, such as `https://bridge.example/blankett-bridge`.
    ///   - token: Sent as a bearer token; `nil` where a client certificate says who we are.
    public init(transport: any HTTPTransport, url: String, token: String?) {
        self.transport = transport
        // A UNIX socket's address is a path as a whole.
        if let match = url.wholeMatch(of: /(https?:\/\/[^\/]+)(\/.*?)?\/?/) {
            origin = String(match.1)
            base = match.2.map(String.init) ?? ""
        } else {
            origin = url
            base = ""
        }
        self.token = token
    }

    /// Why an exchange did not end with the bridge having it.
    public struct Failure: Error, Hashable, Sendable {
        public enum Scope: Sendable, Hashable {
            /// Nothing gets through now: wait before anything is tried.
            case link
            /// This record only.
            case record
        }

        public var scope: Scope
        /// A stable code: the bridge's own, or such as `bridge-unreachable`.
        public var code: String
        /// Whether no later try with the same content can succeed.
        public var isFinal = false
        public var retryAfter: Int?
        /// Hashes of blobs that the bridge has not got.
        public var missing: [String] = []
    }

    public func put(blob: [UInt8], sha256: String, mediaType: String) async throws(Failure) {
        try await put(blob, at: "/v1/blobs/\(sha256)", mediaType: mediaType)
    }

    /// Every try sends the same bytes: those that were made when it was confirmed.
    public func put(record: [UInt8], id: UUIDv7) async throws(Failure) {
        try await put(record, at: "/v1/records/\(id)", mediaType: "application/json")
    }

    /// What the bridge answers to a request for a certificate.
    public struct Enrolled: Sendable, Hashable, Codable {
        /// The station's name at the bridge.
        public var name: String
        /// In PEM.
        public var certificate: String
        public var renewAfter: Date
    }

    /// Fetches a certificate.
    ///
    /// - Parameters:
    ///   - request: PKCS #10 in PEM.
    ///   - code: The one-time code; `nil` renews, on a connection that shows the certificate in force.
    /// - Returns: The certificate.
    /// - Throws: ``Failure``.
    public func enrol(_ request: String, code: String?) async throws(Failure) -> Enrolled {
        var body: [String: String] = ["request": request]
        body["code"] = code
        var post = Request("POST", base + (code == nil ? "/v1/enrolments/renewals" : "/v1/enrolments"))
        post.headers = ["Accept": "application/json", "Content-Type": "application/json"]
        post.body = (try? JSONCoding.encode(body)) ?? []
        let response = try await send(post, limit: 30)
        guard response.status == 201, let bytes = response.bytes,
            let enrolled: Enrolled = try? JSONCoding.decode(from: bytes)
        else { throw Self.failure(response) }
        return enrolled
    }

    /// What the bridge has for this station.
    ///
    /// - Parameter tag: Of the list that is known; `nil` wants it in any case.
    /// - Returns: The list with its tag; `nil` where nothing is new.
    /// - Throws: ``Failure``.
    public func packages(unless tag: String?) async throws(Failure) -> (entries: [PackageEntry], tag: String?)? {
        var request = Request("GET", base + "/v1/packages", headers: headers())
        if let tag { request.headers["If-None-Match"] = tag }
        let response = try await send(request, limit: 30)
        if response.status == 304 { return nil }
        guard response.status == 200, let bytes = response.bytes,
            let list: PackageList = try? JSONCoding.decode(from: bytes)
        else { throw Self.failure(response) }
        return (list.items, response.headers["ETag"])
    }

    private struct PackageList: Decodable {
        var items: [PackageEntry]
    }

    /// The bytes of a package.
    public func package(_ sha256: String) async throws(Failure) -> [UInt8] {
        let request = Request("GET", base + "/v1/packages/\(sha256)", headers: headers())
        let response = try await send(request, limit: 300, largest: Package.largest)
        guard response.status == 200, let bytes = response.bytes else { throw Self.failure(response) }
        return bytes
    }

    /// Tells the bridge what this station runs.
    public func report(_ report: StationReport) async throws(Failure) {
        var request = Request("PUT", base + "/v1/station", headers: headers())
        request.headers["Content-Type"] = "application/json"
        request.body = (try? JSONCoding.encode(report)) ?? []
        let response = try await send(request, limit: 30)
        guard response.status == 204 else { throw Self.failure(response) }
    }

    /// Asks whether the bridge is there at all.
    public func probe() async throws(Failure) {
        let response = try await send(Request("GET", base + "/v1/api-info", headers: headers()), limit: 10)
        guard response.status < 500 else { throw Self.failure(response) }
    }

    private func put(_ body: [UInt8], at path: String, mediaType: String) async throws(Failure) {
        var request = Request("PUT", base + path, headers: headers(), body: body)
        request.headers["Content-Type"] = mediaType
        // A refusal, such as of our token, comes before much is sent, and is not lost when the bridge then closes.
        if body.count > 256 << 10 { request.headers["Expect"] = "100-continue" }
        let response = try await send(request, limit: 120)
        guard response.status == 200 || response.status == 201 else { throw Self.failure(response) }
    }

    private func headers() -> Headers {
        var headers: Headers = ["Accept": "application/json"]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        return headers
    }

    private func send(
        _ request: Request, limit: Double, largest: Int = 1 << 20
    ) async throws(Failure) -> Response {
        do {
            return try await transport.send(
                request, to: origin, limits: TransportLimits(idle: 30, total: limit, maximumBody: largest))
        } catch {
            switch error.kind {
            // The next record may get through where this one hangs.
            case .timedOut, .connectionCut: throw Failure(scope: .record, code: "bridge-\(error.kind.rawValue)")
            default: throw Failure(scope: .link, code: "bridge-\(error.kind.rawValue)")
            }
        }
    }

    private static func failure(_ response: Response) -> Failure {
        let problem = response.bytes.flatMap { try? JSONCoding.decode(Problem.self, from: $0) }
        let code = problem?.code ?? "status-\(response.status)"
        let retryAfter = response.headers["Retry-After"].flatMap { Int($0) } ?? problem?.retryAfter
        switch response.status {
        case 424:
            return Failure(scope: .record, code: code, retryAfter: retryAfter, missing: problem?.missing ?? [])
        case 400, 409, 410, 413, 415, 422:
            return Failure(scope: .record, code: code, isFinal: true)
        case 401, 403, 404, 405, 408, 425, 429, 502, 503, 504, 507:
            return Failure(scope: .link, code: code, retryAfter: retryAfter)
        default:
            return Failure(scope: .record, code: code, retryAfter: retryAfter)
        }
    }
}
