public import Foundation
public import HTTP
import Scanning
import Synchronization

/// HTTP to printers and scanners over their USB cable: origins such as `usb://0482:069d`, or with `:SERIAL`.
///
/// Where the daemon ipp-usb owns the device, the request goes through the daemon. Calls may come from any task; for one
/// device they are carried out one after the other.
public final class IPPOverUSBTransport: HTTPTransport {
    private let network: any HTTPTransport
    private let daemon: IPPUSBDaemon
    private let pipes = Mutex<[USBIdentity: IPPPipe]>([:])

    /// - Parameters:
    ///   - network: Brings requests to all other origins, and to the daemon.
    ///   - daemonFolder: Where ipp-usb keeps its state.
    public init(network: any HTTPTransport, daemonFolder: URL = URL(filePath: "/var/ipp-usb")) {
        self.network = network
        daemon = IPPUSBDaemon(folder: daemonFolder)
    }

    public func send(
        _ request: Request, to origin: String, limits: TransportLimits
    ) async throws(TransportError) -> Response {
        guard origin.hasPrefix("usb://") else { return try await network.send(request, to: origin, limits: limits) }
        guard let identity = USBIdentity(origin.dropFirst("usb://".count)) else {
            throw TransportError(.unreachable, "\(origin) names no USB device")
        }
        if let response = try await pipe(to: identity).exchange(request, limits: limits) { return response }
        guard let port = daemon.port(for: identity) else {
            throw TransportError(.inUse, "another program has claimed \(identity), and it is not ipp-usb")
        }
        // By name: the daemon sends those away that come by number.
        return try await network.send(request, to: "http://localhost:\(port)", limits: limits)
    }

    private func pipe(to identity: USBIdentity) -> IPPPipe {
        pipes.withLock { pipes in
            if let known = pipes[identity] { return known }
            let made = IPPPipe(identity)
            pipes[identity] = made
            return made
        }
    }
}
