package import HTTP

/// Puts an HTTP/1.1 response together from the bytes of a pipe that never ends.
///
/// Where it ends follows from its head alone; what a broken or hostile device sends is refused, and never takes more
/// memory than allowed.
package struct ResponseFraming {
    private enum State {
        case status, header
        case body(left: Int)
        case chunkSize, chunkEnd, trailer
        /// Neither a length nor chunks were announced: it ends when the device falls silent.
        case openEnded
        case done
    }

    private let method: String
    private let maximumBody: Int
    private var state = State.status
    private var line: [UInt8] = []
    private var headBytes = 0
    private var interimResponses = 0
    private var status = 0
    private var headers = Headers()
    private var body: [UInt8] = []
    private var bodyCount = 0

    private static let maximumHead = 64 << 10

    /// Whether body bytes are only counted, to be rid of a response that nobody waits for.
    package var isDiscarding = false

    /// Bytes behind the end: they would be taken for the next response.
    package private(set) var surplus = 0

    /// - Parameters:
    ///   - method: The request's, as it decides whether there is a body.
    ///   - maximumBody: In bytes.
    package init(method: String, maximumBody: Int) {
        self.method = method
        self.maximumBody = maximumBody
    }

    package var isDone: Bool { if case .done = state { true } else { false } }
    package var isOpenEnded: Bool { if case .openEnded = state { true } else { false } }

    /// The response; whole when ``isDone``, or when ``isOpenEnded`` and the device is silent.
    package var response: Response { Response(status: status, headers: headers, bytes: body) }

    /// Takes what came next.
    ///
    /// - Parameter bytes: In order, of any number.
    /// - Throws: ``TransportError`` `not-http` or `too-large`.
    package mutating func take(_ bytes: [UInt8]) throws(TransportError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .done:
                surplus += rest.count
                return
            case .body(let left):
                let part = rest.prefix(left)
                try keep(part)
                rest = rest.dropFirst(part.count)
                state = part.count < left ? .body(left: left - part.count) : afterBody
            case .openEnded:
                try keep(rest)
                return
            case .status, .header, .chunkSize, .chunkEnd, .trailer:
                guard let line = try nextLine(of: &rest) else { return }
                try take(line: line)
            }
        }
    }

    private var isChunked = false
    private var afterBody: State { isChunked ? .chunkEnd : .done }

    private mutating func keep(_ part: ArraySlice<UInt8>) throws(TransportError) {
        bodyCount += part.count
        if isDiscarding {
            body = []
            return
        }
        guard bodyCount <= maximumBody else { throw tooLarge }
        body += part
    }

    private var tooLarge: TransportError {
        TransportError(.tooLarge, "the answer is larger than \(maximumBody) bytes")
    }

    /// A line without its end; `nil` when the rest of it is still to come.
    private mutating func nextLine(of rest: inout ArraySlice<UInt8>) throws(TransportError) -> String? {
        let part = rest.prefix { $0 != UInt8(ascii: "\n") }
        headBytes += part.count + 1
        guard headBytes <= Self.maximumHead else { throw TransportError(.notHTTP, "the answer's head has no end") }
        line += part
        rest = rest.dropFirst(part.count)
        guard rest.popFirst() != nil else { return nil }
        defer { line = [] }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }

    private mutating func take(line: String) throws(TransportError) {
        switch state {
        case .status:
            // Some devices put an empty line behind the last answer.
            if line.isEmpty { return }
            guard let match = line.prefixMatch(of: /HTTP\/1\.[01] ([1-5][0-9][0-9])(?: |$)/), let code = Int(match.1)
            else { throw TransportError(.notHTTP, "the answer does not begin as HTTP does") }
            status = code
            headers = Headers()
            state = .header
        case .header:
            if line.isEmpty {
                try endHead()
            } else if let colon = line.firstIndex(of: ":"), colon != line.startIndex {
                headers.add(String(line[..<colon]), line[line.index(after: colon)...].trimmed)
            } else {
                throw TransportError(.notHTTP, "a header field has no name")
            }
        case .chunkSize:
            headBytes = 0
            let digits = line.prefix { $0.isHexDigit }
            guard !digits.isEmpty, digits.count <= 8, let size = Int(digits, radix: 16) else {
                throw TransportError(.notHTTP, "a chunk has no size")
            }
            guard isDiscarding || size <= maximumBody - bodyCount else { throw tooLarge }
            state = size == 0 ? .trailer : .body(left: size)
        case .chunkEnd:
            guard line.isEmpty else { throw TransportError(.notHTTP, "a chunk is longer than its size") }
            state = .chunkSize
        case .trailer:
            if line.isEmpty { state = .done }
        case .body, .openEnded, .done:
            break
        }
    }

    private mutating func endHead() throws(TransportError) {
        headBytes = 0
        if status < 200 {
            // 100 Continue and its like announce the real answer; more than a few are no answer at all.
            interimResponses += 1
            guard status != 101, interimResponses <= 8 else {
                throw TransportError(.notHTTP, "the device does not come to an answer")
            }
            state = .status
            return
        }
        if method == "HEAD" || status == 204 || status == 304 {
            state = .done
            return
        }
        let codings = headers.all("Transfer-Encoding").joined(separator: ",").lowercased()
        if !codings.isEmpty {
            guard codings.trimmed == "chunked" else {
                throw TransportError(.notHTTP, "the answer is coded as \(codings)")
            }
            isChunked = true
            state = .chunkSize
            return
        }
        let lengths = Set(headers.all("Content-Length").flatMap { $0.split(separator: ",") }.map(\.trimmed))
        guard let text = lengths.first else {
            state = .openEnded
            return
        }
        guard lengths.count == 1, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text) else {
            throw TransportError(.notHTTP, "the answer's length is no number")
        }
        guard isDiscarding || length <= maximumBody else { throw tooLarge }
        state = length == 0 ? .done : .body(left: length)
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
