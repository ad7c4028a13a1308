import Forms
import Reading
import Support
import Testing

private func text(_ name: String, _ x: Double, _ y: Double, page: Int = 1) -> Field {
    Field(name: name, page: page, kind: .text, type: .text, box: MillimetreRect(x: x, y: y, width: 40, height: 8))
}

struct `A field's sides` {
    private static let field = text("one", 50, 50)

    @Test(
        arguments: [
            ([], [.left, .right]), ([text("two", 92, 50)], .left), ([text("two", 8, 50)], .right),
            // Rows above and below, another page, and far enough away.
            ([text("two", 92, 58)], [.left, .right]), ([text("two", 92, 50, page: 2)], [.left, .right]),
            ([text("two", 95, 50)], [.left, .right]), ([field], [.left, .right]),
        ] as [([Field], OpenSides)])
    func `are open where no other lies`(_ others: [Field], _ sides: OpenSides) {
        #expect(OpenSides(of: Self.field, among: others) == sides)
    }

    @Test func `may be closed by the boxes of a choice`() {
        let choice = Field(
            name: "c", page: 1, kind: .choice, type: .text, box: MillimetreRect(x: 0, y: 0, width: 0, height: 0),
            options: [.init(value: "a", label: nil, box: MillimetreRect(x: 92, y: 52, width: 4, height: 4), page: nil)])
        #expect(OpenSides(of: Self.field, among: [choice]) == .left)
    }
}
