import ImageCodecs
import Imaging
import Scanning
import Support
import TestSupport
import Testing
import VirtualMFP

struct `An image's header` {
    @Test(arguments: [ImageFormat.jpeg, .png], [PageImage.Channels.gray, .color])
    func `tells what the whole image is`(_ format: ImageFormat, _ channels: PageImage.Channels) throws {
        let image = PageImage(width: 124, height: 175, filledWith: 200, channels: channels, resolution: 150)
        let file = format == .jpeg ? try ImageCodec.encodeJPEG(image) : try ImageCodec.encodePNG(image)
        let header = try #require(ImageHeader(file))
        #expect((header.format, header.width, header.height) == (format, 124, 175))
        #expect(header.channels == channels.rawValue)
        #expect(header.bitsPerChannel == 8)
        #expect(header.resolution.map { abs($0 - 150) < 0.5 } == true)
    }

    @Test func `is not found in what is none, or stops too early`() throws {
        let file = try ImageCodec.encodePNG(PageImage(width: 8, height: 8, filledWith: 0))
        #expect(ImageHeader([]) == nil)
        #expect(ImageHeader(Array("<html>".utf8)) == nil)
        #expect(ImageHeader(Array(file.prefix(20))) == nil)
        for length in 0..<200 {
            _ = ImageHeader(Array(try ImageCodec.encodeJPEG(.init(width: 8, height: 8, filledWith: 0)).prefix(length)))
        }
    }
}

/// A device that does other than it was asked.
@Suite(.temporaryDirectory)
struct `Holding a scan against what was asked` {
    static let cases: [(control: JSONValue, sides: Int, differences: [Conformance.Difference.What])] = [
        ([:], 1, []), ([:], 2, []),
        (["deliver": ["resolution": 150]], 1, [.width, .height, .resolution]),
        (["deliver": ["mode": "color"]], 1, [.mode]),
        (["deliver": ["height": 200]], 1, [.height]),
        (["raw": true], 1, [.format]),
        (["jam_after": 1], 2, [.sides, .count]),
    ]

    @Test(arguments: cases.indices) func `finds what differs`(_ index: Int) async throws {
        let (control, sides, differences) = Self.cases[index]
        let rig = try await ScannerRig()
        // As raw files they are PNG at 75 dpi.
        try await rig.device.load(feeder: try makePages(2), platen: nil)
        try await rig.control(control)
        let job = try await rig.job(sides: sides)
        let (end, pages) = try await rig.scan(job)
        let facts = pages.compactMap { Conformance.Page($0, seconds: 1) }
        #expect(facts.count == pages.count)
        let conformance = Conformance(of: job, pages: facts, end: end)
        let first = conformance.differences.filter { $0.page ?? 1 == 1 }.map(\.what)
        #expect(first == differences, "\(conformance.differences)")
    }
}
