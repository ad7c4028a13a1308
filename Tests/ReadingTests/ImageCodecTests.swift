import Foundation
import ImageCodecs
import Imaging
import Testing

private let gradient = PageImage(
    width: 64, height: 48, channels: .gray, resolution: 300, pixels: (0..<(64 * 48)).map { UInt8($0 % 64 * 4) })
private let stripes = PageImage(
    width: 64, height: 48, channels: .color, resolution: 200,
    pixels: (0..<(64 * 48)).flatMap { $0 % 64 < 32 ? [200, 30, 40] as [UInt8] : [20, 40, 220] })

private func pnm(_ header: String, _ samples: [UInt8]) -> [UInt8] { Array(header.utf8) + samples }

private func flipped(_ bytes: [UInt8], at index: Int) -> [UInt8] {
    var bytes = bytes
    bytes[index] ^= 0x55
    return bytes
}

private let refusals: [(name: String, code: ImageError.Code, bytes: [UInt8])] = {
    let png = ImageFixtures.png(width: 8, height: 8, colorType: 0, pixel: [9])
    let jpeg = (try? ImageCodec.encodeJPEG(gradient)) ?? []
    let tiff = ImageFixtures.tiff(width: 8, height: 8, levels: [1, 2])
    let pdf = ImageFixtures.pdf(contents: ["0 0 36 36 re f"])
    return [
        ("nothing", .empty, []),
        ("a text named .png", .notAnImage, Array("This is no picture.\n".utf8)),
        ("half a signature", .notAnImage, Array(png[..<6])),
        ("a PNG of a signature only", .truncated, Array(png[..<8])),
        ("half a PNG", .truncated, Array(png[..<(png.count / 2)])),
        ("a PNG without its end", .truncated, Array(png.dropLast(12))),
        ("a PNG with a wrong checksum", .damaged, flipped(png, at: 60)),
        (
            "a PNG of 20,000 × 20,000", .tooLarge,
            ImageFixtures.png(width: 20000, height: 20000, colorType: 0, rows: [0])
        ),
        ("a PNG wider than any page", .tooLarge, ImageFixtures.png(width: 40000, height: 1, colorType: 0, rows: [0])),
        ("a PNG without width", .damaged, ImageFixtures.png(width: 0, height: 1, colorType: 0, rows: [0])),
        ("a PNG with too few rows", .damaged, ImageFixtures.png(width: 500, height: 500, colorType: 0, rows: [0, 1])),
        ("the beginning of a JPEG", .truncated, Array(jpeg[..<3])),
        ("half a JPEG", .truncated, Array(jpeg[..<(jpeg.count / 2)])),
        ("a JPEG without its end", .truncated, Array(jpeg.dropLast(2))),
        ("a JPEG with its middle missing", .damaged, Array(jpeg[..<(jpeg.count - 60)] + jpeg[(jpeg.count - 2)...])),
        ("a TIFF without a directory", .truncated, Array(tiff[..<8])),
        (
            "a TIFF without its last strip", .truncated,
            Array(ImageFixtures.tiff(width: 8, height: 8, levels: [1]).dropLast(5))
        ),
        ("a TIFF of 20,000 × 20,000", .tooLarge, bigTIFF),
        ("half a PNM", .truncated, pnm("P5 8 8 255\n", [1, 2, 3])),
        ("a PNM of 20,000 × 20,000", .tooLarge, pnm("P5 20000 20000 255\n", [1])),
        ("a PNM of letters", .damaged, pnm("P5 wide high 255\n", [1])),
        ("half a PDF", .truncated, Array(pdf[..<(pdf.count / 2)])),
        ("a PDF of nothing", .pdfDamaged, Array("%PDF-1.4\nnothing here\n%%EOF\n".utf8)),
        ("a locked PDF", .pdfPassword, ImageFixtures.lockedPDF),
        ("a PDF page of 100 m", .tooLarge, ImageFixtures.pdf(width: 283_000, height: 283_000, contents: [""])),
    ]
}()

