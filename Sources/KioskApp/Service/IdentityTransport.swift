import Foundation
import HTTP
import HTTPClient
import Synchronization

/// HTTP that shows the certificate in a file, from the first request after the file came or was renewed.
final class IdentityTransport: HTTPTransport {
    private let trust: TLSTrust
    private let identity: URL
    private let current: Mutex<(changed: Date?, transport: CurlTransport)>

    /// - Parameters:
    ///   - trust: Whom to believe.
    ///   - identity: Certificate and key in one file; it need not be there yet.
    init(trust: TLSTrust, identity: URL) {
        self.trust = trust
        self.identity = identity
        current = Mutex((nil, CurlTransport(trust: trust)))
    }

    func send(
        _ request: Request, to origin: String, limits: TransportLimits
    ) async throws(TransportError) -> Response {
        try await transport().send(request, to: origin, limits: limits)
    }

    private func transport() -> CurlTransport {
        let path = identity.path(percentEncoded: false)
        let changed = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
        return current.withLock { current in
            if changed != current.changed {
                var trust = trust
                if changed != nil { trust.identity = .init(certificateFile: path, keyFile: path) }
                current = (changed, CurlTransport(trust: trust))
            }
            return current.transport
        }
    }
}
