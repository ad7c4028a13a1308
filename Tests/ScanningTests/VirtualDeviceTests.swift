import ESCLScanning
import Foundation
import HTTP
import HTTPClient
import HTTPServer
import ImageCodecs
import Imaging
import Scanning
import Support
import TestSupport
import Testing
import VirtualMFP

@Suite(.temporaryDirectory) struct `The virtual MFP` {
    struct Setting: Sendable, CustomTestStringConvertible {
        var name: String
        var change: @Sendable (inout ScanJob) -> Void
        var width: Int
        var height: Int
        var channels: PageImage.Channels = .gray
        var testDescription: String { name }
    }

    static let settings = [
        Setting(name: "as the paper is", change: { _ in }, width: 620, height: 876),
        Setting(name: "twice the resolution", change: { $0.resolution = 150 }, width: 1240, height: 1753),
        Setting(name: "colour", change: { $0.mode = .color }, width: 620, height: 876, channels: .color),
        Setting(name: "PNG", change: { $0.format = "image/png" }, width: 620, height: 876),
        Setting(
            name: "a part",
            change: { $0.region = MillimetreRect(x: 10, y: 10, width: 25.4, height: 50.8) }, width: 75, height: 150),
        Setting(
            name: "more than the sheet", change: { $0.region.width = 215.9 }, width: 637, height: 876),
    ]

    @Test(arguments: settings) func `applies what is asked for`(_ setting: Setting) async throws {
        let rig = try await ScannerRig()
        let color = PageImage(
            width: 620, height: 877, channels: .color, resolution: 75,
            pixels: (0..<(620 * 877)).flatMap { _ in [200, 60, 60] as [UInt8] })
        let file = TemporaryDirectory.url.appending(path: "red.png")
        try Data(try ImageCodec.encodePNG(color)).write(to: file)
        try await rig.device.load(platen: file.path())
        var job = try await rig.job(.platen)
        setting.change(&job)
        let (_, pages) = try await rig.scan(job)
        let page = try #require(pages.first)
        let image = try ImageCodec.decode(page.bytes)
        #expect((image.width, image.height) == (setting.width, setting.height))
        #expect(image.channels == setting.channels)
        #expect(page.mediaType == job.format)
        #expect(image.resolution.map { Int($0.rounded()) } == job.resolution)
    }

    @Test(
        arguments: [(["brightness": 2000], 100...255), (["brightness": 0], 0...99)]
            as [([String: Int], ClosedRange<UInt8>)])
    func `gets brighter and darker`(_ values: [String: Int], _ levels: ClosedRange<UInt8>) async throws {
        let rig = try await ScannerRig()
        let file = TemporaryDirectory.url.appending(path: "grey.png")
        try Data(try ImageCodec.encodePNG(PageImage(width: 620, height: 877, filledWith: 100, resolution: 75))).write(
            to: file)
        try await rig.device.load(platen: file.path())
        var job = try await rig.job(.platen)
        job.values = values
        let (_, pages) = try await rig.scan(job)
        let image = try ImageCodec.decode(try #require(pages.first).bytes)
        #expect(levels.contains(image.pixels[image.pixels.count / 2]))
    }

    static let wrongControls: [JSONValue] = [["jam_afer": 1], ["jam_after": "soon"], ["adf": ["/nowhere.png"]], 3]

    @Test(arguments: wrongControls) func `refuses a control document that it does not understand`(
        _ document: JSONValue
    ) async throws {
        let rig = try await ScannerRig()
        let request = Request(
            "POST", "/_ctl", headers: ["Content-Type": "application/json"], body: try JSONCoding.encode(document))
        #expect(try await rig.transport.send(request, to: rig.server.origin).status == 400)
    }

    @Test func `is controlled over HTTP, by programs and not by web pages`() async throws {
        let rig = try await ScannerRig()
        let body = try JSONCoding.encode(["adf": .array(try makePages(2).map(JSONValue.string))] as JSONValue)
        var request = Request("POST", "/_ctl", headers: ["Content-Type": "text/plain"], body: body)
        #expect(try await rig.transport.send(request, to: rig.server.origin).status == 415)
        request.headers["Content-Type"] = "application/json"
        let response = try await rig.transport.send(request, to: rig.server.origin)
        #expect(response.status == 200)
        #expect(try JSONCoding.decode(JSONValue.self, from: response.bytes ?? [])["inFeeder"] == 2)
    }

    @Test(.needsSharedData) func `is the device that it is told to be`() async throws {
        let folder = try #require(Checkout.sharedData)
        let url = folder.appending(path: "scanners/caps/Kyocera-ECOSYS-M2040dn-ScannerCapabilities.xml")
        let rig = try await ScannerRig(document: [UInt8](try Data(contentsOf: url)))
        try await rig.device.load(feeder: try makePages(2))
        let job = try ScanJob(
            fitting: ScanProfile(source: .feeder, sides: 2, resolution: 300), to: try await rig.scanner.capabilities())
        let (end, pages) = try await rig.scan(job)
        #expect(end.verdict(for: job) == .complete)
        #expect(pages.count == 2)
    }
}
