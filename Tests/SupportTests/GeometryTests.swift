import Support
import Testing

@Suite struct `Homographies` {
    private static let turn = Homography([0, -1, 100, 1, 0, 0, 0, 0, 1])
    private static let lean = Homography([1.02, 0.01, 3, -0.01, 0.99, -2, 0.0001, -0.0002, 1])

    @Test(arguments: [turn, lean, .identity], [(0.0, 0.0), (210, 297), (33.3, 120.5)])
    func `undo themselves`(_ map: Homography, _ point: (Double, Double)) {
        let there = map.apply(point.0, point.1)
        let back = map.inverse.apply(there.x, there.y)
        #expect(abs(back.x - point.0) < 1e-9 && abs(back.y - point.1) < 1e-9)
    }

    @Test func `join in order`() {
        let both = Self.turn.after(Self.lean).apply(40, 70)
        let step = Self.lean.apply(40, 70)
        let expected = Self.turn.apply(step.x, step.y)
        #expect(abs(both.x - expected.x) < 1e-9 && abs(both.y - expected.y) < 1e-9)
    }
}

@Suite struct `Boxes` {
    @Test func `are four numbers in a file`() throws {
        let box = MillimetreRect(x: 1.5, y: 2, width: 30, height: 4)
        #expect(try JSONCoding.encodeText(box) == "[1.5,2,30,4]")
        #expect(try JSONCoding.decode(MillimetreRect.self, from: "[1.5,2,30,4]".utf8) == box)
    }

    @Test(arguments: ["[1,2,3]", "[1,2,3,4,5]", "{\"x\":1}"])
    func `are nothing else`(_ text: String) {
        #expect(throws: (any Error).self) { try JSONCoding.decode(MillimetreRect.self, from: text.utf8) }
    }
}
