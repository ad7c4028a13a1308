import Foundation
import HTTP
import Support

extension Routes {
    /// Client credentials as in OAuth 2.0 (RFC 6749, 4.4): a secret in the body, or a client certificate (RFC 8705).
    func addTokens(to router: inout Router) {
        router.on("POST", "/v1/token") { request, _ in
            try await guarded {
                let fields = try form(request)
                guard fields["grant_type"] == "client_credentials" else {
                    throw fields["grant_type"] == nil
                        ? Problem.tokenRequest("invalid_request", "grant_type is missing.")
                        : Problem.tokenRequest("unsupported_grant_type", "Write grant_type=client_credentials.")
                }
                let made: (token: String, caller: Caller)?
                if let secret = fields["client_secret"] {
                    guard let id = fields["client_id"] else {
                        throw Problem.tokenRequest("invalid_request", "client_id is missing.")
                    }
                    made = access.token(client: id, secret: secret)
                } else {
                    made = access.token(for: request)
                    if let id = fields["client_id"], id != made?.caller.name { throw Problem.tokenRefused }
                }
                guard let (token, caller) = made else { throw Problem.tokenRefused }
                let scope =
                    if case .consumer(let subscription) = caller.scope { "subscription:\(subscription)" } else {
                        "operator"
                    }
                if let wish = fields["scope"], wish != scope {
                    throw Problem.tokenRequest("invalid_scope", "This client's scope is another one.")
                }
                return try .json(
                    TokenAnswer(accessToken: token, expiresIn: ShortToken.life, scope: scope),
                    headers: ["Pragma": "no-cache"])
            }
        }
    }

    private struct TokenAnswer: Encodable {
        var accessToken: String
        var tokenType = "Bearer"
        var expiresIn: Int
        var scope: String

        // RFC 6749 has the names.
        private enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case tokenType = "token_type"
            case expiresIn = "expires_in"
            case scope
        }
    }

    /// The fields of a form; each once.
    private func form(_ request: Request) throws(Problem) -> [String: String] {
        let type = request.headers["Content-Type"]?.split(separator: ";").first.map { $0.lowercased() }
        guard type == "application/x-www-form-urlencoded" else {
            throw .tokenRequest("invalid_request", "Send application/x-www-form-urlencoded.")
        }
        guard let form = FormFields(request.body) else {
            throw .tokenRequest("invalid_request", "The form cannot be read.")
        }
        return form.fields
    }
}

extension Problem {
    fileprivate static let tokenRefused: Problem = {
        var problem = Problem(
            "token-refused", status: 401, title: "The client is not known by what it showed",
            detail: "Send client_id and client_secret, or show a certificate that the bridge knows.")
        problem.error = "invalid_client"
        return problem
    }()

    fileprivate static func tokenRequest(_ code: String, _ detail: String) -> Problem {
        var problem = Problem(
            "token-request", status: 400, title: "The request for a token cannot be understood", detail: detail)
        problem.error = code
        return problem
    }
}
