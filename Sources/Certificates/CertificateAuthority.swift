import CGnuTLS
public import Foundation

/// A small certificate authority: one key on P-256, and what it vouches for.
///
/// Of a request only the public key is taken: names and times are the authority's own.
public struct CertificateAuthority: Sendable {
    /// Whom a certificate stands for.
    public enum Subject: Sendable, Hashable {
        /// A client, by a URI such as `spiffe://blankett/kiosk/kiosk-7`.
        case client(uri: String)
        /// A server, by its DNS names and numeric addresses.
        case server(names: [String])
    }

    public let certificate: Certificate
    /// The authority's own certificate.
    public let pem: String
    private let key: String

    /// Makes an authority.
    ///
    /// - Parameters:
    ///   - name: Its common name.
    ///   - serial: Random, 16 bytes.
    ///   - now: The time; it lasts twenty years from then on.
    /// - Throws: ``CertificateError``.
    public init(name: String, serial: [UInt8], now: Date) throws(CertificateError) {
        let key = try KeyHandle()
        let handle = try CertificateHandle()
        try check("gnutls_x509_crt_set_key", gnutls_x509_crt_set_key(handle.pointer, key.pointer))
        try Self.fill(handle, name: name, serial: serial, from: now, seconds: 20 * 365 * 86400)
        try check("basic constraints", gnutls_x509_crt_set_basic_constraints(handle.pointer, 1, 0))
        try check(
            "key usage",
            gnutls_x509_crt_set_key_usage(
                handle.pointer, UInt32(GNUTLS_KEY_KEY_CERT_SIGN) | UInt32(GNUTLS_KEY_CRL_SIGN)))
        let identifier = try PublicKeyHandle(of: handle).identifier()
        try check("key id", gnutls_x509_crt_set_subject_key_id(handle.pointer, identifier, identifier.count))
        try check(
            "gnutls_x509_crt_sign2",
            gnutls_x509_crt_sign2(handle.pointer, handle.pointer, key.pointer, GNUTLS_DIG_SHA256, 0))
        try self.init(pem: String(decoding: handle.encoded(isPEM: true), as: UTF8.self), key: key.pem())
    }

    /// An authority that was made before; its key and certificate must belong together.
    public init(pem: String, key: String) throws(CertificateError) {
        let own = try SigningRequest(name: "check", key: key).request
        let certificate = try CertificateHandle(Array(pem.utf8), isPEM: true)
        guard
            try PublicKeyHandle(of: RequestHandle(pem: own)).identifier()
                == PublicKeyHandle(of: certificate).identifier()
        else { throw CertificateError(call: "authority", code: GNUTLS_E_CERTIFICATE_KEY_MISMATCH) }
        self.certificate = try Certificate(certificate)
        self.pem = pem
        self.key = key
    }

    /// For the file that keeps it: key and certificate, in PEM.
    public var text: String { key + pem }

