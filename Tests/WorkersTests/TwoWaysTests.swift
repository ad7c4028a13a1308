import ESCLScanning
import Foundation
import HTTP
import HTTPClient
import ImageCodecs
import Imaging
import Scanning
import Support
import TestSupport
import Testing
import Workers

/// What the virtual MFP announces, with only one image format left.
private func deviceDocument(format: String) async throws -> String {
    let program = try await VirtualMFPProgram(feeder: [])
    let url = try #require(URL(string: program.address))
    let response = try await CurlTransport().send(
        Request("GET", url.path() + "/ScannerCapabilities"),
        to: "http://127.0.0.1:\(#require(url.port))", limits: TransportLimits())
    let other = format == "image/png" ? "image/jpeg" : "image/png"
    let document = String(decoding: try #require(response.bytes), as: UTF8.self)
        .replacing("<pwg:DocumentFormat>\(other)</pwg:DocumentFormat>", with: "")
        .replacing("<scan:DocumentFormatExt>\(other)</scan:DocumentFormatExt>", with: "")
    let file = TemporaryDirectory.url.appending(path: "device.xml")
    try Data(document.utf8).write(to: file)
    return file.path()
}

@Suite(.temporaryDirectory) struct `The same sheets` {
    @Test(arguments: [
        ("image/png", ScanMode.color, 1), ("image/png", .gray, 1), ("image/jpeg", .color, 1), ("image/jpeg", .gray, 1),
        ("image/png", .color, 2),
    ])
    func `give the same pixels through our own client and through libsane`(
        format: String, mode: ScanMode, sides: Int
    ) async throws {
        // 4 × 5 inches: a size that millimetres, 1/300 inch and pixels all hold without rounding.
        let sheets = (0..<4).map { _ in
            var page = noise(width: 300, height: 375)
            page.resolution = 75
            return page
        }
        let job = ScanJob(
            source: .feeder, sides: sides, mode: mode, resolution: 75, format: format,
            region: MillimetreRect(x: 0, y: 0, width: 101.6, height: 127))
        let device = try await deviceDocument(format: format)

        let own = Stack()
        let first = try await VirtualMFPProgram(feeder: sheets, arguments: ["--device", device])
        let escl = try ESCLScanner(
            device: DeviceDescription(id: "mfp", name: "MFP", connection: .escl, address: first.address),
            transport: CurlTransport())
        // airscan always asks for the device's normal compression; our own client for none unless the job says.
        var compressed = job
        compressed.values["compression"] = format == "image/jpeg" ? 25 : nil
        let ownEnd = try await escl.scan(compressed) { own.add($0) }
        #expect(ownEnd.verdict(for: job) == .complete, "\(ownEnd)")

        let sane = Stack()
        let second = try await VirtualMFPProgram(feeder: sheets, arguments: ["--device", device])
        let airscan = try ScanWorkerScanner(
            DeviceDescription(
                id: "mfp", name: "MFP", connection: .sane, address: "sane:airscan:" + second.address),
            .init(program: Checkout.programs.appending(path: "blankett-scan-worker").path()))
        let saneEnd = try await airscan.scan(job) { sane.add($0) }
        #expect(saneEnd.verdict(for: job) == .complete, "\(saneEnd)")

        let (ours, theirs) = (try own.images(), try sane.images())
        #expect(ours.count == 4)
        #expect(ours.map(\.channels) == theirs.map(\.channels))
        #expect(ours.map(\.width) == theirs.map(\.width))
        #expect(ours.map(\.height) == theirs.map(\.height))
        // Compared apart from the expectation: a million numbers are no message.
        let areSame = zip(ours, theirs).allSatisfy { $0.pixels == $1.pixels }
        #expect(areSame)
        if format == "image/png", mode == .color, sides == 1 {
            let areTheSheets = zip(ours, sheets).allSatisfy { $0.pixels == $1.pixels }
            #expect(areTheSheets)
        }
    }
}
