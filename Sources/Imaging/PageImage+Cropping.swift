extension PageImage {
    /// A part of the picture, in pixels; what lies outside the picture is left out.
    ///
    /// - Precondition: At least one pixel lies inside.
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> PageImage {
        let left = max(0, x)
        let top = max(0, y)
        let right = min(self.width, x + width)
        let bottom = min(self.height, y + height)
        precondition(left < right && top < bottom)
        let step = channels.rawValue
        var part: [UInt8] = []
        part.reserveCapacity((right - left) * (bottom - top) * step)
        for row in top..<bottom {
            part += pixels[((row * self.width + left) * step)..<((row * self.width + right) * step)]
        }
        return PageImage(
            width: right - left, height: bottom - top, channels: channels, resolution: resolution, pixels: part)
    }
}
