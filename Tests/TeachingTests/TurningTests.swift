import Imaging
import Support
import Teaching
import Testing

@Suite struct `A page that is turned` {
    /// Two rows of three pixels, `1 2 3` and `4 5 6`.
    @Test(arguments: [
        (0, 3, [1, 2, 3, 4, 5, 6]), (1, 2, [4, 1, 5, 2, 6, 3]), (2, 3, [6, 5, 4, 3, 2, 1]), (3, 2, [3, 6, 2, 5, 1, 4]),
        (-1, 2, [3, 6, 2, 5, 1, 4]), (5, 2, [4, 1, 5, 2, 6, 3]),
    ])
    func `has every pixel in its place`(quarters: Int, width: Int, pixels: [UInt8]) {
        let gray = PageImage(width: 3, height: 2, channels: .gray, resolution: 300, pixels: [1, 2, 3, 4, 5, 6])
        let turned = gray.turned(quarters: quarters)
        #expect(turned.width == width && turned.height == 6 / width && turned.resolution == 300)
        #expect(turned.pixels == pixels)
        let color = PageImage(
            width: 3, height: 2, channels: .color, resolution: nil,
            pixels: (1...6).flatMap { [$0, $0 + 10, $0 + 20] as [UInt8] })
        #expect(color.turned(quarters: quarters).pixels == pixels.flatMap { [$0, $0 + 10, $0 + 20] })
    }

    @Test func `on its head has every rule, word and region where it then lies`() throws {
        var drawn = DrawnPage()
        drawn.frame(x: 20, y: 30, width: 60, height: 12)
        drawn.write("Namn", x: 21, y: 31)
        drawn.write("Datum", x: 120, y: 200)
        let page = drawn.page
        let turned = page.onItsHead
        #expect(turned.lines.map(\.text) == ["Datum", "Namn"])
        let name = try #require(turned.lines.last).box
        #expect(abs(name.maxX - (210 - 21)) < 0.01 && abs(name.maxY - (297 - 31)) < 0.01)
        for (x, y) in [(50.0, 36.0), (100.0, 100.0), (150.0, 280.0)] {
            #expect(turned.map[210 - x, 297 - y] == page.map[x, y])
        }
        let inner = try #require(page.map[50, 36])
        #expect(abs(turned.regions[inner].box.maxX - (210 - page.regions[inner].box.x)) < 0.01)
        let back = turned.onItsHead
        for (rule, other) in zip(back.rules, page.rules) {
            #expect(abs(rule.box.x - other.box.x) < 0.01 && rule.isVertical == other.isVertical)
        }
    }
}
