import Delivery
public import HTTP
public import Scanning
public import Support

/// What `blankett` asks of the running agent, over a UNIX socket that only the agent's user can open.
///
/// A plain router: tested without a socket.
public struct ControlRoutes: Sendable {
    public let router: Router

    struct ScanRequest: Decodable {
        var device: String?
        var profile: String?
    }

    struct TrustRequest: Decodable {
        var device: String?
        var key: String
    }

    struct LoadRequest: Decodable {
        var files: [DeviceProfileStore.Upload]
    }

    struct FormRequest: Decodable {
        var package: Package
        var reason: String?
    }

    struct LoadAnswer: Encodable {
        var loaded: [ProfilesView.File]
    }

    /// - Parameters:
    ///   - station: Is asked.
    ///   - profiles: Those of its devices.
    ///   - operators: Who works here.
    ///   - forms: Those in force.
    public init(
        _ station: Station, profiles: DeviceProfileStore, operators: Operators, forms: FormDesk? = nil
    ) {
        var router = Router()
        router.on("GET", "/status") { _, _ in
            let view = try await station.view()
            var json: JSONValue = try JSONCoding.decode(from: JSONCoding.encode(view))
            // The exit code of `blankett status`, decided in one place.
            _ = json.set(.number(Double(view.health.rawValue)), at: JSONPointer(tokens: ["health"]))
            return try .json(json)
        }
        router.on("GET", "/changes") { request, _ in
            let seen = request.query["since"].flatMap { Int($0) } ?? -1
            return try .json(["revision": await station.changes.wait(after: seen, atMost: .seconds(20))])
        }
        router.on("POST", "/scans") { request, _ in
            let wish: ScanRequest = try .body(of: request)
            return try await .answering {
                try .json(await station.startScan(device: wish.device, profile: wish.profile), status: 201)
            }
        }
        router.on("GET", "/batches/{id}") { _, parameters in
            try await .answering { try .json(await station.view(ofBatch: try parameters.id())) }
        }
        router.on("POST", "/batches/{id}/continue") { _, parameters in
            try await .answering { try .json(await station.continueScan(of: try parameters.id())) }
        }
        router.on("POST", "/batches/{id}/finish") { _, parameters in
            try await .answering {
                try await station.finishBatch(try parameters.id())
                return Response(status: 204)
            }
        }
        router.on("GET", "/devices") { _, _ in
            try .json(await station.deviceDetails())
        }
        router.on("GET", "/certificate") { request, _ in
            try await .answering { try .json(await station.certificate(ofDevice: request.query["device"])) }
        }
        router.on("POST", "/certificate") { request, _ in
            let wish: TrustRequest = try .body(of: request)
            return try await .answering { try .json(await station.trust(wish.key, ofDevice: wish.device)) }
        }
        router.on("GET", "/profiles") { _, _ in
            try .json(await station.view(of: profiles))
        }
        router.on("POST", "/profiles") { request, _ in
            let wish: LoadRequest = try .body(of: request)
            return try await .answering {
                do {
                    let loaded = try await profiles.load(wish.files)
                    await station.look()
                    return try .json(LoadAnswer(loaded: loaded.map(ProfilesView.File.init)))
                } catch let error as DeviceProfileProblems {
                    throw BlankettError(
                        "profile-refused", exit: .badInput, "The profiles are not taken; those in force stay.",
                        advice: error.description)
                }
            }
        }
        router.on("GET", "/quality") { _, _ in
            try await .answering { try .json(try await station.quality().map(FormQualityView.init)) }
        }
        router.on("POST", "/quality/{form}/forget-values") { _, parameters in
            try await .answering {
                try await station.forgetValues(ofForm: parameters["form"] ?? "")
                return Response(status: 204)
            }
        }
        Self.addOperators(to: &router, station, operators)
        if let forms { Self.addForms(to: &router, forms) }
        self.router = router
    }

    private static func addForms(to router: inout Router, _ forms: FormDesk) {
        router.on("GET", "/forms") { _, _ in try .json(await forms.views) }
        router.on("POST", "/forms") { request, _ in
            let wish: FormRequest = try .body(of: request)
            return try await asOwner { try .json(await forms.take(wish.package, reason: wish.reason), status: 201) }
        }
    }

    /// The same as on the page, but for the path.
    private static func addOperators(to router: inout Router, _ station: Station, _ operators: Operators) {
        router.on("GET", "/operators") { _, _ in try .json(operators.all.map(OperatorView.init)) }
        router.on("POST", "/operators") { request, _ in
            let wish: OperatorWish = try .body(of: request)
            return try await asOwner { try .json(await station.add(wish, to: operators), status: 201) }
        }
        router.on("POST", "/operators/{id}") { request, parameters in
            let wish: OperatorWish = try .body(of: request)
            let id = parameters["id"] ?? ""
            return try await asOwner { try .json(await station.change(id, wish, in: operators)) }
        }
        router.on("POST", "/operators/{id}/remove") { _, parameters in
            let id = parameters["id"] ?? ""
            return try await asOwner {
                try await station.remove(id, from: operators)
                return Response(status: 204)
            }
        }
    }

    /// Whoever can open the socket owns the station.
    private static func asOwner(_ body: () async throws -> Response) async throws -> Response {
        try await Response.answering { try await Acting.$person.withValue("owner", operation: body) }
    }
}

extension Decodable {
    /// The JSON body of a request.
    ///
    /// - Parameter request: With a body of this shape.
    /// - Returns: The value.
    /// - Throws: ``Problem`` 400 when it is none.
    public static func body(of request: Request) throws -> Self {
        guard let value: Self = try? JSONCoding.decode(from: request.body) else {
            throw Problem("bad-request", status: 400, title: "The body is not what this address takes")
        }
        return value
    }
}

extension Router.Parameters {
    /// The parameter `id` as a UUID.
    ///
    /// - Returns: The id.
    /// - Throws: ``Problem`` 404 when it is none.
    public func id() throws -> UUIDv7 {
        guard let id = self["id"].flatMap({ UUIDv7($0) }) else {
            throw Problem("not-found", status: 404, title: "There is nothing at this address")
        }
        return id
    }
}

extension Response {
    /// Answers with what `body` returns, and with a problem of the same code where it throws a ``BlankettError``.
    public static func answering(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as BlankettError {
            let status =
                switch (error.code, error.exit) {
                case ("not-found", _): 404
                case ("not-now", _), ("not-ready", _), ("scanner-busy", _), ("draft-changed", _),
                    ("changed-elsewhere", _):
                    409
                case (_, .badInput): 422
                case (_, .storage): 507
                case (_, .device): 502
                default: 500
                }
            throw Problem(error.code, status: status, title: error.message, detail: error.advice)
        }
    }
}
