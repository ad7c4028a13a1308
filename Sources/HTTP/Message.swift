/// Header fields in the order they came; names compare without regard to case.
public struct Headers: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    public struct Field: Hashable, Sendable {
        public var name: String
        public var value: String

        /// Names of header fields are ASCII; bit 5 tells small letters from capitals.
        package func isNamed(_ other: String) -> Bool {
            func small(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
            guard name.utf8.count == other.utf8.count else { return false }
            var rest = other.utf8.makeIterator()
            for byte in name.utf8 {
                guard let next = rest.next(), byte == next || small(byte) == small(next) else { return false }
            }
            return true
        }
    }

    public private(set) var fields: [Field]

    public init(_ fields: [(String, String)] = []) {
        self.fields = fields.map { Field(name: $0.0, value: $0.1) }
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }

    /// The first value of `name`; setting replaces all of them, and `nil` removes them.
    public subscript(name: String) -> String? {
        get { fields.first { $0.isNamed(name) }?.value }
        set {
            fields.removeAll { $0.isNamed(name) }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }

    public func all(_ name: String) -> [String] {
        var values: [String] = []
        for field in fields where field.isNamed(name) { values.append(field.value) }
        return values
    }

    public mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }
}

/// A request as the server received it, or as a client is to send it.
public struct Request: Hashable, Sendable {
    /// Upper case, such as `GET`.
    public var method: String
    /// Decoded, beginning with `/`, without the query.
    ///
    /// In a client's request: path and query, already encoded.
    public var path: String
    public var query: [String: String]
    public var headers: Headers
    public var body: [UInt8]
    /// What the server knows of the other side, such as the verified client certificate's name.
    public var peer: Peer
    /// What was found out by the head alone, for who answers.
    public var finding = Finding()

    /// A value of the program's own; it makes no two requests differ.
    public struct Finding: Hashable, Sendable {
        public var value: (any Sendable)?

        public init(_ value: (any Sendable)? = nil) {
            self.value = value
        }

        public static func == (one: Finding, other: Finding) -> Bool { true }

        public func hash(into hasher: inout Hasher) {}
    }

    public struct Peer: Hashable, Sendable {
        public var address: String?
        /// Of a TCP connection.
        public var port: UInt16?
        public var certificateName: String?
        /// The verified client certificate, in DER.
        public var certificate: [UInt8]?

        public init(
            address: String? = nil, port: UInt16? = nil, certificateName: String? = nil, certificate: [UInt8]? = nil
        ) {
            self.address = address
            self.port = port
            self.certificateName = certificateName
            self.certificate = certificate
        }
    }

    public init(
        _ method: String, _ path: String, query: [String: String] = [:], headers: Headers = [:], body: [UInt8] = [],
        peer: Peer = Peer()
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.peer = peer
    }
}

/// A response; its body is whole, or a stream of chunks for what takes time.
public struct Response: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        /// Sent chunked as it comes. An error thrown inside cuts the connection, so that a half body never looks whole.
        case stream(AsyncThrowingStream<[UInt8], any Error>)
    }

    public var status: Int
    public var headers: Headers
    public var body: Body

    public init(status: Int, headers: Headers = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public init(status: Int, headers: Headers = [:], bytes: [UInt8]) {
        self.init(status: status, headers: headers, body: .bytes(bytes))
    }

    /// The body's bytes when it is whole; `nil` for a stream.
    public var bytes: [UInt8]? { if case .bytes(let bytes) = body { bytes } else { nil } }
}
