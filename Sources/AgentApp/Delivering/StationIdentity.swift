import Certificates
public import Foundation
import Support

/// The certificate that a station shows to the bridge: fetched once with a code, and renewed before it ends.
///
/// Key and certificate lie in one file, so that after a power cut they still belong together. The key never leaves it.
public struct StationIdentity: Sendable {
    /// PEM: the certificate, then its key.
    public let file: URL

    /// - Parameter folder: The agent's data folder.
    public init(in folder: URL) {
        file = folder.appending(path: "identity.pem")
    }

    /// When to renew, and when it ends; `nil` where there is none, or the file is broken.
    public var validity: (renewal: Date, end: Date)? {
        guard let text = try? String(contentsOf: file, encoding: .utf8), let certificate = try? Certificate(pem: text)
        else { return nil }
        return (certificate.renewal, certificate.notAfter)
    }

    /// Makes a new key and fetches a certificate for it.
    ///
    /// - Parameters:
    ///   - bridge: Renewing wants a connection that shows the certificate in force.
    ///   - name: The station's; the bridge decides.
    ///   - code: The one-time code; `nil` renews.
    /// - Returns: The name that the bridge knows the station by.
    /// - Throws: ``BridgeClient/Failure``, or an error of the disk.
    @discardableResult
    public func fetch(over bridge: BridgeClient, name: String, code: String?) async throws -> String {
        let request = try SigningRequest(name: name)
        let enrolled = try await bridge.enrol(request.request, code: code)
        guard (try? Certificate(pem: enrolled.certificate)) != nil else {
            throw BlankettError(
                "certificate-broken", exit: .bridgeUnreachable, "The bridge's answer holds no certificate.",
                advice: "Check the bridge's address.")
        }
        let text = enrolled.certificate + "\n" + request.key
        try DurableFile.write(Array(text.utf8), to: file)
        return enrolled.name
    }
}
