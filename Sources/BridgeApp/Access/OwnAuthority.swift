import Certificates
import Foundation
import Sealing
import Support

/// The bridge's own certificate authority, in a file that only its owner can read.
enum OwnAuthority {
    /// How long a kiosk's certificate lasts, in seconds.
    static let kioskLife = 7 * 86400

    /// Reads the authority, or makes it where there is none.
    static func open(_ file: URL, create: Bool = true) throws -> CertificateAuthority {
        let path = file.path(percentEncoded: false)
        if create, unsafe access(path, F_OK) != 0 {
            let made = try CertificateAuthority(
                name: "Blankett bridge", serial: SecureRandom.bytes(16), now: Date())
            try DurableFile.write(Array(made.text.utf8), to: file)
        }
        var facts = stat()
        guard unsafe stat(path, &facts) == 0, let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw BlankettError(
                "authority-missing", exit: .storage, "The file \(file.lastPathComponent) cannot be read.",
                advice: "Restore it from its safe copy, or start the bridge once to make a new one.")
        }
        guard facts.st_mode & 0o077 == 0 else {
            throw BlankettError(
                "authority-exposed", exit: .notAllowed, "Other users can read \(file.lastPathComponent).",
                advice: "Run chmod 600 on it.")
        }
        do {
            let begin = text.range(of: "-----BEGIN CERTIFICATE-----")?.lowerBound ?? text.endIndex
            return try CertificateAuthority(pem: String(text[begin...]), key: String(text[..<begin]))
        } catch {
            throw BlankettError(
                "authority-broken", exit: .storage,
                "The file \(file.lastPathComponent) holds no certificate authority.",
                advice: "Restore it from its safe copy, or remove it and enrol all kiosks anew.")
        }
    }
}
