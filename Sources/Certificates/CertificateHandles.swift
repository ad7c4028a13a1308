import CGnuTLS
import Foundation

// Each handle is filled before it is owned: what fails half-way is released here.

/// A private key.
struct KeyHandle: ~Copyable {
    let pointer: gnutls_x509_privkey_t

    /// Makes an ECDSA key on P-256.
    init() throws(CertificateError) {
        pointer = try Self.made { pointer throws(CertificateError) in
            try check(
                "gnutls_x509_privkey_generate",
                gnutls_x509_privkey_generate(pointer, GNUTLS_PK_ECDSA, cgnutls_p256, 0))
        }
    }

    init(pem: String) throws(CertificateError) {
        pointer = try Self.made { pointer throws(CertificateError) in
            try withDatum(Array(pem.utf8)) { datum throws(CertificateError) in
                try check(
                    "gnutls_x509_privkey_import2",
                    gnutls_x509_privkey_import2(pointer, &datum, GNUTLS_X509_FMT_PEM, nil, 0))
            }
        }
    }

    deinit { gnutls_x509_privkey_deinit(pointer) }

    func pem() throws(CertificateError) -> String {
        String(
            decoding: try bytes("gnutls_x509_privkey_export2_pkcs8") {
                gnutls_x509_privkey_export2_pkcs8(pointer, GNUTLS_X509_FMT_PEM, nil, GNUTLS_PKCS_PLAIN.rawValue, &$0)
            }, as: UTF8.self)
    }

    private static func made(
        _ fill: (gnutls_x509_privkey_t) throws(CertificateError) -> Void
    ) throws(CertificateError) -> gnutls_x509_privkey_t {
        var made: gnutls_x509_privkey_t?
        try check("gnutls_x509_privkey_init", gnutls_x509_privkey_init(&made))
        guard let made else { throw CertificateError(call: "gnutls_x509_privkey_init", code: GNUTLS_E_MEMORY_ERROR) }
        do throws(CertificateError) { try fill(made) } catch {
            gnutls_x509_privkey_deinit(made)
            throw error
        }
        return made
    }
}

/// A certificate.
struct CertificateHandle: ~Copyable {
    let pointer: gnutls_x509_crt_t

    init() throws(CertificateError) {
        pointer = try Self.made { _ in }
    }

    init(_ encoded: [UInt8], isPEM: Bool) throws(CertificateError) {
        pointer = try Self.made { pointer throws(CertificateError) in
            try withDatum(encoded) { datum throws(CertificateError) in
                try check(
                    "gnutls_x509_crt_import",
                    gnutls_x509_crt_import(pointer, &datum, isPEM ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER))
            }
        }
    }

    deinit { gnutls_x509_crt_deinit(pointer) }

    func encoded(isPEM: Bool) throws(CertificateError) -> [UInt8] {
        try bytes("gnutls_x509_crt_export2") {
            gnutls_x509_crt_export2(pointer, isPEM ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER, &$0)
        }
    }

    func serial() throws(CertificateError) -> [UInt8] {
        try bytes("gnutls_x509_crt_get_serial", room: 64) { gnutls_x509_crt_get_serial(pointer, $0, &$1) }
    }

    /// The names of one kind, such as URIs.
    func names(_ kind: gnutls_x509_subject_alt_name_t) -> [String] {
        var names: [String] = []
        for index in 0..<16 as Range<UInt32> {
            var type = Int32(-1)
            guard
                let name = try? bytes(
                    "gnutls_x509_crt_get_subject_alt_name", room: 512,
                    { room, count in
                        type = gnutls_x509_crt_get_subject_alt_name(pointer, index, room, &count, nil)
                        return type
                    })
            else {
                if type == GNUTLS_E_SHORT_MEMORY_BUFFER { continue }
                break
            }
            if type == Int32(kind.rawValue) { names.append(String(decoding: name, as: UTF8.self)) }
        }
        return names
    }

