import Certificates
import Foundation
import HTTP
import Support
import Synchronization

/// Decides who a request is from, and what they may do; nobody is let in without a name.
struct Access: Sendable {
    /// `nil` where long-lived tokens are not accepted.
    let tokens: TokenFile?
    /// Names in certificates of other authorities, and whom they stand for.
    let certificates: [String: Caller]
    let registry: AccessRegistry
    let authority: CertificateAuthority
    /// Seals short-lived tokens.
    let sealer: any Sealer
    let now: @Sendable () -> Date

    private let shown = ShownCertificates()

    init(
        tokens: TokenFile?, certificates: [String: Caller], registry: AccessRegistry, authority: CertificateAuthority,
        sealer: any Sealer, now: @escaping @Sendable () -> Date
    ) {
        self.tokens = tokens
        self.certificates = certificates
        self.registry = registry
        self.authority = authority
        self.sealer = sealer
        self.now = now
    }

    func caller(of request: Request) throws(Problem) -> Caller {
        // Found at the door.
        if let caller = request.finding.value as? Caller { return caller }
        if let caller = certified(request) { return caller }
        if let token = Self.bearer(request) {
            if let caller = tokens?.caller(of: token) { return caller }
            if let caller = shortLived(token, request) { return caller }
        }
        throw Problem(
            "unauthenticated", status: 401, title: "Who you are is not known",
            detail: "Send Authorization: Bearer with a token of this bridge, or show a certificate that it knows.")
    }

    func agent(of request: Request) throws(Problem) -> Caller {
        let caller = try caller(of: request)
        guard caller.scope == .agent else { throw Self.forbidden }
        return caller
    }

    /// The agent whose certificate of ours was shown on this connection.
    func enrolledAgent(of request: Request) throws(Problem) -> String {
        guard let certificate = certificate(of: request), let name = enrolled(certificate) else {
            _ = try caller(of: request)
            throw Self.forbidden
        }
        return name
    }

    /// The caller, who must be the consumer of this subscription.
    func consumer(of request: Request, subscription: String) throws(Problem) -> Caller {
        let caller = try caller(of: request)
        guard caller.scope == .consumer(subscription: subscription) else { throw Self.forbidden }
        return caller
    }

    /// The subscription's consumer or an operator: both may see how it stands.
    func observer(of request: Request, subscription: String) throws(Problem) -> Caller {
        let caller = try caller(of: request)
        guard caller.scope == .operator || caller.scope == .consumer(subscription: subscription) else {
            throw Self.forbidden
        }
        return caller
    }

    func `operator`(of request: Request) throws(Problem) -> Caller {
        let caller = try caller(of: request)
        guard caller.scope == .operator else { throw Self.forbidden }
        return caller
    }

    /// The caller and the one subscription that is theirs.
    func consumer(of request: Request) throws(Problem) -> (caller: Caller, subscription: String) {
        let caller = try caller(of: request)
        guard case .consumer(let subscription) = caller.scope else { throw Self.forbidden }
        return (caller, subscription)
    }

    // MARK: Tokens of fifteen minutes

    /// Gives a token to who shows a client's secret.
    func token(client id: String, secret: String) -> (token: String, caller: Caller)? {
        guard let client = registry.client(id, secret: secret) else { return nil }
        return made(ShortToken(name: id, client: id, expires: expiry), client.caller)
    }

    /// Gives a token to the consumer whose certificate was shown; it counts together with that certificate only.
    func token(for request: Request) -> (token: String, caller: Caller)? {
        guard let certificate = certificate(of: request), let caller = certified(request), caller.scope != .agent else {
            return nil
        }
        return made(ShortToken(name: caller.name, certificate: certificate.fingerprint, expires: expiry), caller)
    }

    private var expiry: Int { Int(now().timeIntervalSince1970) + ShortToken.life }

    private func made(_ token: ShortToken, _ caller: Caller) -> (token: String, caller: Caller)? {
        (try? token.text(sealer)).map { ($0, caller) }
    }

    private func shortLived(_ text: String, _ request: Request) -> Caller? {
        guard let token = ShortToken(text, sealer, now: now()) else { return nil }
        if let id = token.client { return registry.contents.clients.first { $0.id == id }?.caller }
        // One that was made for a certificate is accepted by it, above.
        return nil
    }

    // MARK: Certificates

    private func certified(_ request: Request) -> Caller? {
        guard let certificate = certificate(of: request), certificate.isValid(at: now()) else { return nil }
        if let name = enrolled(certificate) { return Caller(name: name, scope: .agent) }
        // Ours stand for kiosks only, and a denied one for nobody.
        guard let name = request.peer.certificateName, !shown.isOurs(certificate, authority) else { return nil }
        return certificates[name]
    }

    private func enrolled(_ certificate: Certificate) -> String? {
        shown.isOurs(certificate, authority) ? registry.agent(showing: certificate) : nil
    }

    private func certificate(of request: Request) -> Certificate? {
        request.peer.certificate.flatMap { shown.certificate($0) }
    }

    private static func bearer(_ request: Request) -> String? {
        let headers = request.headers.all("Authorization")
        // By bytes: neither the scheme nor a token has others than ASCII.
        guard headers.count == 1, headers[0].utf8.count > 7,
            Substring(headers[0].utf8.prefix(7)).lowercased() == "bearer "
        else { return nil }
        return String(Substring(headers[0].utf8.dropFirst(7)))
    }

    private static let forbidden = Problem("forbidden", status: 403, title: "You may not do this")
}

/// What was read of certificates that were shown: each is read, and its signature checked, once.
private final class ShownCertificates: Sendable {
    private struct Known {
        var certificate: Certificate
        var isOurs: Bool?
    }

    private static let most = 1024
    private let known = Mutex<[[UInt8]: Known]>([:])

    func certificate(_ der: [UInt8]) -> Certificate? {
        known.withLock { known in
            if let found = known[der] { return found.certificate }
            guard let certificate = try? Certificate(der: der) else { return nil }
            if known.count >= Self.most { known = [:] }
            known[der] = Known(certificate: certificate)
            return certificate
        }
    }

    func isOurs(_ certificate: Certificate, _ authority: CertificateAuthority) -> Bool {
        if let isOurs = known.withLock({ $0[certificate.der]?.isOurs }) { return isOurs }
        let isOurs = authority.hasIssued(certificate)
        known.withLock { $0[certificate.der]?.isOurs = isOurs }
        return isOurs
    }
}
