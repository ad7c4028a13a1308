public import HTTP
import ImageCodecs
import Imaging
import Scanning
public import Support

/// A device that answers as another did in a ``ScanTrace``: for finding out why a scan failed far away.
///
/// Answers come in the order in which they were given. What a status said belongs to its place between the other
/// answers: it is repeated until the client goes on. Pages whose contents were not kept come as empty sheets of their size.
public actor ReplayDevice {
    private let trace: ScanTrace
    private var isUsed: [Bool]
    private var lastStatus: ScanTrace.Exchange?

    /// - Parameter document: A trace, as a failed scan leaves it.
    /// - Throws: ``BlankettError`` when it is none.
    public init(document: [UInt8]) throws(BlankettError) {
        guard let trace = try? JSONCoding.decode(ScanTrace.self, from: document), trace.format == ScanTrace.formatName
        else {
            throw BlankettError(
                "bad-trace", exit: .badInput, "This is no trace of a failed scan.",
                advice: "Give a file that ends with .trace.json, of format \(ScanTrace.formatName).")
        }
        guard trace.device.connection != .sane else {
            throw BlankettError(
                "bad-trace", exit: .badInput,
                "This trace is of a SANE driver, which only the driver itself can play again.",
                advice: "Read it: it tells what the driver did, and when.")
        }
        self.trace = trace
        isUsed = trace.exchanges.map { _ in false }
    }

    /// How the recorded scan ended, for whoever compares.
    public var outcome: String { trace.end?.reason.rawValue ?? trace.error?.code ?? "unknown" }

    /// Answers one request as the recorded device did.
    public func respond(to request: Request) async -> Response {
        let resource = Self.resource(request.method, request.path)
        if resource == "GET ScannerCapabilities" {
            return Response(
                status: 200, headers: ["Content-Type": "text/xml"], bytes: Array((trace.capabilities ?? "").utf8))
        }
        guard let exchange = next(resource) else {
            // What was never asked of the device: nothing runs and nothing is there.
            return Response(status: request.method == "DELETE" ? 200 : 404)
        }
        return await answer(exchange)
    }

    private func next(_ resource: String) -> ScanTrace.Exchange? {
        func unused(_ matches: (String) -> Bool) -> Int? {
            trace.exchanges.indices.first { index in
                let exchange = trace.exchanges[index]
                return !isUsed[index] && matches(Self.resource(exchange.method, exchange.path))
            }
        }
        if resource == "GET ScannerStatus" {
            let next = unused { $0 == resource }
            let other = unused { $0 != resource } ?? .max
            if let next, next < other || lastStatus == nil {
                isUsed[next] = true
                lastStatus = trace.exchanges[next]
            }
            return lastStatus
        }
        guard let index = unused({ $0 == resource }) else { return nil }
        // Statuses that this client did not ask for are over.
        for earlier in 0...index where earlier == index || trace.exchanges[earlier].path.hasSuffix("/ScannerStatus") {
            isUsed[earlier] = true
        }
        return trace.exchanges[index]
    }

    private func answer(_ exchange: ScanTrace.Exchange) async -> Response {
        if let failure = exchange.failure {
            if failure.kind == TransportError.Kind.timedOut.rawValue {
                // Until the client gives up, and the server cancels the task.
                try? await Task.sleep(for: .seconds(86_400))
            }
            return Response(status: 0)
        }
        var headers = Headers()
        for (name, value) in exchange.headers ?? [:] where !Self.ofTheConnection.contains(name.lowercased()) {
            headers[name] = value
        }
        return Response(status: exchange.status ?? 500, headers: headers, bytes: bytes(of: exchange.body))
    }

    private static let ofTheConnection: Set = [
        "content-length", "transfer-encoding", "connection", "keep-alive", "date",
    ]

    private func bytes(of body: ScanTrace.Body?) -> [UInt8] {
        guard let body else { return [] }
        if let content = body.content { return [UInt8](content) }
        if let text = body.text { return Array(text.utf8) }
        guard let format = ImageFormat.allCases.first(where: { $0.mediaType == body.mediaType }) else {
            return [UInt8](repeating: 0x2A, count: body.bytes)
        }
        let sheet = PageImage(
            width: max(1, body.width ?? 600), height: max(1, body.height ?? 800), filledWith: 255,
            resolution: Double(trace.job.resolution))
        let image =
            (try? format == .png ? ImageCodec.encodePNG(sheet) : ImageCodec.encodeJPEG(sheet, quality: 85)) ?? []
        // A flaw that we look for lies in how the image ends.
        return body.flaw == nil ? image : Array(image.dropLast(image.count / 4))
    }

    /// Method and what is asked for, without the names of jobs and roots.
    private static func resource(_ method: String, _ path: String) -> String {
        let parts = path.split(separator: "/").map(String.init)
        let isJob = parts.dropLast().contains("ScanJobs")
        let last = parts.last ?? ""
        return "\(method) \(isJob && !["NextDocument", "ScanImageInfo"].contains(last) ? "job" : last)"
    }
}
