import HTTP
import Testing

private struct Leak: Error {}

private let router: Router = {
    var router = Router()
    router.on("GET", "/v1/records/{id}") { _, parameters in
        Response(status: 200, bytes: Array((parameters["id"] ?? "").utf8))
    }
    router.on("PUT", "/v1/records/{id}") { _, _ in Response(status: 201) }
    router.on("GET", "/web/{path*}") { _, parameters in
        Response(status: 200, bytes: Array((parameters["path"] ?? "").utf8))
    }
    router.on("GET", "/broken") { _, _ in throw Leak() }
    router.on("GET", "/refused") { _, _ in throw Problem("forbidden", status: 403, title: "No") }
    return router
}()

@Suite struct `Routes` {
    @Test(arguments: [
        ("GET", "/v1/records/7", 200, "7"),
        ("HEAD", "/v1/records/7", 200, "7"),
        ("PUT", "/v1/records/7", 201, ""),
        ("GET", "/web/a/b.css", 200, "a/b.css"),
    ])
    func `find their handler`(_ method: String, _ path: String, _ status: Int, _ body: String) async {
        let response = await router.respond(to: Request(method, path))
        #expect(response.status == status)
        #expect(response.bytes == Array(body.utf8))
    }

    @Test(arguments: [
        ("GET", "/v1/records/", 404), ("GET", "/v1/records", 404), ("GET", "/v1/records/7/pages", 404),
        ("POST", "/v1/records/7", 405), ("GET", "/broken", 500), ("GET", "/refused", 403), ("GET", "", 404),
    ])
    func `answer the rest with a problem`(_ method: String, _ path: String, _ status: Int) async {
        let response = await router.respond(to: Request(method, path))
        #expect(response.status == status)
        #expect(response.headers["content-type"] == "application/problem+json")
        #expect(response.bytes?.isEmpty == false)
    }

    @Test func `tell what is allowed and nothing of their inside`() async {
        let refused = await router.respond(to: Request("POST", "/v1/records/7"))
        #expect(refused.headers["Allow"] == "GET, PUT")
        let broken = await router.respond(to: Request("GET", "/broken"))
        #expect(!String(decoding: broken.bytes ?? [], as: UTF8.self).contains("Leak"))
    }
}
