public import Forms
import Foundation
import Support

/// What a package's certificate says of it, for who is to take it into force.
public enum CertificateStanding: String, Sendable, Hashable, Codable {
    /// It was proved, and keeps its error target.
    case passed
    /// It was proved, and does not.
    case belowTarget = "below-target"
    /// It was not proved, or not as it is now.
    case notCertified = "not-certified"

    /// - Parameters:
    ///   - certificate: The one that lies in the package; `nil` when none does.
    ///   - package: As it is now.
    public init(_ certificate: Certificate?, of package: FormPackage) {
        guard let certificate, certificate.form == package.template.key,
            certificate.package == package.fingerprint
        else {
            self = .notCertified
            return
        }
        self = certificate.passes ? .passed : .belowTarget
    }
}

extension FormPackage {
    /// The certificate that lies in the package, whatever it proves.
    public var certificate: Certificate? {
        (try? Data(contentsOf: folder.appending(path: Certificate.fileName))).flatMap {
            try? JSONCoding.decode(Certificate.self, from: $0)
        }
    }

    /// Whether the package was proved as it is now.
    public var standing: CertificateStanding { CertificateStanding(certificate, of: self) }
}
