extension PageImage {
    /// The picture turned clockwise by whole quarters, without loss.
    public func turned(quarters: Int) -> PageImage {
        let quarters = ((quarters % 4) + 4) % 4
        guard quarters > 0 else { return self }
        let step = channels.rawValue
        let isAcross = quarters == 2
        let (columns, rows) = isAcross ? (width, height) : (height, width)
        var turned = [UInt8](repeating: 0, count: pixels.count)
        for row in 0..<rows {
            for column in 0..<columns {
                let source =
                    switch quarters {
                    case 1: (height - 1 - column) * width + row
                    case 2: (height - 1 - row) * width + width - 1 - column
                    default: column * width + width - 1 - row
                    }
                let target = row * columns + column
                for channel in 0..<step { turned[target * step + channel] = pixels[source * step + channel] }
            }
        }
        return PageImage(width: columns, height: rows, channels: channels, resolution: resolution, pixels: turned)
    }
}
