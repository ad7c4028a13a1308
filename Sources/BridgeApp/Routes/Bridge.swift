import Delivery
import Forms
import Foundation
import HTTP
import Support
import Synchronization

/// Answers the bridge's API: routes over the store, as values, without a socket.
struct Bridge: Sendable {
    let store: any RecordStore
    let access: Access
    let limits: RateLimits
    let limiter: RateLimiter
    let metrics: Metrics
    let board: AgentBoard
    let log: Logger
    let clock = ContinuousClock()

    let router: Router

    init(
        store: any RecordStore, access: Access, configuration: BridgeConfiguration, forms: FormLibrary,
        documents: DocumentCheck, limiter: RateLimiter, metrics: Metrics, board: AgentBoard, log: Logger
    ) {
        self.store = store
        self.access = access
        limits = configuration.rateLimits
        self.limiter = limiter
        self.metrics = metrics
        self.board = board
        self.log = log
        let routes = Routes(
            store: store, access: access, dataFolder: configuration.dataFolder,
            diskReserve: configuration.diskReserve, forms: forms, documents: documents,
            redactions: configuration.redactions(forms), metrics: metrics, board: board,
            shelf: PackageShelf(configuration.packageFolder))
        var router = Router()
        routes.addBlobs(to: &router)
        routes.addRecords(to: &router)
        routes.addSubscriptions(to: &router)
        routes.addFormTypes(to: &router)
        routes.addEnrolment(to: &router)
        routes.addTokens(to: &router)
        routes.addStations(to: &router)
        routes.addInformation(to: &router)
        self.router = router
    }

    /// Refuses who is not known, or asks too often, before the body is taken in.
    ///
    /// Who asks stands in the request afterwards, so that nobody is looked up again for the same request.
    func refusal(of request: inout Request) -> Response? {
        if Routes.isPublic(request) { return nil }
        let start = clock.now
        do throws(Problem) {
            if Routes.isForStrangers(request) {
                try count(Self.stranger(request), limits.stranger)
                return nil
            }
            let caller: Caller
            do throws(Problem) {
                caller = try access.caller(of: request)
            } catch {
                try count(Self.stranger(request), limits.stranger)
                throw error
            }
            request.finding = Request.Finding(caller)
            if caller.scope == .agent { board.see(caller.name, at: access.now()) }
            try count(caller.name, limits.limit(of: caller))
            return nil
        } catch {
            metrics.count("blankett_requests_refused_total", ["code": String(error.status)])
            return finish(.problem(error), to: request, id: UUIDv7(), since: start)
        }
    }

    /// One of those that there are: a label must not be whatever somebody sends.
    private static func method(_ request: Request) -> String {
        ["GET", "HEAD", "PUT", "POST"].contains(request.method) ? request.method : "other"
    }

    private func count(_ key: String, _ limit: Int?) throws(Problem) {
        guard let (isAllowed, bucket) = limiter.take(key, limit: limit), !isAllowed else { return }
        throw .rateLimited(bucket)
    }

    /// Names of callers have no space in them.
    private static func stranger(_ request: Request) -> String { "from \(request.peer.address ?? "here")" }

    /// How who asks stands with what they may ask.
    private func standing(_ request: Request) -> RequestBucket? {
        if Routes.isPublic(request) { return nil }
        guard !Routes.isForStrangers(request), let caller = try? access.caller(of: request) else {
            return limiter.standing(Self.stranger(request))
        }
        return limits.limit(of: caller) == nil ? nil : limiter.standing(caller.name)
    }

    func respond(to request: Request) async -> Response {
        let id = UUIDv7()
        let start = clock.now
        let (response, pattern) = await RequestID.$current.withValue(id) { await router.answer(request) }
        metrics.observeRequest(
            route: pattern ?? "none", method: Self.method(request), status: response.status, clock.now - start)
        return finish(response, to: request, id: id, since: start)
    }

    /// Puts the request's id into a problem, adds what stands in every answer, and logs what went wrong.
    private func finish(
        _ response: Response, to request: Request, id: UUIDv7, since start: ContinuousClock.Instant
    ) -> Response {
        var response = response
        if response.status >= 400, let bytes = response.bytes,
            var problem = try? JSONCoding.decode(Problem.self, from: bytes)
        {
            problem.instance = "urn:uuid:\(id)"
            // DIGG's profile wants one in each problem (FEL.02).
            problem.detail = problem.detail ?? problem.title
            var made = Response.problem(problem)
            made.headers["Allow"] = response.headers["Allow"]
            if problem.status == 401 { made.headers["WWW-Authenticate"] = "Bearer" }
            response = made
            log.log(
                problem.status >= 500 ? .error : .warning, "request-refused", .id("request", id),
                .name("method", request.method), .count("status", problem.status), .name("code", problem.code),
                .milliseconds("took", clock.now - start))
        }
        if let standing = standing(request) {
            for (name, value) in standing.headers { response.headers[name] = value }
        }
        response.headers["Request-Id"] = id.description
        response.headers["Cache-Control"] = response.headers["Cache-Control"] ?? "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
    }
}

/// The id of the request that the current task answers.
enum RequestID {
    @TaskLocal static var current = UUIDv7()
}
