import Foundation
import HTTP
import HTTPClient
import ImageCodecs
import Imaging
import Support
import TestSupport
import Testing

/// The `virtual-mfp` program with pages in its feeder.
final class VirtualMFPProgram: Sendable {
    let address: String
    private let program: BackgroundProgram

    init(feeder: [PageImage], arguments: [String] = []) async throws {
        let folder = TemporaryDirectory.url.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let addressFile = folder.appending(path: "mfp.address")
        var arguments = arguments + ["--port", "0", "--address-file", addressFile.path()]
        for (number, page) in feeder.enumerated() {
            let file = folder.appending(path: "\(number).png")
            try Data(ImageCodec.encodePNG(page)).write(to: file)
            arguments += ["--feeder", file.path()]
        }
        program = try BackgroundProgram(
            Checkout.programs.appending(path: "virtual-mfp"), arguments, log: folder.appending(path: "mfp.log"))
        address = try await program.address(in: addressFile)
    }

    deinit {
        program.stop()
    }

    /// Puts these page files into the feeder.
    func load(_ files: [String]) async throws {
        try await set(["adf": .array(files.map { .string($0) })])
    }

    /// Sets the device's temper.
    func set(_ change: JSONValue) async throws {
        let answer = try await ask(
            Request(
                "POST", "/_ctl", headers: ["Content-Type": "application/json"], body: try JSONCoding.encode(change)))
        #expect(answer.status == 200)
    }

    /// How many jobs have not ended.
    var openJobs: Int {
        get async throws {
            let answer = try await ask(Request("GET", "/_ctl"))
            let state: JSONValue = try JSONCoding.decode(from: answer.bytes ?? [])
            return (state["jobs"]?.arrayValue ?? []).count { $0["state"]?.stringValue == "Processing" }
        }
    }

    /// Begins a job on the feeder, and takes nothing of it.
    func startJob() async throws {
        let settings = """
            <scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" \
            xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"><pwg:InputSource>Feeder</pwg:InputSource>\
            <scan:ColorMode>Grayscale8</scan:ColorMode><scan:XResolution>75</scan:XResolution>\
            <scan:YResolution>75</scan:YResolution></scan:ScanSettings>
            """
        let answer = try await ask(Request("POST", "/eSCL/ScanJobs", body: Array(settings.utf8)))
        #expect(answer.status == 201)
    }

    private func ask(_ request: Request) async throws -> Response {
        let url = try #require(URL(string: address))
        return try await CurlTransport().send(
            request, to: "http://127.0.0.1:\(#require(url.port))", limits: TransportLimits())
    }
}
