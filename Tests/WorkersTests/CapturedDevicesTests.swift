import ESCLScanning
import Foundation
import HTTPClient
import ImageCodecs
import Imaging
import Scanning
import Support
import TestSupport
import Testing
import Workers

@Suite(.temporaryDirectory, .needsSharedData) struct `A captured device behind sane-airscan` {
    /// Whose documents sane-airscan 0.99.27 refuses: it knows no profiles that are referred to.
    static let refused = ["HP-Photosmart-C4760"]

    @Test(arguments: CapturedDevices.files)
    func `gives all sheets from all sources, or is one that airscan refuses`(_ file: String) async throws {
        let program = try await VirtualMFPProgram(
            feeder: [], arguments: ["--device", CapturedDevices.url(file).path()])
        let announced = try await ESCLScanner(
            device: DeviceDescription(id: "mfp", name: "MFP", connection: .escl, address: program.address),
            transport: CurlTransport()
        ).capabilities()
        let scanner = try ScanWorkerScanner(
            DeviceDescription(id: "mfp", name: "MFP", connection: .sane, address: "sane:airscan:" + program.address),
            .init(program: Checkout.programs.appending(path: "blankett-scan-worker").path()))
        let sheets = try (0..<2).map { number in
            let url = TemporaryDirectory.url.appending(path: "sheet-\(number).png")
            try Data(ImageCodec.encodePNG(noise())).write(to: url)
            return url.path()
        }
        for source in announced.sources {
            let job = ScanJob(
                source: source.source, sides: source.sides, mode: .gray, resolution: source.resolutions[0],
                format: "image/jpeg", region: MillimetreRect(x: 0, y: 0, width: 110, height: 155))
            switch source.source {
            case .platen: try await program.set(["platen": .string(sheets[0])])
            case .feeder: try await program.load(sheets)
            }
            if Self.refused.contains(where: file.contains) {
                await #expect(throws: BlankettError.self, "\(source)") { try await scanner.scan(job) { _ in } }
                return
            }
            let stack = Stack()
            let end = try await scanner.scan(job) { stack.add($0) }
            #expect(end.verdict(for: job) == .complete, "\(source.source), \(source.sides): \(end)")
            #expect(try stack.images().count == (source.source == .platen ? 1 : 2))
        }
        #expect(try await program.openJobs == 0)
    }
}
