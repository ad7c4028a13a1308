import ESCLScanning
import ImageCodecs
import Imaging
import Testing

struct `A page's image` {
    static let image = PageImage(
        width: 90, height: 60, channels: .gray, resolution: 300,
        pixels: (0..<(90 * 60)).map { UInt8(truncatingIfNeeded: $0 * 7919) })

    static func file(_ format: ImageFormat) throws -> [UInt8] {
        format == .png ? try ImageCodec.encodePNG(image) : try ImageCodec.encodeJPEG(image)
    }

    @Test(arguments: [ImageFormat.jpeg, .png]) func `is whole with its size`(_ format: ImageFormat) throws {
        let check = try PageCheck(try Self.file(format))
        #expect(check.format == format)
        #expect((check.width, check.height) == (90, 60))
    }

    @Test(arguments: [ImageFormat.jpeg, .png]) func `is never whole when any of its end is missing`(
        _ format: ImageFormat
    ) throws {
        let file = try Self.file(format)
        for length in 0..<file.count {
            #expect(throws: PageCheck.Flaw.self, "\(length) of \(file.count)") { try PageCheck(Array(file[..<length])) }
        }
    }

    @Test func `gets its height from behind the image where the header does not know it`() throws {
        var file = try Self.file(.jpeg)
        let frame = try #require((2..<file.count).first { file[$0] == 0xFF && (0xC0...0xC2).contains(file[$0 + 1]) })
        (file[frame + 5], file[frame + 6]) = (0, 0)
        #expect(throws: PageCheck.Flaw.self) { try PageCheck(file) }
        file.insert(contentsOf: [0xFF, 0xDC, 0x00, 0x04, 0x00, 60], at: file.count - 2)
        let check = try PageCheck(file)
        #expect(check.height == 60)
        #expect(try ImageCodec.decode(check.bytes).height == 60)
    }
}
