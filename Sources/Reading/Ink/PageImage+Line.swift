import Imaging

extension PageImage {
    /// The rows of one line, cut to the ink from left to right, with white all around as the readers like it.
    ///
    /// - Returns: `nil` where there is no ink in these rows.
    func line(rows: Range<Int>, threshold: UInt8 = 200, padding: Int = 12) -> PageImage? {
        var left = width
        var right = -1
        for row in rows {
            let start = row * width
            for column in 0..<left where pixels[start + column] < threshold {
                left = column
                break
            }
            var column = width - 1
            while column > right {
                if pixels[start + column] < threshold { right = column }
                column -= 1
            }
        }
        guard left <= right, !rows.isEmpty else { return nil }
        return cropped(x: left, y: rows.lowerBound, width: right - left + 1, height: rows.count).padded(by: padding)
    }

    /// The picture with a white edge.
    func padded(by padding: Int) -> PageImage {
        var result = PageImage(
            width: width + 2 * padding, height: height + 2 * padding, filledWith: 255, channels: .gray,
            resolution: resolution)
        result.paste(self, x: padding, y: padding)
        return result
    }

    /// Puts a grey picture over this grey one.
    ///
    /// - Precondition: It lies wholly inside.
    mutating func paste(_ other: PageImage, x: Int, y: Int) {
        precondition(x >= 0 && y >= 0 && x + other.width <= width && y + other.height <= height)
        for row in 0..<other.height {
            let start = (y + row) * width + x
            pixels.replaceSubrange(
                start..<(start + other.width), with: other.pixels[(row * other.width)..<((row + 1) * other.width)])
        }
    }
}
