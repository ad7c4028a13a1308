import CGnuTLS

/// What GnuTLS refused: which call, and its code.
public struct CertificateError: Error, Sendable, Hashable, CustomStringConvertible {
    public var call: String
    public var code: Int32

    public var description: String { "\(call): \(String(cString: gnutls_strerror(code)))" }
}

/// Turns a status of GnuTLS into an error.
func check(_ call: String, _ code: Int32) throws(CertificateError) {
    guard code >= 0 else { throw CertificateError(call: call, code: code) }
}

/// Lends bytes as GnuTLS wants them.
func withDatum<Result>(
    _ bytes: [UInt8], _ body: (inout gnutls_datum_t) throws(CertificateError) -> Result
) throws(CertificateError) -> Result {
    var copy = bytes
    return try copy.withUnsafeMutableBufferPointer { buffer throws(CertificateError) in
        var datum = gnutls_datum_t(data: buffer.baseAddress, size: UInt32(buffer.count))
        return try body(&datum)
    }
}

/// Takes over what GnuTLS allocated.
func bytes(
    _ call: String, _ fill: (inout gnutls_datum_t) -> Int32
) throws(CertificateError) -> [UInt8] {
    var datum = gnutls_datum_t()
    try check(call, fill(&datum))
    defer { cgnutls_free(datum.data) }
    return Array(UnsafeBufferPointer(start: datum.data, count: Int(datum.size)))
}

/// Fills room that the caller owns.
func bytes(
    _ call: String, room size: Int, _ fill: (UnsafeMutableRawPointer?, inout Int) -> Int32
) throws(CertificateError) -> [UInt8] {
    var room = [UInt8](repeating: 0, count: size)
    var count = size
    let code = room.withUnsafeMutableBytes { fill($0.baseAddress, &count) }
    try check(call, code)
    return Array(room.prefix(count))
}
