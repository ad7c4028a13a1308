import HTTP
import Scanning
import Support

/// A device's eSCL resources, one request each; what the answers mean is decided elsewhere.
struct ESCLService: Sendable {
    var transport: any HTTPTransport
    let address: ESCLAddress
    var deadlines: DeviceProfile.Deadlines = .standard
    /// The Host header for devices that insist on one.
    var host: String?

    func capabilities() async throws -> ESCLCapabilities {
        try ESCLCapabilities(document: try await document("ScannerCapabilities"))
    }

    /// How the device is; with a shorter deadline than usual where the answer is a help and no need.
    func status(within seconds: Double? = nil) async throws -> ESCLStatus {
        try ESCLStatus(document: try await document("ScannerStatus", within: seconds))
    }

    func startJob(_ settings: [UInt8]) async throws(TransportError) -> Response {
        let request = self.request(
            "POST", address.root + "/ScanJobs", headers: ["Content-Type": "text/xml"], body: settings)
        return try await transport.send(request, to: address.origin, limits: control(fresh: true))
    }

    /// Asks for the next image.
    ///
    /// - Parameters:
    ///   - job: The job's path.
    ///   - isFirst: Whether the device may have to warm up before it sends a byte.
    /// - Returns: The answer, of whatever status.
    /// - Throws: ``TransportError``.
    func nextDocument(_ job: String, isFirst: Bool) async throws(TransportError) -> Response {
        let idle = isFirst ? max(deadlines.start, deadlines.idle) : deadlines.idle
        // Sent twice, it could cost a page: no kept connection, on which libraries repeat by themselves.
        let limits = TransportLimits(
            connect: deadlines.open, idle: idle, total: deadlines.start + 4 * deadlines.idle,
            maximumBody: 128 << 20, freshConnection: true)
        return try await transport.send(request("GET", job + "/NextDocument"), to: address.origin, limits: limits)
    }

    /// Height in pixels of the last image as the device measured it; `nil` when it does not say.
    func actualHeight(_ job: String) async -> Int? {
        let sent = try? await transport.send(
            request("GET", job + "/ScanImageInfo"), to: address.origin, limits: control())
        guard let bytes = sent?.bytes, sent?.status == 200, let root = try? XMLNode(document: bytes) else { return nil }
        return root.everything.first { $0.name == "ActualHeight" }.flatMap { Int($0.text) }
    }

    /// Cancels a job, or clears a finished one away.
    ///
    /// - Returns: Whether the device has taken note of it; `false` where it may run on.
    @discardableResult
    func delete(_ job: String) async -> Bool {
        var limits = control()
        limits.total = deadlines.cancel
        let answer = try? await transport.send(request("DELETE", job), to: address.origin, limits: limits)
        // What it does not know, or does not let go, is not deleted by asking again.
        return answer.map { $0.status < 500 } ?? false
    }

    private func document(_ name: String, within seconds: Double? = nil) async throws -> [UInt8] {
        var limits = control()
        limits.total = min(limits.total, seconds ?? limits.total)
        let response = try await transport.send(
            request("GET", address.root + "/" + name), to: address.origin, limits: limits)
        guard response.status == 200 else { throw UnexpectedStatus(status: response.status, resource: name) }
        return response.bytes ?? []
    }

    private func request(_ method: String, _ path: String, headers: Headers = [:], body: [UInt8] = []) -> Request {
        var headers = headers
        if let host { headers["Host"] = host }
        return Request(method, path, headers: headers, body: body)
    }

    private func control(fresh: Bool = false) -> TransportLimits {
        TransportLimits(
            connect: deadlines.open, idle: deadlines.open, total: deadlines.open, maximumBody: 1 << 20,
            freshConnection: fresh)
    }
}

/// An answer with a status that its resource does not have.
struct UnexpectedStatus: Error, CustomStringConvertible {
    var status: Int
    var resource: String

    var description: String { "\(resource) answered \(status)" }
}
