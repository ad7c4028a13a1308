import AgentApp
import HTTP

extension KioskPage {
    /// For an administrator: who works here.
    static func addOperators(to router: inout Router, _ station: Station, _ operators: Operators) {
        router.on("GET", "/api/operators") { _, _ in try .json(operators.all.map(OperatorView.init)) }
        router.on("POST", "/api/operators") { request, _ in
            let wish: OperatorWish = try .body(of: request)
            return try await .answering { try .json(await station.add(wish, to: operators), status: 201) }
        }
        router.on("POST", "/api/operators/{id}") { request, parameters in
            let wish: OperatorWish = try .body(of: request)
            return try await .answering {
                try .json(await station.change(parameters["id"] ?? "", wish, in: operators))
            }
        }
        router.on("POST", "/api/operators/{id}/remove") { _, parameters in
            try await .answering {
                try await station.remove(parameters["id"] ?? "", from: operators)
                return Response(status: 204)
            }
        }
    }
}
