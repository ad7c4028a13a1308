/// Finds the handler for a request.
///
/// A plain value: routes are tested without a port.
public struct Router: Sendable {
    public typealias Parameters = [String: String]
    public typealias Handler = @Sendable (Request, Parameters) async throws -> Response

    private struct Route: Sendable {
        var method: String
        var pattern: [Substring]
        /// Whether its last part takes all the rest of a path.
        var takesRest: Bool
        /// The pattern as it was given.
        var text: String
        var handler: Handler
    }

    private var routes: [Route] = []

    /// Method and pattern of each route, such as `GET /v1/records/{id}`.
    public var list: [String] { routes.map { "\($0.method) \($0.text)" } }

    public init() {}

    /// Adds a route; `pattern` is such as `/v1/records/{id}`, and a last part `{path*}` takes all the rest.
    public mutating func on(_ method: String, _ pattern: String, handler: @escaping Handler) {
        let parts = Self.parts(pattern)
        routes.append(
            Route(
                method: method, pattern: parts, takesRest: parts.last?.hasSuffix("*}") == true, text: pattern,
                handler: handler))
    }

    /// Answers a request; what a handler throws becomes a problem, and nothing of its inside is told.
    public func respond(to request: Request) async -> Response {
        await answer(request).response
    }

    /// Answers a request, and says the pattern of the route that did, such as `/v1/records/{id}`.
    ///
    /// - Returns: The response; no pattern where there is no route for the path.
    public func answer(_ request: Request) async -> (response: Response, pattern: String?) {
        let parts = Self.parts(request.path)
        var allowed: [String] = []
        var pattern: String?
        for route in routes {
            guard let parameters = Self.match(route, parts) else { continue }
            pattern = pattern ?? route.text
            guard route.method == request.method || (route.method == "GET" && request.method == "HEAD") else {
                allowed.append(route.method)
                continue
            }
            do {
                return (try await route.handler(request, parameters), pattern)
            } catch let problem as Problem {
                return (.problem(problem), pattern)
            } catch {
                return (.problem(Problem("internal", status: 500, title: "The service failed to answer")), pattern)
            }
        }
        if allowed.isEmpty {
            return (.problem(Problem("not-found", status: 404, title: "There is nothing at this address")), nil)
        }
        var response = Response.problem(
            Problem("method-not-allowed", status: 405, title: "This address does not take \(request.method)"))
        response.headers["Allow"] = Set(allowed).sorted().joined(separator: ", ")
        return (response, pattern)
    }

    /// Whether there is a route for the path of a request.
    public func knows(_ request: Request) -> Bool {
        let parts = Self.parts(request.path)
        return routes.contains { Self.match($0, parts) != nil }
    }

    private static func parts(_ path: String) -> [Substring] {
        // By bytes: looking for whole characters would take longer than all the rest of finding a route.
        let bytes = path.utf8
        return bytes.dropFirst(bytes.first == UInt8(ascii: "/") ? 1 : 0)
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
    }

    private static func match(_ route: Route, _ parts: [Substring]) -> Parameters? {
        // Most routes are ruled out by their length or their words, before anything is kept.
        let pattern = route.pattern
        guard route.takesRest || pattern.count == parts.count else { return nil }
        for (expected, part) in zip(pattern, parts) where expected.utf8.first != UInt8(ascii: "{") {
            guard expected.utf8.elementsEqual(part.utf8) else { return nil }
        }
        var parameters: Parameters = [:]
        for (index, expected) in pattern.enumerated() where expected.utf8.first == UInt8(ascii: "{") {
            if expected.hasSuffix("*}") {
                parameters[String(expected.dropFirst().dropLast(2))] =
                    parts.dropFirst(index).joined(separator: "/")
                return parameters
            }
            guard index < parts.count, !parts[index].isEmpty else { return nil }
            parameters[String(expected.dropFirst().dropLast())] = String(parts[index])
        }
        return pattern.count == parts.count ? parameters : nil
    }
}
