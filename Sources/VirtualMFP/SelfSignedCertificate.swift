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
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=virtual-mfp", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tls.key.path(), "-out",
            tls.certificate.path(),
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
            process.waitUntilExit()
        } catch {
            throw failure(cause: error)
        }
        guard process.terminationStatus == 0 else { throw failure() }
        return tls
    }

    private static func failure(cause: (any Error)? = nil) -> BlankettError {
        BlankettError(
            "no-certificate", exit: .badInput, "The command openssl could not make a certificate.",
            advice: "Install the package openssl, or give --certificate and --key.", cause: cause)
    }
}
