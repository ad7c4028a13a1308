import ESCLScanning
import Foundation
import HTTP
import HTTPClient
import HTTPServer
import ImageCodecs
import Imaging
import Scanning
import Support
import Synchronization
import TestSupport
import VirtualMFP

/// A virtual MFP behind a real server, and our own client in front of it.
struct ScannerRig {
    let device: VirtualDevice
    let server: HTTPServer
    let transport: CurlTransport
    let scanner: ESCLScanner

    /// - Parameters:
    ///   - tls: Serve HTTPS with these files.
    ///   - listen: Where it listens.
    ///   - trust: Whom the client believes.
    ///   - document: The device to be.
    /// - Throws: What the server or the device throws.
    init(
        tls: HTTPServer.TLS? = nil, listen: HTTPServer.Listen = .tcp(host: "127.0.0.1", port: 0),
        trust: TLSTrust = TLSTrust(), document: [UInt8]? = nil
    ) async throws {
        device = try VirtualDevice(document: document)
        server = try HTTPServer(HTTPServer.Configuration(listen: listen, tls: tls)) { [device] in
            await device.respond(to: $0)
        }
        await device.listen(at: server.origin)
        transport = CurlTransport(trust: trust)
        scanner = try Self.scanner(at: server, transport)
    }

    /// Our own client, a hundred times less patient than for people; it leaves traces in the test's folder.
    static func scanner(at server: HTTPServer, _ transport: CurlTransport) throws -> ESCLScanner {
        let address = server.origin.hasPrefix("unix:") ? server.origin : server.origin + "/eSCL"
        return try ESCLScanner(
            device: DeviceDescription(id: "rig", name: "rig", connection: .escl, address: address),
            transport: transport, traces: TraceFolder(TemporaryDirectory.url.appending(path: "traces"))
        ) { try await Task.sleep(for: $0 / 100) }
    }

    func control(_ state: JSONValue) async throws {
        try await device.control(state.objectValue ?? [:])
    }

    /// What `/_ctl` tells.
    func overview() async throws -> JSONValue {
        let response = await device.respond(to: Request("GET", "/_ctl"))
        return try JSONCoding.decode(from: response.bytes ?? [])
    }

    func job(
        _ source: ScanSource = .feeder, sides: Int = 1, deadlines: DeviceProfile.Deadlines = .standard
    ) async throws -> ScanJob {
        var job = try ScanJob(
            fitting: ScanProfile(source: source, sides: sides, resolution: 75),
            to: try await scanner.capabilities())
        job.deadlines = deadlines
        return job
    }

    /// Scans, and gives the pages that were handed over with how it ended.
    func scan(_ job: ScanJob) async throws -> (end: BatchEnd, pages: [ScannedPage]) {
        let pages = Mutex<[ScannedPage]>([])
        let end = try await scanner.scan(job) { page in pages.withLock { $0.append(page) } }
        return (end, pages.withLock { $0 })
    }

    /// The SHA-256 of each page that the device served, in order.
    func served() async throws -> [String] {
        try await overview()["pages"]?.arrayValue?.compactMap { $0["sha256"]?.stringValue } ?? []
    }
}

extension DeviceProfile.Deadlines {
    /// So short that a test of a deadline takes seconds; only for pages that need no computing.
    static let quick = DeviceProfile.Deadlines(open: 15, start: 3, idle: 1.5, cancel: 1)
}

/// Page files in the test's folder, each with a mark of its own.
func makePages(_ count: Int) throws -> [String] {
    try (1...count).map { number in
        var page = PageImage(width: 620, height: 877, filledWith: 255, resolution: 75)
        for row in 40..<80 {
            for column in (40 * number)..<(40 * number + 20) { page.pixels[row * page.width + column] = 0 }
        }
        let url = TemporaryDirectory.url.appending(path: "page-\(number).png")
        try Data(try ImageCodec.encodePNG(page)).write(to: url)
        return url.path()
    }
}
