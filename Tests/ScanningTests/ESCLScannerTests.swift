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
import Testing
import VirtualMFP

@Suite(.temporaryDirectory) struct `The eSCL client` {
    @Test func `scans one page from the glass`() async throws {
        let rig = try await ScannerRig()
        try await rig.device.load(platen: try makePages(1)[0])
        let job = try await rig.job(.platen)
        let (end, pages) = try await rig.scan(job)
        #expect(end.verdict(for: job) == .complete)
        #expect(pages.map(\.mediaType) == ["image/jpeg"])
        #expect(pages.first?.width == 620)
    }

    @Test(arguments: [(sheets: 3, sides: 1), (sheets: 2, sides: 2)])
    func `takes every page of the stack in order`(sheets: Int, sides: Int) async throws {
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(sheets * sides))
        let job = try await rig.job(sides: sides)
        let (end, pages) = try await rig.scan(job)
        #expect(end.verdict(for: job) == .complete)
        #expect(end.imagesCompleted == sheets * sides)
        #expect(pages.map(\.number) == Array(1...(sheets * sides)))
        #expect(pages.map { SHA256.hexadecimal(of: $0.bytes) } == (try await rig.served()))
        #expect(Set(pages.map(\.bytes)).count == sheets * sides)
    }

    @Test func `hands page files over byte for byte in raw mode`() async throws {
        let rig = try await ScannerRig()
        let files = try makePages(2)
        try await rig.device.load(feeder: files)
        try await rig.control(["raw": true])
        let (_, pages) = try await rig.scan(try await rig.job())
        #expect(try pages.map(\.bytes) == files.map { [UInt8](try Data(contentsOf: URL(filePath: $0))) })
    }

    @Test(arguments: [409, 201]) func `says that the feeder is empty`(answer: Int) async throws {
        let rig = try await ScannerRig()
        // The sensor lies at first, so that the job is really posted.
        try await rig.control([
            "empty_post": .number(Double(answer)),
            "faults": [
                [
                    "match": "GET ScannerStatus", "times": 1,
                    "body": .string(String(decoding: Self.loadedStatus, as: UTF8.self)),
                ]
            ],
        ])
        let error = await #expect(throws: BlankettError.self) { try await rig.scan(try await rig.job()) }
        #expect(error?.code == "feeder-empty")
        #expect(error?.exit == .device)
    }

    @Test func `does not start a job on an empty feeder`() async throws {
        let rig = try await ScannerRig()
        let error = await #expect(throws: BlankettError.self) { try await rig.scan(try await rig.job()) }
        #expect(error?.code == "feeder-empty")
        #expect(try await rig.overview()["jobs"]?.arrayValue?.isEmpty == true)
    }

    /// A fault in a stack of three, how the batch must end, and how many pages are good by then.
    static let misfortunes: [(name: String, state: JSONValue, reason: BatchEnd.Reason, pages: Int)] = [
        ("a jam", ["jam_after": 1], .jam, 1),
        ("an open door", ["door_open_after": 2], .doorOpen, 2),
        ("a cut page", ["truncate_at": 500], .connectionLost, 0),
        ("a cut page with its length", ["truncate_at": 500, "content_length": true], .connectionLost, 0),
        ("a failure", ["faults": [["match": "GET NextDocument", "status": 500, "skip": 1]]], .refused, 1),
        (
            "a login page",
            ["faults": [["match": "GET NextDocument", "status": 200, "body": "<html>Log in</html>", "skip": 1]]],
            .refused, 1
        ),
        ("noise", ["faults": [["match": "GET NextDocument", "garbage": 5000]]], .refused, 0),
        (
            "a dropped connection", ["faults": [["match": "GET NextDocument", "drop": true, "skip": 2]]],
            .connectionLost, 2
        ),
        ("silence", ["faults": [["match": "GET NextDocument", "hang": true, "skip": 1]]], .timedOut, 1),
        ("bytes without end", ["faults": [["match": "GET NextDocument", "endless": true, "skip": 1]]], .timedOut, 1),
        ("two sheets at once", ["multifeed_after": 2], .multipick, 2),
        ("a job given up", ["abort_after": 1], .refused, 1),
        ("an endless not-yet", ["faults": [["match": "GET NextDocument", "status": 503, "skip": 1]]], .timedOut, 1),
    ]

    @Test(arguments: misfortunes.indices) func `ends incomplete, with the reason, after`(_ index: Int) async throws {
        let (name, state, reason, count) = Self.misfortunes[index]
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(3))
        try await rig.control(["raw": true])
        try await rig.control(state)
        let job = try await rig.job(deadlines: reason == .timedOut ? .quick : .standard)
        let (end, pages) = try await rig.scan(job)
        #expect(end.reason == reason, "\(name): \(end)")
        #expect(pages.count == count, "\(name): \(end)")
        #expect(end.pages == count)
        #expect(end.verdict(for: job) == .incomplete(fromSheet: count + 1, reason: reason.rawValue))
        #expect(rig.scanner.openJobs.isEmpty)
        let open = try await rig.overview()["jobs"]?.arrayValue?.filter { $0["state"] == "Processing" }
        #expect(open?.isEmpty == true, "\(name): the job still runs")
    }

    /// Faults that pass by themselves: nothing may be lost.
    static let hitches: [(name: String, state: JSONValue)] = [
        ("busy twice", ["faults": [["match": "POST ScanJobs", "status": 503, "times": 2]]]),
        ("not yet three times", ["faults": [["match": "GET NextDocument", "status": 503, "times": 3, "skip": 1]]]),
        (
            "no more, said too soon",
            ["eager_empty": false, "faults": [["match": "GET NextDocument", "status": 404, "times": 2, "skip": 1]]]
        ),
        (
            "no more and an empty sensor, too soon",
            ["faults": [["match": "GET NextDocument", "status": 404, "times": 2, "skip": 2]]]
        ),
        ("gone, said too soon", ["faults": [["match": "GET NextDocument", "status": 410, "times": 1, "skip": 1]]]),
        ("a foreign host in Location", ["location_host": "scanner.invalid:80"]),
        ("a whole address in Location", ["absolute_location": true]),
        ("a Location that was cut off", ["location": "http://[fe80/eSCL/ScanJobs/{id}"]),
        ("a device that wakes up", ["asleep": 0.5]),
        ("a status that fails once", ["faults": [["match": "GET ScannerStatus", "status": 503, "times": 1]]]),
        ("slow pages", ["page_delay": 0.3, "chunk_delay": 0.02]),
        ("lengths", ["content_length": true]),
    ]

    @Test(arguments: hitches.indices) func `loses nothing to`(_ index: Int) async throws {
        let (name, state) = Self.hitches[index]
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(3))
        try await rig.control(state)
        let job = try await rig.job()
        let (end, pages) = try await rig.scan(job)
        #expect(end.verdict(for: job) == .complete, "\(name): \(end)")
        #expect(pages.map { SHA256.hexadecimal(of: $0.bytes) } == (try await rig.served()), "\(name)")
        #expect(pages.count == 3, "\(name)")
    }

    /// What a device may answer before any sheet has moved, and the error's code.
    static let refusals: [(state: JSONValue, code: String)] = [
        (["busy": true], "scanner-busy"),
        (["state": "Down"], "scanner-stopped"),
        (["adf_state": "ScannerAdfJam"], "paper-jam"),
        (["adf_state": "ScannerAdfDoorOpen"], "door-open"),
        (["faults": [["match": "POST ScanJobs", "status": 401]]], "scanner-refused"),
        (["faults": [["match": "POST ScanJobs", "drop": true]]], "scanner-unreachable"),
        (["faults": [["match": "POST ScanJobs", "lost": true]]], "scanner-unreachable"),
        (["faults": [["match": "POST ScanJobs", "status": 500]]], "scanner-refused"),
        (["faults": [["match": "POST ScanJobs", "status": 409]]], "scanner-refused"),
        (["location": "-"], "scanner-refused"),
        (
            ["faults": [["match": "GET ScannerStatus", "status": 200, "body": "<scan:ScannerStatus><oops"]]],
            "scanner-refused"
        ),
        (
            ["faults": [["match": "GET ScannerStatus", "status": 200, "body": "<html>Log in</html>"]]],
            "scanner-refused"
        ),
    ]

    @Test(arguments: refusals.indices) func `refuses before a sheet has moved`(_ index: Int) async throws {
        let (state, code) = Self.refusals[index]
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(1))
        try await rig.control(state)
        let error = await #expect(throws: BlankettError.self) { try await rig.scan(try await rig.job()) }
        #expect(error?.code == code)
        #expect(try await rig.served().isEmpty)
        let open = try await rig.overview()["jobs"]?.arrayValue?.filter { $0["state"] == "Processing" }
        #expect(open?.isEmpty == true, "the job still runs")
    }

    /// Which image is lost in a stack of five, on how many sides, and from which sheet the stack is to be put back.
    @Test(arguments: [(lost: 0, sides: 1, sheet: 1), (3, 1, 4), (4, 1, 1), (3, 2, 2)])
    func `says from where a page may be missing that was lost in silence`(lost: Int, sides: Int, sheet: Int)
        async throws
    {
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(5 * sides))
        try await rig.control(["raw": true, "lose_after": .number(Double(lost))])
        let job = try await rig.job(sides: sides)
        let (end, pages) = try await rig.scan(job)
        #expect(pages.count == 5 * sides - 1)
        // Of the last page nothing came after it that could tell.
        #expect(end.verdict(for: job) == .incomplete(fromSheet: sheet, reason: "count-differs"), "\(end)")
    }

    @Test func `scans over a UNIX socket`() async throws {
        let rig = try await ScannerRig(listen: .unix(path: TemporaryDirectory.url.appending(path: "mfp.sock").path()))
        try await rig.device.load(feeder: try makePages(2))
        let job = try await rig.job()
        let (end, _) = try await rig.scan(job)
        #expect(end.verdict(for: job) == .complete)
    }

    @Test func `clears its job away when it is cancelled inside a page`() async throws {
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(3))
        let job = try await rig.job()
        try await rig.control(["faults": [["match": "GET NextDocument", "delay": 60, "skip": 1]]])
        let (first, arrived) = AsyncStream<Void>.makeStream()
        let scan = Task { try await rig.scanner.scan(job) { _ in arrived.yield() } }
        for await _ in first { break }
        scan.cancel()
        let end = try await scan.value
        #expect(end.reason == .cancelled)
        #expect(end.pages == 1)
        let states = try await rig.overview()["jobs"]?.arrayValue?.compactMap { $0["state"]?.stringValue }
        #expect(states == ["Canceled"])
    }

    @Test func `stops when a page cannot be taken in`() async throws {
        struct DiskFull: Error {}
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(3))
        let end = try await rig.scanner.scan(try await rig.job()) { page in
            if page.number == 2 { throw DiskFull() }
        }
        #expect(end.reason == .cancelled)
        #expect(end.pages == 1)
        #expect(try await rig.served().count == 2)
    }

    @Test func `clears away what a killed client left behind`() async throws {
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(2))
        let job = try await rig.job()
        let settings = ScanSettings.document(
            for: job, device: try ESCLCapabilities(document: await rig.document("ScannerCapabilities")))
        let orphan = await rig.device.respond(to: Request("POST", "/eSCL/ScanJobs", body: settings))
        let path = try #require(orphan.headers["Location"])
        let folder = TemporaryDirectory.url.appending(path: "state")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let address = rig.scanner.device.address
        let name = "jobs-\(SHA256.hexadecimal(of: Array(address.utf8)).prefix(16)).json"
        try Data(JSONCoding.encode([path])).write(to: folder.appending(path: name))
        let successor = try ESCLScanner(
            device: rig.scanner.device, transport: rig.transport,
            openJobs: OpenJobs(folder: folder, device: address)
        ) { try await Task.sleep(for: $0 / 100) }
        let end = try await successor.scan(job) { _ in }
        #expect(end.verdict(for: job) == .complete)
        #expect(OpenJobs(folder: folder, device: address).all.isEmpty)
    }

    @Test(arguments: [true, false])
    func `clears its job away when the device is back that was lost in mid-scan`(afterRestart: Bool) async throws {
        let rig = try await ScannerRig()
        try await rig.device.load(feeder: try makePages(3))
        let job = try await rig.job()
        let cable = Cable(rig.transport)
        let folder = TemporaryDirectory.url.appending(path: "state")
        func scanner() throws -> ESCLScanner {
            try ESCLScanner(
                device: rig.scanner.device, transport: cable,
                openJobs: OpenJobs(folder: folder, device: rig.scanner.device.address)
            ) { try await Task.sleep(for: $0 / 100) }
        }
        var client = try scanner()
        let end = try await client.scan(job) { _ in cable.isCut.store(true, ordering: .relaxed) }
        #expect(end.reason == .connectionLost)
        _ = try? await client.status()
        #expect(!client.openJobs.isEmpty)

        cable.isCut.store(false, ordering: .relaxed)
        if afterRestart { client = try scanner() }
        #expect(try await client.status().state == .idle)
        #expect(client.openJobs.isEmpty)
        #expect(OpenJobs(folder: folder, device: rig.scanner.device.address).all.isEmpty)
    }

    @Test func `pins a device's own certificate`() async throws {
        let tls = try SelfSignedCertificate.make(in: TemporaryDirectory.url)
        let pin = try await ScannerRig(tls: tls).pin()
        let rig = try await ScannerRig(tls: tls, trust: TLSTrust(server: .pinned(pin)))
        try await rig.device.load(feeder: try makePages(1))
        let (end, _) = try await rig.scan(try await rig.job())
        #expect(end.pages == 1)

        let other = TemporaryDirectory.url.appending(path: "other")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        let changed = try await ScannerRig(
            tls: try SelfSignedCertificate.make(in: other), trust: TLSTrust(server: .pinned(pin)))
        let error = await #expect(throws: BlankettError.self) { try await changed.scanner.capabilities() }
        #expect(error?.code == "scanner-not-trusted")
    }

    @Test func `believes a device by the key it showed first, also after a restart`() async throws {
        let rig = try await ScannerRig(tls: try SelfSignedCertificate.make(in: TemporaryDirectory.url))
        let keys = KnownKeys(file: TemporaryDirectory.url.appending(path: "keys.json"))
        for _ in 1...2 {
            let scanner = try ESCLScanner(device: rig.scanner.device, transport: DeviceTransport(keys))
            #expect(try await scanner.capabilities().makeAndModel == "Blankett Virtual MFP")
        }
        // Somebody else's key is known for this address.
        let other = "sha256//" + String(repeating: "A", count: 43) + "="
        try Data(JSONCoding.encode([rig.server.origin: other])).write(
            to: TemporaryDirectory.url.appending(path: "keys.json"))
        let restarted = KnownKeys(file: TemporaryDirectory.url.appending(path: "keys.json"))
        let scanner = try ESCLScanner(device: rig.scanner.device, transport: DeviceTransport(restarted))
        let error = await #expect(throws: BlankettError.self) { try await scanner.capabilities() }
        #expect(error?.code == "scanner-not-trusted")
    }

    @Test func `believes a device by its own key at any address, and nobody else there`() async throws {
        let (first, second) = (TemporaryDirectory.url.appending(path: "1"), TemporaryDirectory.url.appending(path: "2"))
        for folder in [first, second] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let certificate = try SelfSignedCertificate.make(in: first)
        let (here, moved) = (try await ScannerRig(tls: certificate), try await ScannerRig(tls: certificate))
        let other = try await ScannerRig(tls: try SelfSignedCertificate.make(in: second))
        let keys = KnownKeys(file: TemporaryDirectory.url.appending(path: "keys.json"))
        func code(_ rig: ScannerRig, as device: String?) async -> String? {
            do {
                let transport = DeviceTransport(keys, device: device)
                _ = try await ESCLScanner(device: rig.scanner.device, transport: transport).capabilities()
                return nil
            } catch {
                return (error as? BlankettError)?.code ?? "\(error)"
            }
        }
        #expect(await code(here, as: "uuid:a") == nil)
        #expect(await code(moved, as: "uuid:a") == nil, "the same device at another address")
        #expect(await code(other, as: "uuid:a") == "scanner-not-trusted", "another under its name")
        #expect(await code(other, as: "uuid:b") == nil, "the other one under its own")
        #expect(await code(here, as: "uuid:b") == "scanner-not-trusted")
        // A person accepts that the first was replaced.
        let accepted = try #require(DeviceCertificate(address: other.server.origin, keys: keys, device: "uuid:a"))
        try accepted.keep(try await other.pin())
        #expect(await code(other, as: "uuid:a") == nil)
        #expect(await code(here, as: "uuid:a") == "scanner-not-trusted")
    }

    private static let loadedStatus = Array(
        """
        <scan:ScannerStatus xmlns:scan="s" xmlns:pwg="p"><pwg:State>Idle</pwg:State>\
        <scan:AdfState>ScannerAdfLoaded</scan:AdfState></scan:ScannerStatus>
        """.utf8)
}

extension ScannerRig {
    func document(_ name: String) async -> [UInt8] {
        await device.respond(to: Request("GET", "/eSCL/\(name)")).bytes ?? []
    }

    func pin() async throws -> PublicKeyPin {
        try await CurlTransport.certificate(of: server.origin).key
    }
}

/// A connection that can be cut.
private final class Cable: HTTPTransport {
    let isCut = Atomic(false)
    private let transport: any HTTPTransport

    init(_ transport: any HTTPTransport) {
        self.transport = transport
    }

    func send(
        _ request: Request, to origin: String, limits: TransportLimits
    ) async throws(TransportError) -> Response {
        guard !isCut.load(ordering: .relaxed) else { throw TransportError(.unreachable, "the cable is cut") }
        return try await transport.send(request, to: origin, limits: limits)
    }
}
