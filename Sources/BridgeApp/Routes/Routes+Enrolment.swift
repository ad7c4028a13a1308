import Certificates
import Delivery
import Foundation
import HTTP
import Sealing
import Support

extension Routes {
    /// How a kiosk gets its certificate, and the next one.
    func addEnrolment(to router: inout Router) {
        router.on("POST", "/v1/enrolments") { request, _ in
            try await guarded {
                let wish: EnrolmentRequest = try body(request)
                try check(wish.request, code: wish.code)
                // One answer for a code that is unknown, used or too old: it tells nothing to who guesses.
                guard let code = wish.code, let name = access.registry.name(for: code) else {
                    throw Problem.enrolmentRefused
                }
                let certificate = try issue(wish.request, to: name)
                guard try access.registry.complete(code, with: certificate) else { throw Problem.enrolmentRefused }
                try await store.note(
                    "agent.enrol", object: name, outcome: certificate.serial,
                    by: Origin(actor: name, request: RequestID.current))
                return try answer(certificate, name)
            }
        }
        router.on("POST", "/v1/enrolments/renewals") { request, _ in
            try await guarded {
                let name = try access.enrolledAgent(of: request)
                let wish: EnrolmentRequest = try body(request)
                try check(wish.request, code: nil)
                let certificate = try issue(wish.request, to: name)
                try access.registry.renew(name, with: certificate)
                try await store.note(
                    "agent.renew", object: name, outcome: certificate.serial,
                    by: Origin(actor: name, request: RequestID.current))
                return try answer(certificate, name)
            }
        }
    }

    private struct EnrolmentRequest: Decodable {
        var code: String?
        var request: String
    }

    private struct EnrolmentAnswer: Encodable {
        var name: String
        var certificate: String
        var authority: String
        var notAfter: Date
        var renewAfter: Date
    }

    private func check(_ request: String, code: String?) throws(Problem) {
        var violations: [Problem.Violation] = []
        if let code, !(1...100).contains(code.utf8.count) {
            violations.append(.init(field: "code", message: "must have from 1 to 100 characters"))
        }
        if !(1...8192).contains(request.utf8.count) {
            violations.append(.init(field: "request", message: "must have from 1 to 8192 characters"))
        }
        guard violations.isEmpty else { throw Problem.badEnrolment(violations) }
    }

    private func issue(_ request: String, to name: String) throws(Problem) -> Certificate {
        do {
            return try access.authority.issue(
                for: request, to: .client(uri: AccessRegistry.kioskURI + name), serial: SecureRandom.bytes(16),
                now: access.now(), seconds: OwnAuthority.kioskLife)
        } catch {
            throw .badEnrolment([
                .init(
                    field: "request",
                    message:
                        "must be PKCS #10 in PEM, signed with its own key: P-256 or longer, Ed25519, or RSA from 2048 bits"
                )
            ])
        }
    }

    private func answer(_ certificate: Certificate, _ name: String) throws -> Response {
        try .json(
            EnrolmentAnswer(
                name: name, certificate: try certificate.pem(), authority: access.authority.pem,
                notAfter: certificate.notAfter, renewAfter: certificate.renewal), status: 201)
    }
}

extension Problem {
    fileprivate static let enrolmentRefused = Problem(
        "enrolment-refused", status: 403, title: "The code is not good, or was used",
        detail: "Ask for a new one: blankett-bridge enrol NAME.")

    fileprivate static func badEnrolment(_ violations: [Violation]) -> Problem {
        Problem(
            "schema-violation", status: 422, title: "The enrolment is not as it must be", violations: violations)
    }
}
