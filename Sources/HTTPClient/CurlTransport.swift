public import HTTP

/// HTTP/1.1 over TCP, TLS or a UNIX socket, by libcurl.
///
/// All transfers of one transport share one thread of their own and a pool of kept connections; nothing blocks the
/// caller's pool. A transport has one ``TLSTrust``: make one for each device or service that needs its own. The
/// environment's proxy settings are ignored, and redirects are never followed. Cancelling the task aborts the transfer.
public final class CurlTransport: HTTPTransport {
    private let loop: TransferLoop
    private let trust: TLSTrust

    public init(trust: TLSTrust = TLSTrust()) {
        self.trust = trust
        loop = TransferLoop()
        loop.start()
    }

    deinit {
        loop.stop()
    }

    public func send(
        _ request: Request, to origin: String, limits: TransportLimits = TransportLimits()
    ) async throws(TransportError) -> Response {
        try await perform(request, to: origin, limits: limits, trust: trust, wantsCertificate: false).response
    }

    /// Connects once, believing any certificate, and tells whose it was: for the first use of a device.
    ///
    /// Nothing is sent on the connection.
    ///
    /// - Parameters:
    ///   - origin: An `https` origin.
    ///   - limits: Deadlines.
    /// - Returns: The certificate; its key is what to keep and to compare with from then on.
    /// - Throws: ``TransportError`` when there is no TLS connection.
    public static func certificate(
        of origin: String, limits: TransportLimits = TransportLimits(total: 15)
    ) async throws(TransportError) -> ServerCertificate {
        let transport = CurlTransport()
        let exchange = try await transport.perform(
            Request("HEAD", "/"), to: origin, limits: limits, trust: nil, wantsCertificate: true)
        guard let certificate = exchange.certificate else {
            throw TransportError(.tls, "\(origin) showed no certificate")
        }
        return certificate
    }

    private func perform(
        _ request: Request, to origin: String, limits: TransportLimits, trust: TLSTrust?, wantsCertificate: Bool
    ) async throws(TransportError) -> Transfer.Exchange {
        let transfer = try Transfer(
            request, to: origin, limits: limits, trust: trust, wantsCertificate: wantsCertificate)
        let loop = loop
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.add(transfer) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            loop.cancel(transfer)
        }
        return try result.get()
    }
}
