import Support

/// An error answer as in RFC 9457.
///
/// The type's last part is the stable code.
public struct Problem: Error, Hashable, Sendable, Codable {
    public struct Violation: Hashable, Sendable, Codable {
        public var field: String
        public var message: String

        public init(field: String, message: String) {
            self.field = field
            self.message = message
        }
    }

    public var type: String
    public var title: String
    public var status: Int
    public var detail: String?
    /// `urn:uuid:` of the request; the same id stands in the log.
    public var instance: String?
    public var violations: [Violation]?
    /// Names of what is missing, such as the hashes of blobs.
    public var missing: [String]?
    /// Seconds; sent as the header Retry-After too.
    public var retryAfter: Int?
    /// The code of OAuth 2.0 (RFC 6749, 5.2), for clients that look for nothing else.
    public var error: String?

    public init(
        _ code: String, status: Int, title: String, detail: String? = nil, violations: [Violation]? = nil,
        missing: [String]? = nil, retryAfter: Int? = nil
    ) {
        type = "/problems/\(code)"
        self.title = title
        self.status = status
        self.detail = detail
        self.violations = violations
        self.missing = missing
        self.retryAfter = retryAfter
    }

    /// The stable code, such as `missing-blobs`.
    public var code: String { type.split(separator: "/").last.map(String.init) ?? type }
}

extension Response {
    public static func json(_ value: some Encodable, status: Int = 200, headers: Headers = [:]) throws -> Response {
        var headers = headers
        headers["Content-Type"] = "application/json"
        return Response(status: status, headers: headers, bytes: try JSONCoding.encode(value))
    }

    public static func problem(_ problem: Problem) -> Response {
        var headers: Headers = ["Content-Type": "application/problem+json"]
        if let seconds = problem.retryAfter { headers["Retry-After"] = String(seconds) }
        return Response(status: problem.status, headers: headers, bytes: (try? JSONCoding.encode(problem)) ?? [])
    }
}
