import CGnuTLS

/// A new key and the request for a certificate of it, made where the key will stay.
public struct SigningRequest: Sendable {
    /// PKCS #8 in PEM, not encrypted: it belongs into a file that only its owner can read.
    public let key: String
    /// PKCS #10 in PEM: what is sent.
    public let request: String

    /// - Parameter name: The common name; who signs decides by itself what stands in the certificate.
    /// - Throws: ``CertificateError``.
    public init(name: String) throws(CertificateError) {
        try self.init(name: name, key: KeyHandle())
    }

    /// A request with a key that is there already.
    public init(name: String, key pem: String) throws(CertificateError) {
        try self.init(name: name, key: KeyHandle(pem: pem))
    }

    private init(name: String, key: borrowing KeyHandle) throws(CertificateError) {
        let request = try RequestHandle()
        try check("gnutls_x509_crq_set_version", gnutls_x509_crq_set_version(request.pointer, 1))
        try check(
            "gnutls_x509_crq_set_dn_by_oid",
            gnutls_x509_crq_set_dn_by_oid(
                request.pointer, GNUTLS_OID_X520_COMMON_NAME, 0, name, UInt32(name.utf8.count)))
        try check("gnutls_x509_crq_set_key", gnutls_x509_crq_set_key(request.pointer, key.pointer))
        try check("gnutls_x509_crq_sign2", gnutls_x509_crq_sign2(request.pointer, key.pointer, GNUTLS_DIG_SHA256, 0))
        self.key = try key.pem()
        let pointer = request.pointer
        self.request = String(
            decoding: try bytes("gnutls_x509_crq_export2") {
                gnutls_x509_crq_export2(pointer, GNUTLS_X509_FMT_PEM, &$0)
            }, as: UTF8.self)
    }
}
