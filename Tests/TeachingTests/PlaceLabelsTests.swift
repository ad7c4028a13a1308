import Forms
import Support
import Teaching
import Testing

struct `The words beside a chosen place` {
    private func place(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> MillimetreRect {
        MillimetreRect(x: x, y: y, width: width, height: height)
    }

    @Test func `of a box to mark stand right of it`() {
        var drawn = DrawnPage()
        let places = [place(20, 50, 4, 4), place(20, 60, 4, 4)]
        for (place, word) in zip(places, ["Gift", "Ensamstående"]) {
            drawn.frame(x: place.x, y: place.y, width: 4, height: 4)
            drawn.write(word, x: place.maxX + 1.5, y: place.y + 0.8)
        }
        #expect(PlaceLabels.labels(of: places, kind: .checkbox, on: drawn.page) == ["Gift", "Ensamstående"])
    }

    @Test func `of a field stand before it, above it, or in its frame`() {
        var drawn = DrawnPage()
        drawn.write("Postort", x: 20, y: 41)
        drawn.across(x: 40, y: 45, width: 60)
        drawn.write("Telefon (dagtid)", x: 20, y: 60)
        drawn.frame(x: 20, y: 64, width: 60, height: 8)
        drawn.frame(x: 20, y: 90, width: 60, height: 12)
        drawn.write("Adress", x: 21, y: 91)
        drawn.frame(x: 120, y: 200, width: 60, height: 8)
        let places = [place(40, 39, 60, 6), place(20, 64, 60, 8), place(20, 90, 60, 12), place(120, 200, 60, 8)]
        let labels = PlaceLabels.labels(of: places, kind: .text, on: drawn.page)
        #expect(labels == ["Postort", "Telefon (dagtid)", "Adress", ""])
        #expect(labels.map { PlaceLabels.type(of: $0) } == [.place, .phone, nil, nil])
        #expect(PlaceLabels.lines(near: places, on: drawn.page).count == 3)
        #expect(PlaceLabels.lines(near: [place(120, 250, 60, 8)], on: drawn.page).isEmpty)
    }
}