    private static func made(
        _ fill: (gnutls_x509_crt_t) throws(CertificateError) -> Void
    ) throws(CertificateError) -> gnutls_x509_crt_t {
        var made: gnutls_x509_crt_t?
        try check("gnutls_x509_crt_init", gnutls_x509_crt_init(&made))
        guard let made else { throw CertificateError(call: "gnutls_x509_crt_init", code: GNUTLS_E_MEMORY_ERROR) }
        do throws(CertificateError) { try fill(made) } catch {
            gnutls_x509_crt_deinit(made)
            throw error
        }
        return made
    }
}

/// A request for a certificate (PKCS #10).
struct RequestHandle: ~Copyable {
    let pointer: gnutls_x509_crq_t

    init() throws(CertificateError) {
        pointer = try Self.made { _ in }
    }

    /// Reads a request, which must be signed with its own key.
    init(pem: String) throws(CertificateError) {
        pointer = try Self.made { pointer throws(CertificateError) in
            try withDatum(Array(pem.utf8)) { datum throws(CertificateError) in
                try check("gnutls_x509_crq_import", gnutls_x509_crq_import(pointer, &datum, GNUTLS_X509_FMT_PEM))
            }
            try check("gnutls_x509_crq_verify", gnutls_x509_crq_verify(pointer, 0))
        }
    }

    deinit { gnutls_x509_crq_deinit(pointer) }

    private static func made(
        _ fill: (gnutls_x509_crq_t) throws(CertificateError) -> Void
    ) throws(CertificateError) -> gnutls_x509_crq_t {
        var made: gnutls_x509_crq_t?
        try check("gnutls_x509_crq_init", gnutls_x509_crq_init(&made))
        guard let made else { throw CertificateError(call: "gnutls_x509_crq_init", code: GNUTLS_E_MEMORY_ERROR) }
        do throws(CertificateError) { try fill(made) } catch {
            gnutls_x509_crq_deinit(made)
            throw error
        }
        return made
    }
}

/// A public key.
struct PublicKeyHandle: ~Copyable {
    let pointer: gnutls_pubkey_t

    init(of request: borrowing RequestHandle) throws(CertificateError) {
        let source = request.pointer
        pointer = try Self.made { pointer in gnutls_pubkey_import_x509_crq(pointer, source, 0) }
    }

    init(of certificate: borrowing CertificateHandle) throws(CertificateError) {
        let source = certificate.pointer
        pointer = try Self.made { pointer in gnutls_pubkey_import_x509(pointer, source, 0) }
    }

    deinit { gnutls_pubkey_deinit(pointer) }

    /// Whether it is one that lasts: an elliptic curve of at least 256 bits, Ed25519, or RSA from 2048 bits on.
    var isStrong: Bool {
        var bits: UInt32 = 0
        let algorithm = gnutls_pubkey_get_pk_algorithm(pointer, &bits)
        switch algorithm {
        case Int32(GNUTLS_PK_ECDSA.rawValue): return bits >= 256
        case Int32(GNUTLS_PK_EDDSA_ED25519.rawValue): return true
        case Int32(GNUTLS_PK_RSA.rawValue): return (2048...8192).contains(bits)
        default: return false
        }
    }

    /// SHA-256 of the key as it stands in certificates (SubjectPublicKeyInfo).
    func identifier() throws(CertificateError) -> [UInt8] {
        try bytes("gnutls_pubkey_get_key_id", room: 64) {
            gnutls_pubkey_get_key_id(
                pointer, GNUTLS_KEYID_USE_SHA256.rawValue, $0?.assumingMemoryBound(to: UInt8.self), &$1)
        }
    }

    private static func made(_ fill: (gnutls_pubkey_t) -> Int32) throws(CertificateError) -> gnutls_pubkey_t {
        var made: gnutls_pubkey_t?
        try check("gnutls_pubkey_init", gnutls_pubkey_init(&made))
        guard let made else { throw CertificateError(call: "gnutls_pubkey_init", code: GNUTLS_E_MEMORY_ERROR) }
        let code = fill(made)
        guard code >= 0 else {
            gnutls_pubkey_deinit(made)
            throw CertificateError(call: "gnutls_pubkey_import", code: code)
        }
        return made
    }
}
