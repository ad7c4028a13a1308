import AgentApp
import HTTP
import Support

/// Decides who is at the page, and what that person may do.
struct SignInDesk: Sendable {
    private let station: Station
    private let operators: Operators
    private let guardian: KioskGuard
    private let porter = Porter()

    /// Who the current request is from; `nil` where nobody needs to sign in.
    @TaskLocal static var person: Operator?

    init(_ station: Station, _ operators: Operators, _ guardian: KioskGuard) {
        self.station = station
        self.operators = operators
        self.guardian = guardian
    }

    /// Answers what belongs to signing in, and hands on what the person may do.
    ///
    /// - Parameters:
    ///   - request: Of this station's page.
    ///   - session: Its token.
    ///   - next: Answers everything else.
    /// - Returns: The answer.
    /// - Throws: ``Problem``: 401 `sign-in-needed`, 403 `not-yours`.
    func respond(
        to request: Request, in session: String, next: @Sendable () async throws -> Response
    ) async throws -> Response {
        switch (request.method, request.path) {
        case ("GET", "/api/people"): return try .json(operators.all.map(Face.init))
        case ("POST", "/api/sign-in"): return try await signIn(request, session)
        case ("POST", "/api/sign-out"): return try await signOut(session)
        default: break
        }
        guard let person = try checkRole(for: request, in: session) else { return try await next() }
        return try await Self.$person.withValue(person) {
            try await Acting.$person.withValue(person.id, operation: next)
        }
    }

    /// Whoever sends the request, when that person may.
    ///
    /// - Returns: `nil` where nobody needs to sign in.
    /// - Throws: ``Problem``: 401 `sign-in-needed`, 403 `not-yours`.
    @discardableResult
    func checkRole(for request: Request, in session: String) throws -> Operator? {
        guard !operators.all.isEmpty else { return nil }
        // What the page asks by itself, again and again, is no sign that anybody is there.
        let isTouch = request.path != "/api/state" && request.path != "/api/changes"
        guard let id = guardian.sessions.person(in: session, isTouch: isTouch), let person = operators[id] else {
            throw Problem("sign-in-needed", status: 401, title: "Nobody is signed in")
        }
        guard person.role >= Self.role(for: request) else {
            throw Problem("not-yours", status: 403, title: "Your role does not allow this")
        }
        return person
    }

    /// The operator whose account on this computer the browser runs under.
    func person(atComputer request: Request) -> String? {
        guard operators.all.contains(where: { $0.account != nil }), request.peer.address == "127.0.0.1",
            let port = request.peer.port, let account = LoopbackPeer.account(ofPort: port, to: guardian.port)
        else { return nil }
        return operators.person(withAccount: account)?.id
    }

    /// The least role for an address, by how it begins.
    private static let roles: [(path: String, role: Operator.Role)] = [
        ("/api/operators", .administrator), ("/api/teach", .technician), ("/api/forms", .technician),
        ("/api/devices", .technician), ("/api/quality", .technician),
    ]

    private static func role(for request: Request) -> Operator.Role {
        roles.first { request.path == $0.path || request.path.hasPrefix($0.path + "/") }?.role ?? .clerk
    }

    private func signIn(_ request: Request, _ session: String) async throws -> Response {
        let wish: SignIn = try .body(of: request)
        do throws(BlankettError) {
            let person = try await porter.person(wish.id, pin: wish.pin, among: operators)
            guardian.sessions.sign(in: session, as: person.id)
        } catch {
            if operators[wish.id] != nil { try await station.note("sign-in-refused", of: wish.id, outcome: error.code) }
            throw Problem(error.code, status: error.code == "too-many-tries" ? 429 : 403, title: error.message)
        }
        try await Acting.$person.withValue(wish.id) { try await station.note("signed-in", of: wish.id) }
        return Response(status: 204)
    }

    private func signOut(_ session: String) async throws -> Response {
        if let id = guardian.sessions.person(in: session, isTouch: false) {
            guardian.sessions.sign(in: session, as: nil)
            try await Acting.$person.withValue(id) { try await station.note("signed-out", of: id) }
        }
        return Response(status: 204)
    }

    /// Whom to choose from: no more than what stands on a door.
    private struct Face: Encodable {
        var id: String
        var name: String
        var hasPIN: Bool

        init(_ person: Operator) {
            (id, name, hasPIN) = (person.id, person.name, person.pinHash != nil)
        }
    }

    private struct SignIn: Decodable {
        var id: String
        var pin: String
    }
}

/// Looks at one PIN at a time, on a thread of its own: each takes time and memory on purpose.
private actor Porter {
    private let executor = BlockingExecutor(label: "porter")

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    func person(_ id: String, pin: String, among operators: Operators) throws(BlankettError) -> Operator {
        try operators.signIn(id, pin: pin)
    }
}
