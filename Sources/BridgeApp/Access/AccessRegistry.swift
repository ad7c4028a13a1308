import Certificates
import Foundation
import Sealing
import Support

/// Who may come in: the kiosks with their certificates, and the clients that fetch short-lived tokens.
final class AccessRegistry: Sendable {
    struct Agent: Sendable, Hashable, Codable {
        var name: String
        var created: Date
        /// Nobody comes in by this name, whatever certificate is shown.
        var isDenied = false
        var certificates: [Issued] = []
    }

    struct Issued: Sendable, Hashable, Codable {
        var serial: String
        var fingerprint: String
        var issued: Date
        var notAfter: Date
        var isDenied = false
    }

    struct Enrolment: Sendable, Hashable, Codable {
        /// SHA-256 of the code.
        var sha256: String
        var name: String
        var expires: Date
    }

    struct Client: Sendable, Hashable, Codable {
        var id: String
        /// `nil` for an operator.
        var subscription: String?
        /// SHA-256 of each secret; two while one is changed for the next.
        var secrets: [Secret] = []

        struct Secret: Sendable, Hashable, Codable {
            var sha256: String
            var created: Date
        }

        var caller: Caller {
            Caller(name: id, scope: subscription.map { .consumer(subscription: $0) } ?? .operator)
        }
    }

    struct Contents: Sendable, Codable {
        var format = "blankett-access/1"
        var agents: [Agent] = []
        var enrolments: [Enrolment] = []
        var clients: [Client] = []
        /// Codes that open the admin page; each for an administrator's name.
        var adminCodes: [Enrolment]?
        /// What commands did, until a running bridge has written it into the audit log.
        var changes: [Change]?
    }

    /// What somebody did with a command; no secret, and no person but who did it.
    struct Change: Sendable, Hashable, Codable {
        var id: UUIDv7
        var actor: String
        var action: String
        var object: String
    }

    /// Certificates have a URI that begins so; the agent's name follows.
    static let kioskURI = "spiffe://blankett/kiosk/"
    /// A code is good for so long, in seconds.
    static let codeLife = 15 * 60
    static let mostSecrets = 2

    private let file: SharedFile<Contents, Contents>
    private let now: @Sendable () -> Date

    init(_ url: URL, now: @escaping @Sendable () -> Date = { Date() }) {
        file = SharedFile(url, empty: Contents()) { $0 }
        self.now = now
    }

    /// As the running bridge sees it: of a file that cannot be trusted, nothing.
    var contents: Contents { file.view }

    /// - Throws: ``BlankettError`` when the file cannot be trusted.
    func read() throws -> Contents { try file.read() }

    // MARK: What was done

    /// Keeps a line for the audit log; nothing is lost when no bridge runs.
    func note(_ action: String, object: String, by actor: String) throws {
        let change = Change(id: UUIDv7(), actor: actor, action: action, object: object)
        try file.change { $0.changes = ($0.changes ?? []) + [change] }
    }

    /// Forgets lines that are in the audit log now.
    func forget(_ changes: [Change]) throws {
        let ids = Set(changes.map(\.id))
        try file.change { $0.changes?.removeAll { ids.contains($0.id) } }
    }

    // MARK: Agents

    /// Makes a code with which one kiosk can fetch its first certificate.
    func enrol(_ name: String) throws -> String {
        let code = SecureRandom.token(bytes: 16)
        let time = now()
        let enrolment = Enrolment(
            sha256: SHA256.hexadecimal(of: Array(code.utf8)), name: name,
            expires: time.addingTimeInterval(Double(Self.codeLife)))
        try file.change { contents in
            if contents.agents.first(where: { $0.name == name })?.isDenied == true {
                throw BlankettError(
                    "agent-denied", exit: .notAllowed, "\(name) is denied.",
                    advice: "Run blankett-bridge agents allow \(name) first.")
            }
            contents.enrolments.removeAll { $0.name == name || $0.expires <= time }
            contents.enrolments.append(enrolment)
        }
        return code
    }

    /// Whom a code is for, while it is good.
    func name(for code: String) -> String? {
        let hash = Array(SHA256.hexadecimal(of: Array(code.utf8)).utf8)
        let time = now()
        var found: String?
        for enrolment in contents.enrolments
        where isEqualInConstantTime(Array(enrolment.sha256.utf8), hash) && enrolment.expires > time {
            found = enrolment.name
        }
        return found
    }

    /// Uses a code up, and notes the certificate that was made for it; `false` when somebody else was faster.
    func complete(_ code: String, with certificate: Certificate) throws -> Bool {
        let hash = SHA256.hexadecimal(of: Array(code.utf8))
        let time = now()
        return try file.change { contents in
            guard
                let index = contents.enrolments.firstIndex(where: { $0.sha256 == hash && $0.expires > time })
            else { return false }
            let name = contents.enrolments.remove(at: index).name
            if !contents.agents.contains(where: { $0.name == name }) {
                contents.agents.append(Agent(name: name, created: time))
            }
            // A kiosk that is set up anew: what its old disk holds must not count any longer.
            Self.note(certificate, for: name, at: time, replacing: true, in: &contents)
            return true
        }
    }

