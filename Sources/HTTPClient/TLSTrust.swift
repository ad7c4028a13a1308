/// Whom a client believes on an HTTPS connection, and as whom it shows itself.
public struct TLSTrust: Sendable, Hashable {
    public enum Server: Sendable, Hashable {
        /// The certificate authorities of the system; the host name must match.
        case system
        /// Only the authorities in this PEM file; the host name must match.
        case authorities(file: String)
        /// Only the owner of this key, whoever signed the certificate: for devices, which sign their own.
        case pinned(PublicKeyPin)
    }

    /// A client certificate for mutual TLS, as PEM files.
    public struct Identity: Sendable, Hashable {
        public var certificateFile: String
        public var keyFile: String

        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    public var server: Server
    public var identity: Identity?

    public init(server: Server = .system, identity: Identity? = nil) {
        self.server = server
        self.identity = identity
    }
}

/// The SHA-256 of a certificate's public key (SubjectPublicKeyInfo), which stays when the certificate is renewed.
public struct PublicKeyPin: Sendable, Hashable, CustomStringConvertible {
    /// `sha256//` and 44 characters of Base64, as in RFC 7469 and libcurl.
    public let description: String

    /// `nil` unless `text` is `sha256//` and the Base64 of 32 bytes.
    public init?(_ text: String) {
        guard text.wholeMatch(of: /sha256\/\/[A-Za-z0-9+\/]{43}=/) != nil else { return nil }
        description = text
    }
}
