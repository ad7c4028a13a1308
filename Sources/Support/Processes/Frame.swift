/// One message on a pipe between a program and its worker: a JSON header and, after it, any bytes.
///
/// On the wire: the header's length and the body's length, 32 bits each, most significant byte first; then both.
public struct Frame: Sendable, Hashable {
    /// JSON.
    public var header: [UInt8]
    public var body: [UInt8]

    public init(header: [UInt8], body: [UInt8] = []) {
        self.header = header
        self.body = body
    }

    /// A frame whose header is `message` as JSON.
    public init(_ message: some Encodable, body: [UInt8] = []) throws {
        self.init(header: try JSONCoding.encode(message), body: body)
    }

    public func message<Message: Decodable>(as type: Message.Type = Message.self) throws -> Message {
        try JSONCoding.decode(type, from: header)
    }

    /// What a reader accepts, so that a worker gone mad cannot make its client take up all memory.
    public struct Limits: Sendable, Hashable {
        public var header: Int
        public var body: Int

        public init(header: Int, body: Int) {
            self.header = header
            self.body = body
        }

        /// 8 MiB of header, 256 MiB of body: a raw A4 page at 600 dpi in colour is 104 MB.
        public static let standard = Limits(header: 8 << 20, body: 256 << 20)
    }
}

/// Why frames stopped coming or going.
public enum FrameError: Error, Sendable, Hashable {
    /// The other side went away in the middle of a frame, or while one was written.
    case broken
    /// A frame longer than the limits: the bytes are no frame, or the other side is not to be trusted.
    case tooLong(header: Int, body: Int)
    /// The deadline came first.
    case timedOut
    /// What the system said, as an `errno`.
    case system(Int32)
}