/// The header alone is true; the strip is far too short, but its size must be refused first.
private let bigTIFF: [UInt8] = {
    var file = ImageFixtures.tiff(width: 8, height: 8, levels: [1])
    for entry in 0..<2 {
        let place = 10 + entry * 12 + 8
        file.replaceSubrange(place..<(place + 4), with: [0x20, 0x4E, 0, 0])
    }
    return file
}()

@Suite struct `Image files` {
    @Test(arguments: refusals)
    func `are refused with a stable code`(name: String, code: ImageError.Code, bytes: [UInt8]) {
        let error = #expect(throws: ImageError.self, "\(name)") { try ImageCodec.decode(bytes) }
        #expect(error?.code == code, "\(name)")
    }

    @Test(arguments: ImageError.Code.allCases)
    func `have a sentence for each refusal`(_ code: ImageError.Code) {
        #expect(ImageError(code).description.hasSuffix("."))
        #expect(code.rawValue.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
    }

    @Test func `cut anywhere are refused`() throws {
        for file in [try ImageCodec.encodePNG(gradient), try ImageCodec.encodeJPEG(stripes)] {
            for length in stride(from: 0, to: file.count, by: 7) {
                #expect(throws: ImageError.self, "\(length) of \(file.count) bytes") {
                    try ImageCodec.decode(Array(file[..<length]))
                }
            }
        }
    }

    @Test(arguments: [gradient, stripes])
    func `survive PNG unchanged`(_ image: PageImage) throws {
        let back = try ImageCodec.decode(ImageCodec.encodePNG(image))
        #expect(back.pixels == image.pixels)
        #expect(back.channels == image.channels)
        // PNG counts pixels a metre.
        #expect(abs((back.resolution ?? 0) - (image.resolution ?? 0)) <= 1)
    }

    @Test(arguments: [gradient, stripes])
    func `survive JPEG nearly unchanged`(_ image: PageImage) throws {
        let back = try ImageCodec.decode(ImageCodec.encodeJPEG(image, quality: 95))
        #expect(back.channels == image.channels)
        #expect(back.resolution == image.resolution)
        let off = zip(back.pixels, image.pixels).map { abs(Int($0) - Int($1)) }
        #expect(off.reduce(0, +) < off.count * 6)
    }

    @Test(
        arguments: [
            ("grey", 8, 0, [77], .gray, [77]), ("grey, 16 bits", 16, 0, [77, 200], .gray, [77]),
            ("colour", 8, 2, [10, 20, 30], .color, [10, 20, 30]),
            ("colour, 16 bits", 16, 2, [10, 9, 20, 9, 30, 9], .color, [10, 20, 30]),
            ("grey, transparent", 8, 4, [10, 0], .color, [255, 255, 255]),
            ("colour, transparent", 8, 6, [10, 20, 30, 0], .color, [255, 255, 255]),
            ("colour, opaque", 8, 6, [10, 20, 30, 255], .color, [10, 20, 30]),
        ] as [(String, UInt8, UInt8, [UInt8], PageImage.Channels, [UInt8])])
    func `of each PNG kind decode`(
        name: String, depth: UInt8, type: UInt8, pixel: [UInt8], channels: PageImage.Channels, expected: [UInt8]
    ) throws {
        let image = try ImageCodec.decode(
            ImageFixtures.png(width: 5, height: 4, depth: depth, colorType: type, pixel: pixel))
        #expect(image.width == 5 && image.height == 4)
        #expect(image.channels == channels, "\(name)")
        #expect(Array(image.pixels.prefix(channels.rawValue)) == expected, "\(name)")
    }

    @Test func `with a palette decode`() throws {
        let palette: [UInt8] = [255, 255, 255, 200, 0, 0]
        let image = try ImageCodec.decode(
            ImageFixtures.png(width: 5, height: 4, colorType: 3, pixel: [1], extra: [("PLTE", palette)]))
        #expect(image.channels == .color)
        #expect(Array(image.pixels.prefix(3)) == [200, 0, 0])
    }

    @Test(arguments: [
        ("P1\n# note\n4 1\n1 0 10", [0, 255, 0, 255]), ("P2 2 1 15 0 15", [0, 255]), ("P3 1 1 255 1 2 3", [1, 2, 3]),
        ("P4 4 1\n\u{50}", [255, 0, 255, 0]), ("P5 2 1 255\nAB", [65, 66]), ("P6 1 1 255\nABC", [65, 66, 67]),
        ("P5 1 1 65535\nA\u{0}", [65]),
    ])
    func `of each PNM kind decode`(text: String, pixels: [UInt8]) throws {
        #expect(try ImageCodec.decode(Array(text.utf8)).pixels == pixels)
    }

    @Test func `with several pages give each`() throws {
        let file = ImageFixtures.tiff(width: 6, height: 5, levels: [10, 20, 30])
        #expect(try ImageCodec.frameCount(file) == 3)
        for (frame, level) in [(1, 10), (2, 20), (3, 30)] {
            #expect(try ImageCodec.decode(file, frame: frame).pixels.allSatisfy { $0 == level })
        }
        #expect(throws: ImageError(.noSuchFrame, "3 pages")) { try ImageCodec.decode(file, frame: 4) }
        #expect(throws: ImageError.self) { try ImageCodec.frameCount(file, limits: ImageLimits(frames: 2)) }
    }

    @Test func `whose TIFF pages form a circle are refused`() {
        var file = ImageFixtures.tiff(width: 2, height: 2, levels: [1])
        let next = 8 + 2 + 9 * 12
        file.replaceSubrange(next..<(next + 4), with: [8, 0, 0, 0])
        #expect(throws: ImageError.self) { try ImageCodec.frameCount(file) }
    }

    @Test func `from a fax get square pixels`() throws {
        let image = try ImageCodec.decode(ImageFixtures.faxTIFF)
        #expect(image.resolution == 204)
        #expect(image.width == 32 && abs(image.height - 33) <= 1)
        #expect(image.pixels[0] == 0 && image.pixels[31] == 255)
    }

    @Test func `in four colours decode`() throws {
        let image = try ImageCodec.decode(ImageFixtures.cmykJPEG)
        #expect(image.channels == .color)
        #expect(image.pixels[0] > 200 && image.pixels[1] < 60)
        #expect(image.pixels[45] > 200 && image.pixels[46] > 200)
    }

    @Test func `padded before the end marker still decode`() throws {
        let jpeg = try ImageCodec.encodeJPEG(gradient)
        let padded = Array(jpeg.dropLast(2)) + [0, 0, 0, 0xFF, 0xD9] + [1, 2, 3]
        #expect(try ImageCodec.decode(padded) == ImageCodec.decode(jpeg))
    }

    @Test func `of a PDF are rendered page by page`() throws {
        let file = ImageFixtures.pdf(contents: ["0 0 36 36 re f", "1 0 0 rg 0 0 36 36 re f"])
        let pages = try PDFPages(file)
        #expect(pages.count == 2)
        let black = try pages.render(1, dpi: 100)
        #expect(black.width == 100 && black.height == 50 && black.channels == .gray && black.resolution == 100)
        #expect(black.pixels[10] == 0 && black.pixels[90] == 255)
        #expect(try ImageCodec.decode(file, frame: 2).channels == .color)
        #expect(try ImageCodec.frameCount(file) == 2)
        #expect(throws: ImageError(.noSuchFrame, "2 pages")) { try pages.render(3) }
    }

    @Test func `of a PDF that takes too long are given up`() throws {
        let file = ImageFixtures.pdf(contents: [""])
        #expect(throws: ImageError(.pdfTimedOut)) {
            try PDFPages(file, limits: ImageLimits(pdfDeadline: .zero))
        }
    }

    @Test func `shrink by areas and can be cut`() throws {
        let half = try stripes.scaled(toResolution: 100)
        #expect(half.width == 32 && half.height == 24 && half.resolution == 100)
        #expect(Array(half.pixels.prefix(3)) == [200, 30, 40])
        let cut = stripes.cropped(x: 31, y: 40, width: 2, height: 100)
        #expect(cut.width == 2 && cut.height == 8)
        #expect(Array(cut.pixels.prefix(6)) == [200, 30, 40, 20, 40, 220])
        #expect(try gradient.scaled(toWidth: 128, height: 96).width == 128)
    }
}
