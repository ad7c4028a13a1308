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
import VirtualMFP

/// A virtual MFP on loopback, with sheets drawn for the test.
struct Printer {
    let device: VirtualDevice
    let server: HTTPServer

    init() async throws {
        device = try VirtualDevice()
        server = try HTTPServer(HTTPServer.Configuration()) { [device] in await device.respond(to: $0) }
        await device.listen(at: server.origin)
    }

    var hostAndPort: String { "127.0.0.1:\(server.port)" }
    var address: String { server.origin + "/eSCL" }

    /// Puts sheets, each with a mark of its own, into the feeder.
    func load(_ count: Int, _ temper: [String: JSONValue] = [:]) async throws {
        let files = try (1...count).map { number in
            var page = PageImage(width: 620, height: 877, filledWith: 255, resolution: 75)
            for row in 40..<80 {
                for column in (40 * number)..<(40 * number + 20) { page.pixels[row * page.width + column] = 0 }
            }
            let url = TemporaryDirectory.url.appending(path: "sheet-\(number).png")
            try Data(try ImageCodec.encodePNG(page)).write(to: url)
            return JSONValue.string(url.path())
        }
        try await device.control(temper.merging(["adf": .array(files)]) { $1 })
    }
}
