import HTTP
import Testing
import USBDevices

/// Feeds `text` in pieces of `size` bytes.
private func framed(_ text: String, pieces size: Int, method: String = "GET", maximum: Int = 100) throws
    -> ResponseFraming
{
    var framing = ResponseFraming(method: method, maximumBody: maximum)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        try framing.take(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
    }
    return framing
}

struct `A response on a pipe without end` {
    static let whole: [(text: String, status: Int, body: String)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
        (
            "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nT: 1\r\n\r\n", 200,
            "hello"
        ),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 201, ""),
        ("\r\nHTTP/1.0 404 Not Found\ncontent-length: 2,2\n\nno", 404, "no"),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        // Chunks win over a length, as RFC 9112 has it.
        ("HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 200, "a"),
    ]

    @Test(arguments: whole, [1, 7, 1000])
    func `is whole where its head says so, however it is cut`(
        expected: (text: String, status: Int, body: String), size: Int
    ) throws {
        let framing = try framed(expected.text, pieces: size)
        #expect(framing.isDone)
        #expect(framing.surplus == 0)
        #expect(framing.response.status == expected.status)
        #expect(framing.response.bytes == Array(expected.body.utf8))
    }

    @Test(arguments: whole) func `is not whole a byte before`(
        expected: (text: String, status: Int, body: String)
    ) throws {
        #expect(try !framed(String(expected.text.dropLast()), pieces: 50).isDone)
    }

    static let refused: [(text: String, kind: TransportError.Kind)] = [
        ("<html>\n", .notHTTP), ("SSH-2.0-x\r\n", .notHTTP), ("HTTP/2 200\r\n", .notHTTP),
        ("HTTP/1.1 99 x\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", .tooLarge),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", .tooLarge),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\n: x\r\n\r\n", .notHTTP), ("HTTP/1.1 101 Switching\r\n\r\n", .notHTTP),
        (String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 20), .notHTTP),
        ("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 70_000), .notHTTP),
        ("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 101), .tooLarge),
    ]

    @Test(arguments: refused, [1, 1000])
    func `is refused where it is none, or takes more than is allowed`(
        refused: (text: String, kind: TransportError.Kind), size: Int
    ) throws {
        let error = #expect(throws: TransportError.self) { _ = try framed(refused.text, pieces: size) }
        #expect(error?.kind == refused.kind)
    }

    @Test func `without length and chunks has no end of its own`() throws {
        let framing = try framed("HTTP/1.1 200 OK\r\n\r\nsome", pieces: 3)
        #expect(framing.isOpenEnded)
        #expect(!framing.isDone)
        #expect(framing.response.bytes == Array("some".utf8))
    }

    @Test func `followed by more says how much`() throws {
        #expect(try framed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", pieces: 1000).surplus == 2)
    }

    @Test func `to HEAD has no body, whatever its length`() throws {
        #expect(try framed("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", pieces: 9, method: "HEAD").isDone)
    }

    @Test func `that nobody waits for takes no memory`() throws {
        var framing = ResponseFraming(method: "GET", maximumBody: 10)
        framing.isDiscarding = true
        try framing.take(Array("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n".utf8))
        try framing.take([UInt8](repeating: 0, count: 5000))
        #expect(framing.isDone)
        #expect(framing.response.bytes == [])
    }
}
