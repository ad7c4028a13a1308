public import AgentApp
import Foundation
public import HTTP
import Support

/// The kiosk page and what it asks for: a plain handler, tested without a port.
public struct KioskPage: Sendable {
    private let guardian: KioskGuard
    private let desk: SignInDesk
    private let files: WebFiles
    private let router: Router

    /// - Parameters:
    ///   - station: What is worked at.
    ///   - guardian: Lets only the station's own page in.
    ///   - operators: Who may work here; everybody with the start link where there are none.
    ///   - teaching: Where forms are taught, if they are.
    ///   - devices: What a technician looks after; `nil` where there is nothing of it.
    ///   - files: The page itself.
    public init(
        _ station: Station, guardian: KioskGuard, operators: Operators, teaching: Teaching? = nil,
        devices: DeviceFiles? = nil,
        files: WebFiles = WebFiles()
    ) {
        self.guardian = guardian
        desk = SignInDesk(station, operators, guardian)
        self.files = files
        var router = Router()
        Self.addStation(to: &router, station)
        Self.addBatches(to: &router, station)
        Self.addDocuments(to: &router, station)
        Self.addGroups(to: &router, station)
        Self.addQuality(to: &router, station)
        if let devices { Self.addDevices(to: &router, station, devices) }
        Self.addOperators(to: &router, station, operators)
        if let teaching { Self.addTeaching(to: &router, teaching) }
        self.router = router
    }

    public func respond(to request: Request) async -> Response {
        var response = await answer(request)
        response.headers["Content-Security-Policy"] =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return response
    }

    /// Refuses a large body by its head, unless it is a file from somebody who may teach forms.
    ///
    /// - Parameter head: A request without its body.
    /// - Returns: The refusal; `nil` where the body may come.
    public func refusal(of head: Request) -> Response? {
        do {
            guard head.headers["Transfer-Encoding"] == nil else {
                throw Problem("length-required", status: 411, title: "Say how long the body is")
            }
            guard let length = head.headers["Content-Length"].flatMap({ Int($0) }), length > Self.largestBody else {
                return nil
            }
            guard head.path.hasPrefix("/api/teach/") || head.path == "/api/devices/profiles" else {
                throw Problem("too-large", status: 413, title: "This is more than is taken here")
            }
            try guardian.checkOrigin(head)
            try desk.checkRole(for: head, in: guardian.session(of: head))
            return nil
        } catch let problem as Problem {
            return .problem(problem)
        } catch {
            return .problem(Problem("internal", status: 500, title: "The station failed to answer"))
        }
    }

    /// What any body may measure in bytes, but for files that forms are taught from and device profiles.
    private static let largestBody = 64 << 10
    /// What those may measure: Base64 makes four bytes of three.
    static let largestUpload = TeachingDesk.largestUpload / 3 * 4 + largestBody

    private func answer(_ request: Request) async -> Response {
        do {
            try guardian.checkOrigin(request)
            guard request.path.hasPrefix("/api/") else {
                if request.method == "GET", let file = files.response(for: request.path) { return file }
                throw Problem("not-found", status: 404, title: "There is nothing at this address")
            }
            if request.method == "POST", request.path == "/api/session" {
                let body: [String: String] = try .body(of: request)
                let cookie = try guardian.beginSession(body["secret"] ?? "", as: desk.person(atComputer: request))
                return Response(status: 204, headers: ["Set-Cookie": cookie])
            }
            return try await desk.respond(to: request, in: guardian.session(of: request)) {
                await router.respond(to: request)
            }
        } catch let problem as Problem {
            return .problem(problem)
        } catch {
            return .problem(Problem("internal", status: 500, title: "The station failed to answer"))
        }
    }

    private static func addStation(to router: inout Router, _ station: Station) {
        router.on("GET", "/api/state") { request, _ in
            let revision = station.changes.count
            let wanted = request.query["documents"].flatMap { Int($0) } ?? 50
            return try await .answering {
                let queue = try await station.documents(limit: min(max(wanted, 0), 5000))
                return try .json(
                    StateView(
                        revision: revision, person: SignInDesk.person.map(OperatorView.init),
                        station: await station.view(), open: queue.open, ready: queue.ready,
                        documents: queue.documents.map { DocumentSummary($0, station) }))
            }
        }
        // Long poll: answers as soon as anything a person could see has changed.
        router.on("GET", "/api/changes") { request, _ in
            let seen = request.query["since"].flatMap { Int($0) } ?? -1
            return try .json(["revision": await station.changes.wait(after: seen, atMost: .seconds(20))])
        }
    }

    private static func addBatches(to router: inout Router, _ station: Station) {
        router.on("POST", "/api/scans") { request, _ in
            let wish: [String: String] = try .body(of: request)
            return try await .answering {
                try .json(
                    await station.startScan(device: wish["device"], profile: wish["profile"]), status: 201)
            }
        }
        router.on("GET", "/api/batches/{id}") { _, parameters in
            let revision = station.changes.count
            return try await .answering {
                try .json(BatchPageView(revision, try await station.view(ofBatch: try parameters.id()), station))
            }
        }
        router.on("POST", "/api/batches/{id}/stop") { _, parameters in
            await station.stopScan(of: try parameters.id())
            return Response(status: 204)
        }
        router.on("POST", "/api/batches/{id}/continue") { _, parameters in
            try await .answering { try .json(await station.continueScan(of: try parameters.id())) }
        }
        router.on("POST", "/api/batches/{id}/finish") { _, parameters in
            try await .answering {
                try await station.finishBatch(try parameters.id())
                return Response(status: 204)
            }
        }
        router.on("GET", "/api/pages/{id}/picture") { _, parameters in
            try await .answering {
                let picture = try await station.picture(ofPage: try parameters.id())
                // The scanner names the type: what is no picture must not become a document of this origin.
                guard ["image/jpeg", "image/png"].contains(picture.mediaType) else {
                    throw Problem("no-picture", status: 404, title: "There is no picture of this page")
                }
                return Response(status: 200, headers: ["Content-Type": picture.mediaType], bytes: picture.bytes)
            }
        }
    }
}
