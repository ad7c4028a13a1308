import Foundation
import HTTP
import Imaging
import Scanning
import Support
import Synchronization

/// Passes requests on and remembers what was said, within bounds, for a scan that may fail.
final class TracingTransport: HTTPTransport {
    private struct Record {
        var exchanges: [ScanTrace.Exchange] = []
        var textBytes = 0
        var leftOut = 0
    }

    private let base: any HTTPTransport
    private let allowsPages: Bool
    private let start = ContinuousClock.now
    private let record = Mutex(Record())

    private static let mostExchanges = 400
    private static let mostText = 1 << 20
    /// So many from the beginning stay, whatever comes.
    private static let kept = 40

    init(_ base: any HTTPTransport, allowsPages: Bool) {
        self.base = base
        self.allowsPages = allowsPages
    }

    /// What was said so far.
    var exchanges: (list: [ScanTrace.Exchange], leftOut: Int) { record.withLock { ($0.exchanges, $0.leftOut) } }

    func send(
        _ request: Request, to origin: String, limits: TransportLimits
    ) async throws(TransportError) -> Response {
        let begin = ContinuousClock.now
        var exchange = ScanTrace.Exchange(
            at: (begin - start) / .seconds(1), seconds: 0, method: request.method, path: request.path,
            sent: request.body.isEmpty ? nil : String(decoding: request.body.prefix(64 << 10), as: UTF8.self))
        defer {
            exchange.seconds = (.now - begin) / .seconds(1)
            add(exchange)
        }
        do {
            let response = try await base.send(request, to: origin, limits: limits)
            exchange.status = response.status
            exchange.headers = Dictionary(
                response.headers.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            exchange.body = body(response)
            return response
        } catch {
            exchange.failure = ScanTrace.Failure(kind: error.kind.rawValue, detail: error.detail)
            throw error
        }
    }

    /// Says what the last image was found to be.
    func describe(_ change: (inout ScanTrace.Body) -> Void) {
        record.withLock { record in
            guard let index = record.exchanges.lastIndex(where: { $0.path.hasSuffix("/NextDocument") }) else { return }
            if var body = record.exchanges[index].body {
                change(&body)
                record.exchanges[index].body = body
            }
        }
    }

    private func body(_ response: Response) -> ScanTrace.Body? {
        guard let bytes = response.bytes, !bytes.isEmpty else { return nil }
        let image = ImageFormat(sniffing: bytes)
        var body = ScanTrace.Body(
            bytes: bytes.count, mediaType: image?.mediaType ?? response.headers["Content-Type"])
        let isText =
            image == nil && bytes.count <= 64 << 10
            && bytes.prefix(4096).allSatisfy { $0 >= 0x20 || (9...13).contains($0) }
        if isText { body.text = String(decoding: bytes, as: UTF8.self) }
        if allowsPages, image != nil { body.content = Data(bytes) }
        return body
    }

    private func add(_ exchange: ScanTrace.Exchange) {
        func size(_ exchange: ScanTrace.Exchange) -> Int {
            (exchange.sent?.utf8.count ?? 0) + (exchange.body?.text?.utf8.count ?? 0)
                + (exchange.body?.content?.count ?? 0)
        }
        record.withLock { record in
            record.exchanges.append(exchange)
            record.textBytes += size(exchange)
            while record.exchanges.count > Self.kept + 1,
                record.exchanges.count > Self.mostExchanges || record.textBytes > Self.mostText
            {
                record.textBytes -= size(record.exchanges.remove(at: Self.kept))
                record.leftOut += 1
            }
        }
    }
}
