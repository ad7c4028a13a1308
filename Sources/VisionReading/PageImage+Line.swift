import Imaging

extension PageImage {
    /// Darker than this is ink, where paper is nearly white.
    private static let inkLevel: UInt8 = 160

    /// Cut to the writing with a small margin; `nil` when there is none.
    ///
    /// - Precondition: The picture is grey.
    func croppedToInk() -> PageImage? {
        let darkest = pixels.min() ?? 255
        guard darkest < 225 else { return nil }
        // Light writing, a hard pencil's, counts as ink by what there is.
        let level = max(Self.inkLevel, UInt8((Int(darkest) + 235) / 2))
        var (left, right, top, bottom) = (width, -1, height, -1)
        for y in 0..<height {
            for x in 0..<width where pixels[y * width + x] < level {
                left = min(left, x)
                right = max(right, x)
                top = min(top, y)
                bottom = max(bottom, y)
            }
        }
        guard right >= left, (right - left) + (bottom - top) > 4 else { return nil }
        let (across, along) = (10, 8)
        return part(
            Part.Rect(
                x: max(0, left - across), y: max(0, top - along),
                width: min(width, right + across + 1) - max(0, left - across),
                height: min(height, bottom + along + 1) - max(0, top - along)))
    }

    /// The line in pieces at most `ratio` times as wide as high, cut at the widest gaps between words.
    func pieces(ofRatio ratio: Double) -> [PageImage] {
        guard Double(width) > ratio * Double(height) * 1.1, let cut = widestGap() else { return [self] }
        let first = part(Part.Rect(x: 0, y: 0, width: cut, height: height))
        let second = part(Part.Rect(x: cut, y: 0, width: width - cut, height: height))
        return first.pieces(ofRatio: ratio) + second.pieces(ofRatio: ratio)
    }

    /// The middle of the widest empty stretch away from both ends.
    private func widestGap() -> Int? {
        var best: (start: Int, length: Int)?
        var start: Int?
        for x in (width / 5)..<(width * 4 / 5) {
            let isEmpty = (0..<height).allSatisfy { pixels[$0 * width + x] >= Self.inkLevel }
            if isEmpty {
                let from = start ?? x
                start = from
                if x - from + 1 > best?.length ?? 2 { best = (from, x - from + 1) }
            } else {
                start = nil
            }
        }
        return best.map { $0.start + $0.length / 2 }
    }
}
