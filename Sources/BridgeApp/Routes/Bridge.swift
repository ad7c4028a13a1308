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
    let dataFolder: URL
    let diskReserve: Int?
    let log: Logger
    let clock = ContinuousClock()

    let router: Router

    init(
        store: any RecordStore, access: Access, dataFolder: URL, diskReserve: Int?, forms: FormLibrary, log: Logger
    ) {
        self.store = store
        self.access = access
        self.dataFolder = dataFolder
        self.diskReserve = diskReserve
        self.log = log
        let routes = Routes(
            store: store, access: access, dataFolder: dataFolder, diskReserve: diskReserve, forms: forms)
        var router = Router()
        routes.addBlobs(to: &router)
        routes.addRecords(to: &router)
        routes.addSubscriptions(to: &router)
        routes.addFormTypes(to: &router)
        routes.addInformation(to: &router)
        self.router = router
    }

    /// Refuses who is not known before the body is taken in.
    func refusal(of request: Request) -> Response? {
        if Routes.isPublic(request) { return nil }
        do throws(Problem) {
            _ = try access.caller(of: request)
            return nil
        } catch {
            return finish(.problem(error), to: request, id: UUIDv7(), since: clock.now)
        }
    }

    func respond(to request: Request) async -> Response {
        let id = UUIDv7()
        let start = clock.now
        let response = await RequestID.$current.withValue(id) { await router.respond(to: request) }
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
