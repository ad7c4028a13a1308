public import Forms
public import Support

/// What a client and the read-worker say to each other: the JSON headers of the frames on its pipes.
///
/// The worker first says `hello` (or `error`, and exits), before it `preparing` each second in which it looks at blanks. Then, for each `read`, it says `page` for every image of the
/// file, in order, and `done`; or one `error` with the job's id. It works on one job at a time and exits when its
/// standard input ends. Frames themselves are ``Frame`` of Support.
public enum ReadWorkerMessage {
    /// Raised when client and worker no longer understand each other; they are installed together.
    public static let version = 1

    /// From the client; the frame's body is the file to read.
    public struct Request: Sendable, Hashable, Codable {
        public enum Operation: String, Sendable, Hashable, Codable {
            case read
        }

        public var op: Operation
        /// Chosen by the client; every reply to this job carries it.
        public var id: Int
        public var source: String
        public var options: ReadOptions

        public init(id: Int, source: String, options: ReadOptions) {
            op = .read
            self.id = id
            self.source = source
            self.options = options
        }
    }

    /// From the worker.
    public enum Reply: Sendable, Hashable {
        /// So many blank pages of the forms were looked at; thousands that nobody has seen take minutes.
        case preparing(done: Int, of: Int)
        /// The forms and models are loaded, and jobs are welcome.
        case hello(version: Int, forms: [FormKey])
        /// One image was read. The frame's body is its preview, empty when none was asked for.
        case page(id: Int, PageResult)
        /// All images of the job were told of.
        case done(id: Int)
        /// The worker cannot start, or with an id: cannot do this one job.
        case error(id: Int?, Failure)
    }

    public typealias Failure = ErrorReport
}

extension ReadWorkerMessage.Reply: Codable {
    private enum Operation: String, Codable {
        case preparing, hello, page, done, error
    }

    private enum CodingKeys: CodingKey {
        case op, id, version, forms, result, failure, done, of
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Operation.self, forKey: .op) {
        case .preparing:
            self = .preparing(
                done: try container.decode(Int.self, forKey: .done), of: try container.decode(Int.self, forKey: .of))
        case .hello:
            self = .hello(
                version: try container.decode(Int.self, forKey: .version),
                forms: try container.decode([FormKey].self, forKey: .forms))
        case .page:
            self = .page(
                id: try container.decode(Int.self, forKey: .id),
                try container.decode(PageResult.self, forKey: .result))
        case .done:
            self = .done(id: try container.decode(Int.self, forKey: .id))
        case .error:
            self = .error(
                id: try container.decodeIfPresent(Int.self, forKey: .id),
                try container.decode(ReadWorkerMessage.Failure.self, forKey: .failure))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .preparing(let done, let count):
            try container.encode(Operation.preparing, forKey: .op)
            try container.encode(done, forKey: .done)
            try container.encode(count, forKey: .of)
        case .hello(let version, let forms):
            try container.encode(Operation.hello, forKey: .op)
            try container.encode(version, forKey: .version)
            try container.encode(forms, forKey: .forms)
        case .page(let id, let result):
            try container.encode(Operation.page, forKey: .op)
            try container.encode(id, forKey: .id)
            try container.encode(result, forKey: .result)
        case .done(let id):
            try container.encode(Operation.done, forKey: .op)
            try container.encode(id, forKey: .id)
        case .error(let id, let failure):
            try container.encode(Operation.error, forKey: .op)
            try container.encodeIfPresent(id, forKey: .id)
            try container.encode(failure, forKey: .failure)
        }
    }
}
