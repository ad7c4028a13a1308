import ESCLScanning
import Foundation
import HTTPClient
import HTTPServer
import Scanning
import Support
import Synchronization
import TestSupport
import Testing
import VirtualMFP

@Suite(.temporaryDirectory) struct `A failed scan` {
    private static func traces() throws -> [URL] {
        let folder = TemporaryDirectory.url.appending(path: "traces")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return names.sorted().map { folder.appending(path: $0) }
    }

    @Test(arguments: `The eSCL client`.misfortunes.indices)
    func `can be played again, and fails in the same way`(_ index: Int) async throws {
        let (name, state, reason, count) = `The eSCL client`.misfortunes[index]
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(3))
        try await rig.control(["raw": true])
        try await rig.control(state)
        let job = try await rig.job(deadlines: reason == .timedOut ? .quick : .standard)
        let (first, _) = try await rig.scan(job)
        let file = URL(filePath: try #require(first.trace))

        let replay = try ReplayDevice(document: [UInt8](Data(contentsOf: file)))
        let server = try HTTPServer(HTTPServer.Configuration()) { await replay.respond(to: $0) }
        let scanner = try ScannerRig.scanner(at: server, CurlTransport())
        let pages = Mutex(0)
        let second = try await scanner.scan(job) { _ in pages.withLock { $0 += 1 } }
        #expect(second.reason == reason, "\(name): \(second)")
        #expect(pages.withLock { $0 } == count, "\(name)")
        #expect(second.verdict(for: job) == first.verdict(for: job), "\(name)")
    }

    @Test(arguments: `The eSCL client`.refusals.indices)
    func `can be played again when the device refused`(_ index: Int) async throws {
        let (state, code) = `The eSCL client`.refusals[index]
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(1))
        try await rig.control(state)
        let job = try await rig.job()
        _ = try? await rig.scan(job)
        // Nothing is wrong with a device whose cover is open.
        guard let file = try Self.traces().first else {
            #expect(code == "door-open")
            return
        }
        let replay = try ReplayDevice(document: [UInt8](Data(contentsOf: file)))
        let server = try HTTPServer(HTTPServer.Configuration()) { await replay.respond(to: $0) }
        let error = await #expect(throws: BlankettError.self) {
            try await ScannerRig.scanner(at: server, CurlTransport()).scan(job) { _ in }
        }
        #expect(error?.code == code)
    }

    @Test func `leaves what was asked and answered, and no page`() async throws {
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(3))
        try await rig.control(["jam_after": 2])
        let (end, pages) = try await rig.scan(try await rig.job())
        let data = try Data(contentsOf: URL(filePath: try #require(end.trace)))
        let trace: ScanTrace = try JSONCoding.decode(from: data)
        #expect(trace.end?.reason == .jam)
        #expect(trace.job.resolution == 75)
        #expect(trace.capabilities?.contains("Blankett Virtual MFP") == true)
        let images = trace.exchanges.filter { $0.path.hasSuffix("NextDocument") }
        #expect(images.map(\.status) == [200, 200, 409])
        #expect(images.first?.body?.bytes == pages.first?.bytes.count)
        #expect(images.first?.body?.width == 620)
        #expect(images.allSatisfy { $0.body?.content == nil && $0.body?.text == nil })
        #expect(trace.exchanges.contains { $0.method == "POST" && $0.sent?.contains("ScanSettings") == true })
    }

    @Test func `leaves few traces, and none for a good scan or an empty feeder`() async throws {
        let rig = try await ScannerRig()
        let job = try await rig.job()
        _ = try? await rig.scan(job)
        try await rig.device.load(feeder: try makePages(1))
        _ = try await rig.scan(job)
        #expect(try Self.traces().isEmpty)

        let folder = TraceFolder(TemporaryDirectory.url.appending(path: "traces"), keep: 3, maximumBytes: 4000)
        let exchanges = (0..<100).map {
            ScanTrace.Exchange(at: Double($0), seconds: 1, method: "GET", path: "/eSCL/ScannerStatus")
        }
        for day in 1...5 {
            let trace = ScanTrace(
                device: rig.scanner.device, capabilities: nil, job: job,
                startedAt: Date(timeIntervalSince1970: Double(day) * 86_400), exchanges: exchanges)
            #expect(folder.write(trace) != nil)
        }
        let left = try Self.traces()
        #expect(left.map { $0.lastPathComponent.prefix(13) } == ["scan-19700104", "scan-19700105", "scan-19700106"])
        for file in left { #expect(try Data(contentsOf: file).count <= 4000) }
    }
}
