import Support

extension PDFPages {
    /// Whether pictures cover a page, as they do where somebody has scanned paper; text that was found in them is no matter.
    ///
    /// - Parameter page: From 1.
    /// - Returns: `true` when all pictures together have four fifths of the page's area: scanners also write strips and layers.
    /// - Throws: ``ImageError``.
    public func isPicture(_ page: Int) throws(ImageError) -> Bool {
        guard sizes.indices.contains(page - 1) else { throw ImageError(.noSuchFrame, "\(count) pages") }
        let output = try Self.run(
            "pdfimages", ["-list", "-f", String(page), "-l", String(page), "/dev/stdin"], on: bytes,
            mostOutput: 1 << 24, deadline: limits.pdfDeadline)
        let area = String(decoding: output, as: UTF8.self).split(separator: "\n").reduce(0) { sum, line in
            sum + (PictureLine(line)?.area ?? 0)
        }
        return area >= 0.8 * sizes[page - 1].width * sizes[page - 1].height
    }
}

/// A line of `pdfimages -list`: page, number, type, width, height, …, x-ppi, y-ppi, size, ratio.
private struct PictureLine {
    /// In square points.
    let area: Double

    /// `nil` for the table's head, and for what only says where another picture is transparent.
    init?(_ line: Substring) {
        let parts = line.split(separator: " ")
        guard parts.count >= 12, ["image", "stencil"].contains(parts[2]), let width = Double(parts[3]),
            let height = Double(parts[4]), let across = Double(parts[parts.count - 4]),
            let down = Double(parts[parts.count - 3]), across > 0, down > 0
        else { return nil }
        area = width / across * height / down * 72 * 72
    }
}
