import HTTP
public import Support

/// The certificate of one device: what is known of it, what it shows, and what a person accepts.
public struct DeviceCertificate: Sendable {
    /// Such as `https://192.0.2.7`.
    public let origin: String
    private let keys: KnownKeys
    private let device: String?

    /// `nil` where `address` is not reached over HTTPS, so that there is none.
    ///
    /// - Parameters:
    ///   - address: The device's.
    ///   - keys: What is known.
    ///   - device: Its own id, as for ``DeviceTransport``.
    public init?(address: String, keys: KnownKeys, device: String? = nil) {
        guard let origin = address.prefixMatch(of: /https:\/\/[^\/?#]+/)?.0 else { return nil }
        self.origin = String(origin)
        self.keys = keys
        self.device = device
    }

    /// `nil` before it was first seen.
    public var known: PublicKeyPin? {
        get throws(BlankettError) {
            if let device, let key = try keys[device] { return key }
            return try keys[origin]
        }
    }

    /// What the device shows now.
    public var shown: ServerCertificate {
        get async throws(BlankettError) {
            do throws(TransportError) {
                return try await CurlTransport.certificate(of: origin)
            } catch {
                throw BlankettError(
                    "scanner-unreachable", exit: .device, "The scanner at \(origin) showed no certificate.",
                    advice: "Check that it is switched on and connected.", isTransient: true, cause: error)
            }
        }
    }

    /// Makes sure that the device shows this key.
    ///
    /// - Parameter key: What a person has seen and accepted.
    /// - Throws: ``BlankettError`` `certificate-changed` when it is another by now.
    public func check(_ key: PublicKeyPin) async throws(BlankettError) {
        guard try await shown.key == key else {
            throw BlankettError(
                "certificate-changed", exit: .device, "The scanner at \(origin) shows another certificate by now.",
                advice: "Look at it again before you accept it.")
        }
    }

    /// Believes the device by this key from now on.
    public func keep(_ key: PublicKeyPin) throws(BlankettError) {
        try keys.keep(key, of: origin)
        if let device { try keys.keep(key, of: device) }
    }
}