    /// Notes the certificate that an agent got in place of an older one.
    func renew(_ name: String, with certificate: Certificate) throws {
        let time = now()
        try file.change { Self.note(certificate, for: name, at: time, replacing: false, in: &$0) }
    }

    private static func note(
        _ certificate: Certificate, for name: String, at time: Date, replacing: Bool, in contents: inout Contents
    ) {
        guard let index = contents.agents.firstIndex(where: { $0.name == name }) else { return }
        if replacing {
            for old in contents.agents[index].certificates.indices {
                contents.agents[index].certificates[old].isDenied = true
            }
        }
        contents.agents[index].certificates.removeAll { $0.notAfter <= time }
        contents.agents[index].certificates.append(
            Issued(
                serial: certificate.serial, fingerprint: certificate.fingerprint, issued: time,
                notAfter: certificate.notAfter))
    }

    /// Denies or allows an agent, or one certificate of it; `false` when there is none of that name.
    func setDenied(_ isDenied: Bool, agent name: String, serial: String? = nil) throws -> Bool {
        try file.change { contents in
            guard let index = contents.agents.firstIndex(where: { $0.name == name }) else { return false }
            guard let serial else {
                contents.agents[index].isDenied = isDenied
                if isDenied { contents.enrolments.removeAll { $0.name == name } }
                return true
            }
            guard let one = contents.agents[index].certificates.firstIndex(where: { $0.serial == serial }) else {
                return false
            }
            contents.agents[index].certificates[one].isDenied = isDenied
            return true
        }
    }

    /// Which agent a certificate of our authority stands for, if it still may come in.
    func agent(showing certificate: Certificate) -> String? {
        guard certificate.isValid(at: now()), let uri = certificate.uris.first, certificate.uris.count == 1,
            uri.hasPrefix(Self.kioskURI)
        else { return nil }
        let name = String(uri.dropFirst(Self.kioskURI.count))
        // One that is not noted here was made after the backup that this file came from: its authority vouches for it.
        guard let agent = contents.agents.first(where: { $0.name == name }), !agent.isDenied,
            agent.certificates.first(where: { $0.fingerprint == certificate.fingerprint })?.isDenied != true
        else { return nil }
        return name
    }

    // MARK: Administrators

    /// Makes a code that opens the admin page once.
    func adminCode(for name: String) throws -> String {
        let code = SecureRandom.token(bytes: 16)
        let time = now()
        let entry = Enrolment(
            sha256: SHA256.hexadecimal(of: Array(code.utf8)), name: name,
            expires: time.addingTimeInterval(Double(Self.codeLife)))
        try file.change { contents in
            contents.adminCodes = (contents.adminCodes ?? []).filter { $0.expires > time } + [entry]
        }
        return code
    }

    /// Uses a code up; gives whose it was, or `nil` when it is not good.
    func useAdminCode(_ code: String) throws -> String? {
        let hash = SHA256.hexadecimal(of: Array(code.utf8))
        let time = now()
        // Who guesses must not make the disk work.
        guard contents.adminCodes?.contains(where: { $0.sha256 == hash }) == true else { return nil }
        return try file.change { contents in
            guard let index = contents.adminCodes?.firstIndex(where: { $0.sha256 == hash && $0.expires > time }) else {
                return nil
            }
            return contents.adminCodes?.remove(at: index).name
        }
    }

    // MARK: Clients

    /// Makes a client, or gives one that is there another secret; the older of two goes.
    func addClient(_ id: String, subscription: String?) throws -> String {
        let secret = "bbs_\(SecureRandom.token())"
        let entry = Client.Secret(sha256: SHA256.hexadecimal(of: Array(secret.utf8)), created: now())
        try file.change { contents in
            if let index = contents.clients.firstIndex(where: { $0.id == id }) {
                guard contents.clients[index].subscription == subscription else {
                    throw BlankettError.usage(
                        "The client \(id) has another subscription.", advice: "Remove it first, or choose another name."
                    )
                }
                contents.clients[index].secrets = contents.clients[index].secrets.suffix(Self.mostSecrets - 1) + [entry]
            } else {
                contents.clients.append(Client(id: id, subscription: subscription, secrets: [entry]))
            }
        }
        return secret
    }

    /// Takes away all secrets but the newest, or the whole client.
    func removeClient(_ id: String, onlyOldSecrets: Bool) throws -> Bool {
        try file.change { contents in
            guard let index = contents.clients.firstIndex(where: { $0.id == id }) else { return false }
            if onlyOldSecrets {
                contents.clients[index].secrets = contents.clients[index].secrets.suffix(1)
            } else {
                contents.clients.remove(at: index)
            }
            return true
        }
    }

    func client(_ id: String, secret: String) -> Client? {
        let hash = Array(SHA256.hexadecimal(of: Array(secret.utf8)).utf8)
        guard let client = contents.clients.first(where: { $0.id == id }) else { return nil }
        var isKnown = false
        for known in client.secrets where isEqualInConstantTime(Array(known.sha256.utf8), hash) { isKnown = true }
        return isKnown ? client : nil
    }
}
