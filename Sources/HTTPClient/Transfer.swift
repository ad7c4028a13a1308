import CCurl
import Foundation
import HTTP

/// One request on its way, and what has come back so far.
///
/// Made by the caller; from then on touched by the loop's thread alone.
final class Transfer: @unchecked Sendable {
    struct Exchange: Sendable {
        var response: Response
        var certificate: ServerCertificate?
    }

    private let request: Request
    private let url: String
    private let socket: String?
    private let limits: TransportLimits
    /// `nil` believes anybody, to learn who it is.
    private let trust: TLSTrust?
    private let wantsCertificate: Bool

    var wasCancelled = false
    var wasIdle = false
    private(set) var wasAdded = false

    private var easy: UnsafeMutableRawPointer?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var upload: UnsafeMutableBufferPointer<UInt8>?
    private let errorText = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    private var headers = Headers()
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var tooLarge = false
    private var moved: (received: curl_off_t, sent: curl_off_t) = (0, 0)
    private var lastMove = ContinuousClock.now

    init(
        _ request: Request, to origin: String, limits: TransportLimits, trust: TLSTrust?, wantsCertificate: Bool
    ) throws(TransportError) {
        let unsafeText =
            [request.method, request.path, origin] + request.headers.fields.flatMap { [$0.name, $0.value] }
        guard !unsafeText.contains(where: { $0.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F } }) else {
            throw TransportError(.notHTTP, "a control character in the request's method, address or headers")
        }
        if origin.hasPrefix("unix://") {
            socket = String(origin.dropFirst("unix://".count))
            url = "http://localhost" + request.path
        } else if origin.hasPrefix("http://") || origin.hasPrefix("https://") {
            socket = nil
            url = origin + request.path
        } else {
            throw TransportError(.unreachable, "\(origin) is neither http, https nor unix")
        }
        self.request = request
        self.limits = limits
        self.trust = trust
        self.wantsCertificate = wantsCertificate
        errorText.initialize(repeating: 0)
    }

    deinit {
        curl_slist_free_all(headerList)
        upload?.deallocate()
        errorText.deallocate()
    }

    /// When the longest time without a byte is over.
    var idleDeadline: ContinuousClock.Instant { lastMove + .milliseconds(milliseconds(limits.idle)) }

    /// Puts the request's settings on a fresh handle and keeps it; `false` when libcurl refuses one of them.
    func attach(_ easy: UnsafeMutableRawPointer) -> Bool {
        wasAdded = true
        self.easy = easy
        lastMove = .now
        var settings = Settings(easy: easy)
        settings.text(CURLOPT_URL, url)
        if let socket { settings.text(CURLOPT_UNIX_SOCKET_PATH, socket) }
        settings.text(CURLOPT_PROTOCOLS_STR, "http,https")
        settings.text(CURLOPT_PROXY, "")
        settings.number(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        settings.number(CURLOPT_NOSIGNAL, 1)
        settings.number(CURLOPT_PATH_AS_IS, 1)
        settings.number(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits.connect))
        settings.number(CURLOPT_TIMEOUT_MS, milliseconds(limits.total))
        if limits.freshConnection { settings.number(CURLOPT_FRESH_CONNECT, 1) }
        configureMethod(&settings)
        configureTrust(&settings)

        let context = Unmanaged.passUnretained(self).toOpaque()
        settings.pointer(CURLOPT_PRIVATE, context)
        settings.pointer(CURLOPT_WRITEDATA, context)
        settings.pointer(CURLOPT_HEADERDATA, context)
        settings.pointer(CURLOPT_XFERINFODATA, context)
        settings.pointer(CURLOPT_ERRORBUFFER, errorText.baseAddress)
        settings.check(ccurl_set_sink(easy, CURLOPT_WRITEFUNCTION, takeBody))
        settings.check(ccurl_set_sink(easy, CURLOPT_HEADERFUNCTION, takeHeader))
        settings.check(ccurl_set_progress(easy, noteProgress))
        settings.number(CURLOPT_NOPROGRESS, 0)
        return settings.allTaken
    }

    /// Gives the handle up; the caller may use it for another transfer.
    func detach() -> UnsafeMutableRawPointer? {
        defer { easy = nil }
        return easy
    }

    // The response, or why there is none; called while the handle is still attached. `result` is libcurl's, or `nil`
    // when we ended the transfer ourselves.
    func outcome(of result: CURLcode?) -> Result<Exchange, TransportError> {
        if wasCancelled { return .failure(TransportError(.cancelled, "the request was cancelled")) }
        if wasIdle { return .failure(TransportError(.timedOut, "no byte in \(limits.idle) s")) }
        guard let result else { return .failure(TransportError(.cancelled, "the transport was closed")) }
        if tooLarge {
            return .failure(TransportError(.tooLarge, "the answer is larger than \(limits.maximumBody) bytes"))
        }
        guard result == CURLE_OK else {
            let text = String(decoding: errorText.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            return .failure(
                TransportError(kind(of: result), text.isEmpty ? String(cString: curl_easy_strerror(result)) : text))
        }
        let response = Response(status: Int(ccurl_status(easy)), headers: headers, bytes: body)
        return .success(Exchange(response: response, certificate: wantsCertificate ? shownCertificate() : nil))
    }

    // MARK: Settings

    private func configureMethod(_ settings: inout Settings) {
        if request.method == "HEAD" {
            settings.number(CURLOPT_NOBODY, 1)
        } else if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
            let upload = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, request.body.count))
            _ = upload.initialize(from: request.body)
            self.upload = upload
            settings.number(CURLOPT_POST, 1)
            settings.check(
                ccurl_set_size(settings.easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)))
            settings.pointer(CURLOPT_POSTFIELDS, upload.baseAddress)
            settings.text(CURLOPT_CUSTOMREQUEST, request.method)
        } else if request.method != "GET" {
            settings.text(CURLOPT_CUSTOMREQUEST, request.method)
        }
        // An empty value needs a semicolon; a name with only a colon takes away what libcurl would add by itself.
        var lines = request.headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // Else libcurl asks for consent before each large body, and waits 1 s where a device does not know how.
        if request.headers["Expect"] == nil { lines.append("Expect:") }
        if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
        for line in lines {
            guard let longer = curl_slist_append(headerList, line) else { continue }
            headerList = longer
        }
        settings.pointer(CURLOPT_HTTPHEADER, headerList)
    }

    private func configureTrust(_ settings: inout Settings) {
        settings.number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if wantsCertificate {
            settings.number(CURLOPT_CERTINFO, 1)
            settings.number(CURLOPT_CONNECT_ONLY, 1)
        }
        switch trust?.server {
        case .system: break
        case .authorities(let file): settings.text(CURLOPT_CAINFO, file)
        case .pinned(let pin):
            // Devices sign their own certificates, for names they do not have: the key is all there is to check.
            settings.number(CURLOPT_SSL_VERIFYPEER, 0)
            settings.number(CURLOPT_SSL_VERIFYHOST, 0)
            settings.text(CURLOPT_PINNEDPUBLICKEY, pin.description)
        case nil:
            settings.number(CURLOPT_SSL_VERIFYPEER, 0)
            settings.number(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let identity = trust?.identity {
            settings.text(CURLOPT_SSLCERT, identity.certificateFile)
            settings.text(CURLOPT_SSLKEY, identity.keyFile)
        }
    }

    private func shownCertificate() -> ServerCertificate? {
        guard let chain = ccurl_certificates(easy)?.pointee, chain.num_of_certs > 0 else { return nil }
        var line = chain.certinfo[0]
        while let item = line {
            let text = String(cString: item.pointee.data)
            if text.hasPrefix("Cert:") { return ServerCertificate(pem: String(text.dropFirst("Cert:".count))) }
            line = item.pointee.next
        }
        return nil
    }

    private func milliseconds(_ seconds: Double) -> Int {
        Int(min(max(seconds * 1000, 1), Double(Int32.max)))
    }

    private func kind(of result: CURLcode) -> TransportError.Kind {
        switch result {
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_URL_MALFORMAT: .unreachable
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: .notHTTP
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
            .tls
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: .otherKey
        default: .connectionCut
        }
    }

    // MARK: What comes back

    /// `false` when there are too many.
    fileprivate func take(header line: UnsafeBufferPointer<UInt8>) -> Bool {
        headerBytes += line.count
        tooLarge = headerBytes > 256 << 10
        let text = String(decoding: line, as: UTF8.self).trimmed
        if text.hasPrefix("HTTP/") {
            // A new status line: what came before belonged to a 100 Continue.
            headers = Headers()
        } else if let colon = text.firstIndex(of: ":") {
            headers.add(String(text[..<colon]), String(text[text.index(after: colon)...]).trimmed)
        }
        return !tooLarge
    }

    /// `false` when the answer is too large.
    fileprivate func take(body bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        tooLarge = body.count + bytes.count > limits.maximumBody
        if !tooLarge { body.append(contentsOf: bytes) }
        return !tooLarge
    }

    fileprivate func note(received: curl_off_t, sent: curl_off_t) {
        guard moved != (received, sent) else { return }
        moved = (received, sent)
        lastMove = .now
    }
}

/// Puts settings on a handle and remembers whether all were taken.
private struct Settings {
    let easy: UnsafeMutableRawPointer
    private(set) var allTaken = true

    init(easy: UnsafeMutableRawPointer) {
        self.easy = easy
    }

    mutating func check(_ result: CURLcode) { allTaken = allTaken && result == CURLE_OK }
    mutating func number(_ option: CURLoption, _ value: Int) { check(ccurl_set_number(easy, option, value)) }
    mutating func text(_ option: CURLoption, _ value: String) { check(ccurl_set_text(easy, option, value)) }
    mutating func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        check(ccurl_set_pointer(easy, option, value))
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// Lends the bytes of a callback to `take`; anything but the whole count tells libcurl to stop.
private func lend(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    to take: (Transfer) -> (UnsafeBufferPointer<UInt8>) -> Bool
) -> Int {
    guard let bytes, let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let taken = bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
        take(transfer)(UnsafeBufferPointer(start: $0, count: count))
    }
    // One too many also where count is 0.
    return taken ? count : count + 1
}

@c private func takeHeader(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    lend(bytes, size * count, context) { $0.take(header:) }
}

@c private func takeBody(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    lend(bytes, size * count, context) { $0.take(body:) }
}

@c private func noteProgress(
    context: UnsafeMutableRawPointer?, toGet: curl_off_t, got: curl_off_t, toSend: curl_off_t, sent: curl_off_t
) -> Int32 {
    guard let context else { return 1 }
    Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().note(received: got, sent: sent)
    return 0
}
