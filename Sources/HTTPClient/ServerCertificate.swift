import Foundation
import Support

/// The certificate that a server shows, by what tells it from others.
public struct ServerCertificate: Sendable, Hashable {
    /// The owner's key, which stays when the certificate is renewed.
    public var key: PublicKeyPin
    /// The SHA-256 of the whole certificate as devices and browsers show it: `AB:CD:…`, 32 pairs.
    public var fingerprint: String

    /// `nil` when `pem` is none.
    init?(pem: String) {
        let base64 = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        guard let der = Data(base64Encoded: base64), let key = Self.key(of: [UInt8](der)) else { return nil }
        self.key = key
        let digits = SHA256.hexadecimal(of: [UInt8](der)).uppercased()
        fingerprint = stride(from: 0, to: digits.count, by: 2).map { String(digits.dropFirst($0).prefix(2)) }
            .joined(separator: ":")
    }

    private static func key(of der: [UInt8]) -> PublicKeyPin? {
        // Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { [0] version, serialNumber, signature, issuer,
        // validity, subject, subjectPublicKeyInfo … } … } (RFC 5280, 4.1)
        var certificate = DERReader(der)
        guard var outer = certificate.enter(), var fields = outer.enter() else { return nil }
        if fields.nextTag == 0xA0 { _ = fields.next() }
        for _ in 0..<5 { guard fields.next() != nil else { return nil } }
        guard fields.nextTag == 0x30, let key = fields.next() else { return nil }
        return PublicKeyPin("sha256//" + Data(SHA256.hash(Array(key))).base64EncodedString())
    }
}

/// Walks the elements of one level of a DER document.
private struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) {
        rest = ArraySlice(Array(bytes))
    }

    var nextTag: UInt8? { rest.first }

    /// The next element whole, with its tag and length; `nil` at the end, or where the length is wrong.
    mutating func next() -> ArraySlice<UInt8>? {
        guard let header = header(), rest.count >= header.size + header.length else { return nil }
        let element = rest.prefix(header.size + header.length)
        rest = rest.dropFirst(element.count)
        return element
    }

    /// A reader of what is inside the next element.
    mutating func enter() -> DERReader? {
        guard let header = header(), let element = next() else { return nil }
        return DERReader(element.dropFirst(header.size))
    }

    private func header() -> (size: Int, length: Int)? {
        let bytes = Array(rest.prefix(6))
        guard bytes.count >= 2 else { return nil }
        if bytes[1] < 0x80 { return (2, Int(bytes[1])) }
        let count = Int(bytes[1] & 0x7F)
        guard (1...4).contains(count), bytes.count >= 2 + count else { return nil }
        return (2 + count, bytes[2..<(2 + count)].reduce(0) { $0 << 8 | Int($1) })
    }
}
