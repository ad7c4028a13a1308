import ESCLScanning
import Foundation
import HTTP
import HTTPClient
import Imaging
import Scanning
import Support
import TestSupport
import Testing
import Workers

/// How a batch of three sheets through airscan ends, with what its device does; each was a job left behind or a lost page.
private let cases: [(what: String, JSONValue, verdict: BatchEnd.Verdict?)] = [
    ("nothing", [:], .complete),
    ("the job's address is foreign", ["location_host": "printer.invalid:8080"], nil),
    ("the job has no address", ["location": "-"], nil),
    ("the answer to the job is lost", ["faults": [["match": "POST ScanJobs", "lost": true, "times": 1]]], nil),
    (
        "a page is a login", ["faults": [["match": "GET NextDocument", "skip": 1, "status": 200, "body": "<html>"]]],
        .incomplete(fromSheet: 2, reason: "connection-lost")
    ),
    (
        "no more, too early, and the sensor says empty",
        ["adf_state": "", "faults": [["match": "GET NextDocument", "skip": 2, "times": 9, "status": 404]]],
        .incomplete(fromSheet: 3, reason: "job-not-completed")
    ),
]

@Suite(.temporaryDirectory) struct `What sane-airscan leaves in a device` {
    @Test(arguments: cases.indices)
    func `is ended, and no page is lost in silence`(_ index: Int) async throws {
        let (_, temper, verdict) = cases[index]
        let program = try await VirtualMFPProgram(feeder: (0..<3).map { _ in noise() })
        try await program.set(temper)
        let scanner = try ScanWorkerScanner(
            DeviceDescription(id: "mfp", name: "MFP", connection: .sane, address: "sane:airscan:" + program.address),
            .init(
                program: Checkout.programs.appending(path: "blankett-scan-worker").path(),
                aftercare: try ESCLAftercare(address: program.address, transport: CurlTransport())))
        let job = ScanJob(
            source: .feeder, sides: 1, mode: .gray, resolution: 75, format: "image/png",
            region: MillimetreRect(x: 0, y: 0, width: 101.6, height: 127))
        var end: BatchEnd?
        do {
            end = try await scanner.scan(job) { _ in
                // The last sheet is in, says the sensor; it was not.
                if index == cases.count - 1 { try await program.set(["adf_state": "ScannerAdfEmpty"]) }
            }
        } catch let error as BlankettError {
            #expect(error.exit == .device)
        }
        if let verdict { #expect(end?.verdict(for: job) == verdict, "\(String(describing: end))") }
        if verdict == nil { #expect(end?.verdict(for: job) != .complete) }
        #expect(try await program.openJobs == 0)
    }

    @Test func `is ended by the next process when both were killed`() async throws {
        let program = try await VirtualMFPProgram(feeder: [noise()])
        let folder = TemporaryDirectory.url
        func aftercare() throws -> ESCLAftercare {
            try ESCLAftercare(
                address: program.address, transport: CurlTransport(),
                unfinished: UnfinishedBatch(folder: folder, device: program.address))
        }
        // Somebody else's job, then ours; what is killed does not tidy up.
        try await program.set(["max_jobs": 2])
        try await program.startJob()
        try await aftercare().prepare()
        try await program.startJob()
        #expect(try await program.openJobs == 2)
        let next = try aftercare()
        _ = try await next.status()
        #expect(try await program.openJobs == 1, "others' jobs are left alone")
        _ = try await next.status()
        #expect(try await program.openJobs == 1)
    }
}
