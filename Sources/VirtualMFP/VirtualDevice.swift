public import HTTP
import ESCLScanning
import Scanning
public import Support

/// A software printer with a scanner: it speaks eSCL, scans page files, and fails on command at `/_ctl`.
///
/// Several clients may talk to it at once; it answers as one device would.
public actor VirtualDevice {
    /// What went out, for a test to compare with what came in.
    private struct Served: Codable, Sendable {
        var job: String
        var page: Int
        var sha256: String
        var bytes: Int
        var mediaType: String
    }

    private struct LogLine: Codable, Sendable {
        var method: String
        var path: String
        var status: Int
    }

    private struct JobView: Codable, Sendable {
        var id: String
        var state: String
        var imagesCompleted: Int
        var source: String
    }

    private struct Overview: Codable, Sendable {
        var state: ControlState
        var adfState: String
        var inFeeder: Int
        var jobs: [JobView]
        var pages: [Served]
        var log: [LogLine]
    }

    private let document: [UInt8]
    private let capabilities: ScannerCapabilities
    private let renderer = PageRenderer()
    private var mechanism = Mechanism()
    private var served: [Served] = []
    private var log: [LogLine] = []
    /// How often each fault has met a request that it matches.
    private var met: [Fault: Int] = [:]
    /// When it wakes up, from the first request on.
    private var awakeAt: ContinuousClock.Instant?
    private var origin = ""

    /// - Parameter document: The ScannerCapabilities of the device to be; `nil` for the built-in one.
    /// - Throws: ``BlankettError`` when the document is none.
    public init(document: [UInt8]? = nil) throws(BlankettError) {
        self.document = document ?? BuiltInDevice.document
        do {
            capabilities = try ESCLCapabilities(document: self.document).capabilities
        } catch {
            throw BlankettError(
                "bad-device", exit: .badInput, "The device's capability document cannot be used: \(error).",
                advice: "Give what a real device answers at /eSCL/ScannerCapabilities.")
        }
    }

    /// Puts paper in.
    ///
    /// - Parameters:
    ///   - feeder: Files whose pages lie in the feeder, in order; `nil` leaves it.
    ///   - platen: The file on the glass; `nil` leaves it.
    /// - Throws: ``BlankettError`` when a file is no page.
    public func load(feeder: [String]? = nil, platen: String? = nil) throws(BlankettError) {
        var change: [String: JSONValue] = [:]
        if let feeder { change["adf"] = .array(feeder.map(JSONValue.string)) }
        if let platen { change["platen"] = .string(platen) }
        try control(change)
    }

    /// Merges keys into the state, as a POST to `/_ctl` does; `reset` first puts everything back.
    public func control(_ change: [String: JSONValue]) throws(BlankettError) {
        var change = change
        var mechanism = change.removeValue(forKey: "reset")?.boolValue == true ? mechanism.afterReset : mechanism
        try mechanism.control.merge(change)
        if change["adf"] != nil {
            var sides: [PageSide] = []
            for path in mechanism.control.adf { sides += try PageSide.sides(ofFile: path) }
            mechanism.load(feeder: sides)
        }
        if change["platen"] != nil {
            let path = mechanism.control.platen
            mechanism.load(platen: .some(path.isEmpty ? nil : try PageSide.sides(ofFile: path).first))
        }
        mechanism.mend(Set(change.keys))
        if change["faults"] != nil { met = [:] }
        if change["asleep"] != nil { awakeAt = nil }
        self.mechanism = mechanism
    }

    /// Where it is reached, for whole addresses in Location.
    public func listen(at origin: String) { self.origin = origin }

    /// Answers one request.
    public func respond(to request: Request) async -> Response {
        if request.path == "/_ctl" { return answerControl(request) }
        await wakeUp()
        if let response = await misbehave(request) { return noted(request, response) }
        return noted(request, await answer(request))
    }

    private func noted(_ request: Request, _ response: Response) -> Response {
        log.append(LogLine(method: request.method, path: request.path, status: response.status))
        return response
    }

    private func wakeUp() async {
        guard mechanism.control.asleep > 0 else { return }
        let awakeAt = awakeAt ?? .now + .seconds(mechanism.control.asleep)
        self.awakeAt = awakeAt
        try? await Task.sleep(until: awakeAt, clock: .continuous)
    }

    // MARK: Control

    private func answerControl(_ request: Request) -> Response {
        do {
            if request.method == "POST" {
                // A web page in somebody's browser cannot send this type without being asked first.
                guard request.headers["Content-Type"]?.hasPrefix("application/json") == true else {
                    return .problem(Problem("wrong-type", status: 415, title: "Send application/json"))
                }
                if try JSONCoding.decode([String: JSONValue].self, from: request.body)["reset"]?.boolValue == true {
                    served = []
                    log = []
                    met = [:]
                }
                try control(try JSONCoding.decode(from: request.body))
            }
            return try .json(overview)
        } catch let error as BlankettError {
            return .problem(Problem(error.code, status: 400, title: error.description))
        } catch {
            return .problem(Problem("bad-control", status: 400, title: "Send one JSON object"))
        }
    }

    private var overview: Overview {
        Overview(
            state: mechanism.control, adfState: mechanism.adfState, inFeeder: mechanism.feeder.count,
            jobs: mechanism.jobs.map {
                JobView(
                    id: $0.id, state: $0.state.rawValue, imagesCompleted: $0.imagesCompleted,
                    source: $0.settings.source.rawValue)
            }, pages: served, log: log)
    }

    private func misbehave(_ request: Request) async -> Response? {
        let matching = mechanism.control.faults.first { fault in
            guard fault.matches(method: request.method, path: request.path) else { return false }
            let before = met[fault, default: 0]
            met[fault] = before + 1
            let skipped = fault.skip ?? 0
            return before >= skipped && before < skipped + (fault.times ?? .max - skipped)
        }
        guard let fault = matching else { return nil }
        if let delay = fault.delay { try? await Task.sleep(for: .seconds(delay)) }
        if fault.drop == true { return Response(status: 0) }
        if fault.lost == true {
            _ = await answer(request)
            return Response(status: 0)
        }
        // The server cancels the task when the client is gone.
        if fault.hang == true {
            try? await Task.sleep(for: .seconds(86_400))
            return Response(status: 0)
        }
        if fault.endless == true { return Self.endless(fault) }
        guard fault.status != nil || fault.body != nil || fault.garbage != nil else { return nil }
        var response = Response(status: fault.status ?? 200, bytes: Array((fault.body ?? "").utf8))
        if let count = fault.garbage {
            response.body = .bytes((0..<count).map { UInt8(truncatingIfNeeded: $0 * 131 + 7) })
        }
        for (name, value) in fault.headers ?? [:] { response.headers[name] = value }
        return response
    }

    private static func endless(_ fault: Fault) -> Response {
        let noise = AsyncThrowingStream<[UInt8], any Error> {
            try await Task.sleep(for: .milliseconds(20))
            return [UInt8](repeating: 0x2A, count: 1024)
        }
        return Response(status: fault.status ?? 200, headers: ["Content-Type": "image/jpeg"], body: .stream(noise))
    }

    // MARK: eSCL

    private func answer(_ request: Request) async -> Response {
        let parts = request.path.split(separator: "/").map(String.init)
        guard parts.first == "eSCL" else { return Response(status: 404) }
        switch (request.method, parts.count, parts.dropFirst().first) {
        case ("GET", 2, "ScannerCapabilities"): return xml(document)
        case ("GET", 2, "ScannerStatus"):
            return xml(StatusDocument.document(mechanism, root: "/eSCL"))
        case ("POST", 2, "ScanJobs"): return startJob(request)
        case ("GET", 4, "ScanJobs") where parts[3] == "NextDocument": return await nextDocument(parts[2])
        case ("GET", 4, "ScanJobs") where parts[3] == "ScanImageInfo": return imageInfo(parts[2])
        case ("DELETE", 3, "ScanJobs"): return Response(status: mechanism.delete(parts[2]) ? 200 : 404)
        default: return Response(status: 404)
        }
    }

    private func startJob(_ request: Request) -> Response {
        guard let settings = JobSettings(document: request.body, capabilities: capabilities) else {
            return Response(status: 409)
        }
        let (status, id) = mechanism.post(settings)
        var response = Response(status: status)
        if status == 503 { response.headers["Retry-After"] = "1" }
        if let id {
            let control = mechanism.control
            let host = control.location_host.isEmpty ? origin : "http://\(control.location_host)"
            let isWhole = control.absolute_location || !control.location_host.isEmpty
            response.headers["Location"] = (isWhole ? host : "") + "/eSCL/ScanJobs/\(id)"
            if control.location == "-" {
                response.headers["Location"] = nil
            } else if !control.location.isEmpty {
                response.headers["Location"] = control.location.replacing("{id}", with: id)
            }
        }
        return response
    }

    private func nextDocument(_ id: String) async -> Response {
        switch mechanism.next(id) {
        case .noMore: return Response(status: 404)
        case .conflict: return Response(status: 409)
        case .notYet: return Response(status: 503, headers: ["Retry-After": "1"])
        case .image(let side, let settings):
            if mechanism.control.page_delay > 0 {
                try? await Task.sleep(for: .seconds(mechanism.control.page_delay))
            }
            do {
                return try await serve(side, settings, job: id)
            } catch {
                return Response(status: 500)
            }
        }
    }

    private func serve(_ side: PageSide?, _ settings: JobSettings, job: String) async throws -> Response {
        let control = mechanism.control
        let image: PageRenderer.Output
        if control.raw, let side {
            image = PageRenderer.Output(
                mediaType: PageRenderer.mediaType(of: side.file), bytes: side.file, width: 0, height: 0)
        } else {
            let ranges = capabilities[settings.source, settings.sides]?.ranges ?? [:]
            image = try await renderer.render(side, control.deliver.applied(to: settings), ranges: ranges)
        }
        let number = served.count { $0.job == job } + 1
        served.append(
            Served(
                job: job, page: number, sha256: SHA256.hexadecimal(of: image.bytes), bytes: image.bytes.count,
                mediaType: image.mediaType))
        var headers: Headers = ["Content-Type": image.mediaType]
        if control.content_length { headers["Content-Length"] = String(image.bytes.count) }
        let stream = Self.chunks(image.bytes, delay: control.chunk_delay, cutAt: control.truncate_at) {
            await self.delivered(job, width: image.width, height: image.height)
        }
        return Response(status: 200, headers: headers, body: .stream(stream))
    }

    private func delivered(_ job: String, width: Int, height: Int) {
        mechanism.delivered(job, width: width, height: height)
    }

    private func imageInfo(_ id: String) -> Response {
        guard let job = mechanism.jobs.first(where: { $0.id == id }), job.lastSize.width > 0 else {
            return Response(status: 404)
        }
        return xml(StatusDocument.imageInfo(job, root: "/eSCL"))
    }

    private func xml(_ bytes: [UInt8]) -> Response {
        Response(status: 200, headers: ["Content-Type": "text/xml"], bytes: bytes)
    }

    private struct Cut: Error {}

    /// The image in pieces of 16 KiB; `done` is called before the last one, so that a client that has all of it finds
    /// it counted.
    private static func chunks(
        _ bytes: [UInt8], delay: Double, cutAt: Int, done: @escaping @Sendable () async -> Void
    ) -> AsyncThrowingStream<[UInt8], any Error> {
        let size = 16 << 10
        let sent = cutAt >= 0 ? min(cutAt, bytes.count) : bytes.count
        let isCut = cutAt >= 0 && cutAt < bytes.count
        let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        let task = Task {
            for start in stride(from: 0, to: sent, by: size) {
                if delay > 0 { try? await Task.sleep(for: .seconds(delay)) }
                if start + size >= sent { await done() }
                continuation.yield(Array(bytes[start..<min(start + size, sent)]))
            }
            if sent == 0 { await done() }
            continuation.finish(throwing: isCut ? Cut() : nil)
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}
