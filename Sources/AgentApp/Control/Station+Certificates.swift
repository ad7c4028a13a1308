import HTTPClient
import Support

/// A scanner's certificate, as a technician compares it with what the scanner itself shows.
public struct CertificateView: Sendable, Hashable, Codable {
    /// The scanner's id.
    public var device: String
    public var name: String
    public var origin: String
    /// The key that is believed: `sha256//` and Base64.
    public var known: String?
    /// The key that the scanner shows now.
    public var shown: String
    /// The SHA-256 of the certificate that it shows now: `AB:CD:…`.
    public var fingerprint: String
    public var isTrusted: Bool
}

extension Station {
    /// What is known of a scanner's certificate, and what it shows now.
    ///
    /// - Parameter name: As ``startScan(device:profile:)`` takes it.
    /// - Returns: Both.
    /// - Throws: ``BlankettError``: `unknown-device`, `no-certificate`, `scanner-unreachable`.
    public func certificate(ofDevice name: String?) async throws -> CertificateView {
        let device = try device(named: name)
        let certificate = try certificate(of: device)
        let known = try certificate.known
        let shown = try await certificate.shown
        return CertificateView(
            device: device.id, name: device.name, origin: certificate.origin, known: known?.description,
            shown: shown.key.description, fingerprint: shown.fingerprint, isTrusted: known == shown.key)
    }

    /// Believes a scanner by another key from now on; a batch that runs is not disturbed.
    ///
    /// - Parameters:
    ///   - text: The key that a technician has seen and accepted.
    ///   - name: The scanner.
    /// - Returns: As it is then.
    /// - Throws: ``BlankettError``: `bad-key`, `certificate-changed` when the scanner shows another by now.
    public func trust(_ text: String, ofDevice name: String?) async throws -> CertificateView {
        guard let key = PublicKeyPin(text) else {
            throw BlankettError(
                "bad-key", exit: .badInput, "This is no key of a certificate.",
                advice: "Give it as it was shown: sha256// and 44 characters.")
        }
        let device = try device(named: name)
        let certificate = try certificate(of: device)
        try await certificate.check(key)
        // Nobody is believed without a trace of who was.
        let time = now()
        try await journal.transaction { rows in
            try rows.append(
                AuditEvent(
                    time: time, actor: "technician", action: "scanner-trusted", object: device.id,
                    outcome: key.description))
        }
        try certificate.keep(key)
        log.log(.info, "scanner-trusted", .name("device", device.id))
        await look(at: device)
        return try await self.certificate(ofDevice: device.id)
    }

    private func certificate(of device: StationDevice) throws -> DeviceCertificate {
        guard let certificate = device.certificate else {
            throw BlankettError(
                "no-certificate", exit: .badInput,
                "\(device.name) is not reached over HTTPS, and shows no certificate.",
                advice: "Where it can, use its https address.")
        }
        return certificate
    }
}
