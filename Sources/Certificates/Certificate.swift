import CGnuTLS
public import Foundation
import Support

/// What is known of one X.509 certificate.
public struct Certificate: Sendable, Hashable {
    public let der: [UInt8]
    /// SHA-256 of the certificate, in hexadecimal digits.
    public let fingerprint: String
    /// In hexadecimal digits.
    public let serial: String
    public let notBefore: Date
    public let notAfter: Date
    /// Its URIs, in their order.
    public let uris: [String]
    /// `sha256//` and Base64: its public key as libcurl and RFC 7469 write it.
    public let keyPin: String

    public init(der: [UInt8]) throws(CertificateError) {
        try self.init(CertificateHandle(der, isPEM: false))
    }

    public init(pem: String) throws(CertificateError) {
        try self.init(CertificateHandle(Array(pem.utf8), isPEM: true))
    }

    init(_ handle: borrowing CertificateHandle) throws(CertificateError) {
        der = try handle.encoded(isPEM: false)
        fingerprint = SHA256.hexadecimal(of: der)
        serial = try handle.serial().hexadecimal
        notBefore = Date(timeIntervalSince1970: Double(gnutls_x509_crt_get_activation_time(handle.pointer)))
        notAfter = Date(timeIntervalSince1970: Double(gnutls_x509_crt_get_expiration_time(handle.pointer)))
        uris = handle.names(GNUTLS_SAN_URI)
        keyPin = "sha256//" + Data(try PublicKeyHandle(of: handle).identifier()).base64EncodedString()
    }

    public func isValid(at time: Date) -> Bool { notBefore <= time && time < notAfter }

    /// When to fetch the next one: after two thirds of its life.
    public var renewal: Date { notBefore.addingTimeInterval(notAfter.timeIntervalSince(notBefore) * 2 / 3) }

    /// In PEM.
    public func pem() throws(CertificateError) -> String {
        String(decoding: try CertificateHandle(der, isPEM: false).encoded(isPEM: true), as: UTF8.self)
    }
}
