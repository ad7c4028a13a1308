import Imaging
import Reading

/// A snippet with black rectangles for strokes: x, y, width, height in pixels of the box.
func drawnSnippet(width: Int, height: Int, margin: Int = 18, _ strokes: [(x: Int, y: Int, width: Int, height: Int)])
    -> Snippet
{
    var cleaned = PageImage(
        width: width + 2 * margin, height: height + 2 * margin, filledWith: 255, resolution: 300)
    var ink = 0
    for stroke in strokes {
        for row in 0..<stroke.height {
            for column in 0..<stroke.width {
                cleaned.pixels[(stroke.y + row + margin) * cleaned.width + stroke.x + column + margin] = 20
            }
        }
        let isInside = stroke.x >= 0 && stroke.y >= 0 && stroke.x < width && stroke.y < height
        if isInside { ink += stroke.width * stroke.height }
    }
    let blank = PageImage(width: cleaned.width, height: cleaned.height, filledWith: 255, resolution: 300)
    let perMillimetre = 300 / 25.4
    return Snippet(
        scan: cleaned, blank: blank, cleaned: cleaned, inner: (margin, margin, width, height),
        inkArea: Double(ink) / (perMillimetre * perMillimetre))
}
