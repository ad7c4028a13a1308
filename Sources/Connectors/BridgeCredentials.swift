import Foundation
import HTTP
import Support

/// How a connector shows the bridge who it is: a token from a file, or one of fifteen minutes for a client's secret.
actor BridgeCredentials {
    enum Source: Sendable {
        case tokenFile(URL)
        case client(id: String, secretFile: URL)
    }

    private struct Answer: Decodable {
        var access_token: String
        var expires_in: Double
    }

    private let source: Source
    private var current: (token: String, until: ContinuousClock.Instant)?

    init(_ source: Source) {
        self.source = source
    }

    func token(from origin: String, over transport: any HTTPTransport) async throws -> String {
        if let current, ContinuousClock.now < current.until { return current.token }
        switch source {
        case .tokenFile(let file):
            let token = try Self.read(file)
            current = (token, .now + .seconds(60))
            return token
        case .client(let id, let file):
            let body = "grant_type=client_credentials&client_id=\(id)&client_secret=\(try Self.read(file))"
            let response = try await transport.send(
                Request(
                    "POST", "/v1/token", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                    body: Array(body.utf8)), to: origin, limits: TransportLimits(total: 30))
            guard response.status == 200, let bytes = response.bytes else {
                throw BridgeFailure(status: response.status)
            }
            let answer = try JSONCoding.decode(Answer.self, from: bytes)
            current = (answer.access_token, .now + .seconds(max(1, answer.expires_in - 60)))
            return answer.access_token
        }
    }

    /// The bridge does not take it any more.
    func forget() {
        current = nil
    }

    private static func read(_ file: URL) throws -> String {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw BlankettError(
                "token-missing", exit: .badInput, "The file \(file.lastPathComponent) cannot be read.",
                advice: "Write what blankett-bridge token or client add printed into it.")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
