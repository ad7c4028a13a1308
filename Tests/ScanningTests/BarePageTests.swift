import Imaging
import Testing

struct `A page with nothing on it` {
    /// A part of a sheet with grain and light that falls off, at 200 dpi; small, for computing keeps other tests waiting.
    private static func paper(channels: PageImage.Channels = .gray) -> PageImage {
        var page = PageImage(width: 700, height: 600, filledWith: 240, channels: channels, resolution: 200)
        var seed: UInt32 = 7
        for index in page.pixels.indices {
            seed = seed &* 1_664_525 &+ 1_013_904_223
            let row = index / (page.width * channels.rawValue)
            page.pixels[index] = UInt8(240 - row / 60 + Int(seed >> 29))
        }
        return page
    }

    private static func marked(x: Int, y: Int, width: Int, height: Int, darker: UInt8) -> PageImage {
        var page = paper()
        for row in y..<(y + height) {
            for column in x..<(x + width) { page.pixels[row * page.width + column] -= darker }
        }
        return page
    }

    /// In pixels of an eighth of a millimetre.
    static let marks: [(name: String, x: Int, y: Int, width: Int, height: Int, darker: UInt8)] = [
        ("a full stop", 300, 200, 4, 4, 150), ("a faint pencil stroke", 300, 500, 40, 4, 25),
        ("a hair line", 100, 100, 500, 1, 100), ("a tick", 600, 60, 24, 4, 60),
        ("a grey block", 100, 100, 200, 200, 60), ("a stroke near the edge", 30, 400, 8, 60, 80),
    ]

    @Test(arguments: marks.indices) func `is not one with`(_ index: Int) {
        let mark = Self.marks[index]
        let page = Self.marked(x: mark.x, y: mark.y, width: mark.width, height: mark.height, darker: mark.darker)
        #expect(!page.isBare, "\(mark.name)")
    }

    @Test(arguments: [PageImage.Channels.gray, .color]) func `is bare`(_ channels: PageImage.Channels) {
        #expect(Self.paper(channels: channels).isBare)
    }

    @Test func `is not one that is dark, or too small to tell`() {
        #expect(!PageImage(width: 700, height: 600, filledWith: 60, resolution: 200).isBare)
        #expect(!PageImage(width: 30, height: 30, filledWith: 255, resolution: 200).isBare)
    }

    @Test func `is not one with pale yellow ink`() {
        var page = Self.paper(channels: .color)
        for row in 300..<320 {
            for column in 300..<500 { page.pixels[(row * page.width + column) * 3 + 2] -= 60 }
        }
        #expect(!page.isBare)
    }
}