    /// Signs.
    ///
    /// - Parameters:
    ///   - request: PKCS #10 in PEM, signed with its own key.
    ///   - subject: Whom it will stand for.
    ///   - serial: Random, 16 bytes.
    ///   - now: The time; it counts from five minutes before, for clocks differ.
    ///   - seconds: How long it lasts from `now` on.
    /// - Returns: The certificate.
    /// - Throws: ``CertificateError`` when the request is none, or its key is weak.
    public func issue(
        for request: String, to subject: Subject, serial: [UInt8], now: Date, seconds: Int
    ) throws(CertificateError) -> Certificate {
        let publicKey = try PublicKeyHandle(of: RequestHandle(pem: request))
        guard publicKey.isStrong else {
            throw CertificateError(call: "request", code: GNUTLS_E_INSUFFICIENT_SECURITY)
        }
        let own = try CertificateHandle(Array(pem.utf8), isPEM: true)
        let signer = try KeyHandle(pem: key)
        let handle = try CertificateHandle()
        try check("gnutls_x509_crt_set_pubkey", gnutls_x509_crt_set_pubkey(handle.pointer, publicKey.pointer))
        let purpose: String
        let name: String
        switch subject {
        case .client(let uri):
            (purpose, name) = (GNUTLS_KP_TLS_WWW_CLIENT, uri.split(separator: "/").last.map(String.init) ?? uri)
            try Self.add(GNUTLS_SAN_URI, Array(uri.utf8), to: handle)
        case .server(let names):
            (purpose, name) = (GNUTLS_KP_TLS_WWW_SERVER, names.first ?? "bridge")
            for name in names {
                if let address = Self.address(name) {
                    try Self.add(GNUTLS_SAN_IPADDRESS, address, to: handle)
                } else {
                    try Self.add(GNUTLS_SAN_DNSNAME, Array(name.utf8), to: handle)
                }
            }
        }
        try Self.fill(handle, name: name, serial: serial, from: now.addingTimeInterval(-300), seconds: seconds + 300)
        try check("basic constraints", gnutls_x509_crt_set_basic_constraints(handle.pointer, 0, -1))
        try check("key usage", gnutls_x509_crt_set_key_usage(handle.pointer, UInt32(GNUTLS_KEY_DIGITAL_SIGNATURE)))
        try check("purpose", gnutls_x509_crt_set_key_purpose_oid(handle.pointer, purpose, 0))
        let identifier = try publicKey.identifier()
        try check("key id", gnutls_x509_crt_set_subject_key_id(handle.pointer, identifier, identifier.count))
        let issuer = try PublicKeyHandle(of: own).identifier()
        try check("issuer's key id", gnutls_x509_crt_set_authority_key_id(handle.pointer, issuer, issuer.count))
        try check(
            "gnutls_x509_crt_sign2",
            gnutls_x509_crt_sign2(handle.pointer, own.pointer, signer.pointer, GNUTLS_DIG_SHA256, 0))
        return try Certificate(handle)
    }

    /// Whether this authority signed the certificate, at whatever time.
    public func hasIssued(_ certificate: Certificate) -> Bool {
        guard let own = try? CertificateHandle(Array(pem.utf8), isPEM: true),
            let other = try? CertificateHandle(certificate.der, isPEM: false)
        else { return false }
        var authority: gnutls_x509_crt_t? = own.pointer
        var status: UInt32 = 1
        let code = gnutls_x509_crt_verify(other.pointer, &authority, 1, cgnutls_only_trusted_key, &status)
        return code == 0 && status == 0
    }

    private static func fill(
        _ handle: borrowing CertificateHandle, name: String, serial: [UInt8], from start: Date, seconds: Int
    ) throws(CertificateError) {
        // A serial number is positive.
        let serial = [(serial.first ?? 1) & 0x7F | 0x40] + serial.dropFirst()
        try check("version", gnutls_x509_crt_set_version(handle.pointer, 3))
        try check("serial", gnutls_x509_crt_set_serial(handle.pointer, serial, serial.count))
        let begin = Int(start.timeIntervalSince1970)
        try check("activation", gnutls_x509_crt_set_activation_time(handle.pointer, begin))
        try check("expiration", gnutls_x509_crt_set_expiration_time(handle.pointer, begin + seconds))
        try check(
            "name",
            gnutls_x509_crt_set_dn_by_oid(
                handle.pointer, GNUTLS_OID_X520_COMMON_NAME, 0, name, UInt32(name.utf8.count)))
    }

    private static func add(
        _ kind: gnutls_x509_subject_alt_name_t, _ name: [UInt8], to handle: borrowing CertificateHandle
    ) throws(CertificateError) {
        try check(
            "name",
            gnutls_x509_crt_set_subject_alt_name(
                handle.pointer, kind, name, UInt32(name.count), UInt32(GNUTLS_FSAN_APPEND)))
    }

    /// The bytes of a numeric address.
    private static func address(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }
}
