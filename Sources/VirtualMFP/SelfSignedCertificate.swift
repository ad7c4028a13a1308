public import Foundation
public import HTTPServer
public import Support

public import struct Foundation.URL

/// A certificate that nobody vouches for, as office devices have: made anew by the command `openssl`.
public enum SelfSignedCertificate {
    /// - Parameter folder: Where the two files go.
    /// - Returns: The server's settings.
    /// - Throws: ``BlankettError`` when `openssl` is not there or fails.
    public static func make(in folder: URL) throws(BlankettError) -> HTTPServer.TLS {
        let tls = HTTPServer.TLS(
            certificate: folder.appending(path: "certificate.pem"), key: folder.appending(path: "key.pem"))
        let run = try? BoundedRun(
            of: "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", "/CN=virtual-mfp", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tls.key.path(), "-out",
                tls.certificate.path(),
            ])
        guard run?.isSuccess == true else {
            throw BlankettError(
                "no-certificate", exit: .badInput, "The command openssl could not make a certificate.",
                advice: "Install the package openssl, or give --certificate and --key.")
        }
        return tls
    }
}
