public import HTTP
import Synchronization

/// HTTP to devices that sign their own certificates: each is believed by the key it showed the first time, or by the one
/// that a person accepted since.
///
/// Each origin has a ``CurlTransport`` of its own.
public final class DeviceTransport: HTTPTransport {
    private let keys: KnownKeys
    private let device: String?
    private let transports = Mutex<[String: (trust: TLSTrust, transport: CurlTransport)]>([:])

    /// - Parameters:
    ///   - keys: What is known.
    ///   - device: The one device's own id, where requests go to that only: it is believed by its key at any address.
    public init(_ keys: KnownKeys, device: String? = nil) {
        self.keys = keys
        self.device = device
    }

    public func send(
        _ request: Request, to origin: String, limits: TransportLimits
    ) async throws(TransportError) -> Response {
        try await transport(for: origin).send(request, to: origin, limits: limits)
    }

    private func transport(for origin: String) async throws(TransportError) -> CurlTransport {
        let trust: TLSTrust
        do {
            trust = try await keys.trust(for: origin, device: device)
        } catch let error as TransportError {
            throw error
        } catch {
            throw TransportError(.tls, "\(error)")
        }
        return transports.withLock { transports in
            if let known = transports[origin], known.trust == trust { return known.transport }
            let made = CurlTransport(trust: trust)
            transports[origin] = (trust, made)
            return made
        }
    }
}
