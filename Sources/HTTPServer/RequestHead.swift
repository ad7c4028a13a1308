import HTTP
import Support

/// A request's line and header fields as they came, before they are trusted.
///
/// libmicrohttpd 0.9.75 accepts heads that a proxy before it may read in another way (request smuggling). What has two
/// readings is refused here.
struct RequestHead {
    var method: String
    /// Not yet decoded.
    var target: String
    var isHTTP10: Bool
    var fields: [(name: String, value: String)]
    /// Not yet decoded, but `+` is a space already.
    var query: [(name: String, value: String)]

    enum Refusal: Error {
        case ambiguous(String)
        case badTarget
        /// The length that is announced, if it is any number at all.
        case tooLarge(Int?)
    }

    /// The client sends its body only when it is told to.
    var waitsForConsent: Bool {
        fields.contains { $0.name.lowercased() == "expect" && $0.value.lowercased() == "100-continue" }
    }

    /// Checks, decodes, and makes the request, still without a body.
    func request(maximumBody: Int, peer: Request.Peer) throws(Refusal) -> Request {
        var headers = Headers()
        for (name, value) in fields {
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else {
                throw .ambiguous("a header field has no proper name")
            }
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .ambiguous("a header field holds a control character")
            }
            headers.add(name, value)
        }
        try checkFraming(headers, maximumBody: maximumBody)

        guard target.hasPrefix("/"), let path = Self.decode(target), Self.isSafe(path), !Self.hidesSlash(target) else {
            throw .badTarget
        }
        var decodedQuery: [String: String] = [:]
        for (name, value) in query {
            guard let name = Self.decode(name), let value = Self.decode(value) else { throw .badTarget }
            // The same parameter twice has two readings as well.
            guard decodedQuery.updateValue(value, forKey: name) == nil else { throw .badTarget }
        }
        return Request(method, path, query: decodedQuery, headers: headers, peer: peer)
    }

    private func checkFraming(_ headers: Headers, maximumBody: Int) throws(Refusal) {
        let lengths = headers.all("Content-Length")
        let codings = headers.all("Transfer-Encoding")
        let hosts = headers.all("Host")
        guard hosts.count == 1 || (isHTTP10 && hosts.isEmpty) else { throw .ambiguous("Host must stand exactly once") }
        guard lengths.count <= 1 else { throw .ambiguous("Content-Length stands more than once") }
        guard codings.isEmpty || lengths.isEmpty else {
            throw .ambiguous("Content-Length and Transfer-Encoding exclude each other")
        }
        guard codings.isEmpty || (codings.count == 1 && codings[0].lowercased() == "chunked" && !isHTTP10) else {
            throw .ambiguous("the only transfer coding is chunked")
        }
        if let length = lengths.first {
            guard !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw .ambiguous("Content-Length is not a number")
            }
            guard let count = Int(length), count <= maximumBody else { throw .tooLarge(Int(length)) }
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: "!#$%&'*+.^`|~".utf8.contains(byte)
        }
    }

    /// Percent decoding; `nil` for a broken escape or what is no UTF-8.
    private static func decode(_ text: String) -> String? {
        guard text.holds(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }

    /// No control character, no backslash, and no segment that climbs.
    private static func isSafe(_ path: String) -> Bool {
        path.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
            && (!path.holds(UInt8(ascii: "."))
                || !path.split(separator: "/").contains { $0 == "." || $0 == ".." })
    }

    private static func hidesSlash(_ target: String) -> Bool {
        target.holds(UInt8(ascii: "%")) && target.lowercased().contains("%2f")
    }
}

extension Response {
    enum Refusal {
        case tooLarge
        case stopping
        case crowded
        case bad(String)
    }

    /// What the server itself answers; the connection closes after it.
    static func refusal(_ refusal: Refusal) -> Response {
        var problem =
            switch refusal {
            case .tooLarge: Problem("too-large", status: 413, title: "The request is too large")
            case .stopping: Problem("not-ready", status: 503, title: "The service is stopping", retryAfter: 5)
            case .crowded:
                Problem("not-ready", status: 503, title: "The service has too many connections", retryAfter: 5)
            case .bad(let detail):
                Problem("bad-request", status: 400, title: "The request cannot be read", detail: detail)
            }
        problem.detail = problem.detail ?? problem.title
        problem.instance = "urn:uuid:\(UUIDv7())"
        var response = Response.problem(problem)
        response.headers["Connection"] = "close"
        return response
    }
}
