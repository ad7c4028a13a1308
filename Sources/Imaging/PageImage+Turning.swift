extension PageImage {
    /// The picture turned clockwise by whole quarters, without loss.
    public func turned(quarters: Int) -> PageImage {
        let quarters = ((quarters % 4) + 4) % 4
        guard quarters > 0 else { return self }
        let step = channels.rawValue
        let (columns, rows) = quarters == 2 ? (width, height) : (height, width)
        var turned = [UInt8](repeating: 0, count: pixels.count)
        var target = 0
        for row in 0..<rows {
            // Where the row's first pixel comes from, and how far on its next one is.
            let (start, stride) =
                switch quarters {
                case 1: ((height - 1) * width + row, -width)
                case 2: ((height - row) * width - 1, -1)
                default: (width - 1 - row, width)
                }
            var source = start * step
            let end = target + columns * step
            // Without ranges, which are slow where nothing is optimised.
            while target < end {
                var channel = 0
                while channel < step {
                    turned[target + channel] = pixels[source + channel]
                    channel += 1
                }
                target += step
                source += stride * step
            }
        }
        return PageImage(width: columns, height: rows, channels: channels, resolution: resolution, pixels: turned)
    }
}
