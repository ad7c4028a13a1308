public import Imaging
import Support

/// The pages of a PDF, rendered one at a time by Poppler's `pdftoppm` in a process of its own.
public struct PDFPages: Sendable {
    /// How many pages there are.
    public var count: Int { sizes.count }
    /// Width and height of each page in points (1/72 inch), turned as shown.
    let sizes: [(width: Double, height: Double)]
    let bytes: [UInt8]
    let limits: ImageLimits

    /// Looks at the file without rendering it.
    ///
    /// - Parameters:
    ///   - bytes: A whole PDF file.
    ///   - limits: What is accepted.
    /// - Throws: ``ImageError``.
    public init(_ bytes: [UInt8], limits: ImageLimits = .init()) throws(ImageError) {
        guard try ImageCodec.format(of: bytes, limits: limits) == .pdf else { throw ImageError(.notAnImage) }
        // Poppler mends a file without its end as well as it can, and may lose pages while it does.
        guard bytes.suffix(2048).contains(subsequence: Array("%%EOF".utf8)) else { throw ImageError(.truncated) }
        self.bytes = bytes
        self.limits = limits
        let output = try Self.run(
            "pdfinfo", ["-f", "1", "-l", String(limits.frames), "/dev/stdin"], on: bytes, mostOutput: 1 << 20,
            deadline: limits.pdfDeadline)
        let text = String(decoding: output, as: UTF8.self)
        guard let pages = text.firstMatch(of: /(?m)^Pages:\s+(\d+)/).flatMap({ Int($0.1) }), pages > 0 else {
            throw ImageError(.pdfDamaged)
        }
        guard pages <= limits.frames else { throw ImageError(.tooLarge, "\(pages) pages") }
        let turns = text.matches(of: /(?m)^Page\s+\d+ rot:\s+(\d+)/).compactMap { Int($0.1) }
        sizes = zip(text.matches(of: /(?m)^Page\s+\d+ size:\s+([\d.]+) x ([\d.]+) pts/), turns).map { match, turn in
            let size = (width: Double(match.1) ?? 0, height: Double(match.2) ?? 0)
            return turn % 180 == 0 ? size : (size.height, size.width)
        }
        guard sizes.count == pages else { throw ImageError(.pdfDamaged) }
    }

    /// Renders one page.
    ///
    /// - Parameters:
    ///   - page: From 1.
    ///   - dpi: Dots per inch.
    /// - Returns: Grey if there is no colour on the page.
    /// - Throws: ``ImageError``.
    public func render(_ page: Int, dpi: Int = 300) throws(ImageError) -> PageImage {
        guard sizes.indices.contains(page - 1) else { throw ImageError(.noSuchFrame, "\(count) pages") }
        let size = sizes[page - 1]
        let width = Int((size.width * Double(dpi) / 72).rounded(.up))
        let height = Int((size.height * Double(dpi) / 72).rounded(.up))
        try limits.check(width: width, height: height)
        let number = String(page)
        let output = try Self.run(
            "pdftoppm", ["-r", String(dpi), "-cropbox", "-f", number, "-l", number, "/dev/stdin"], on: bytes,
            mostOutput: (width + 2) * (height + 2) * 3 + 64, deadline: limits.pdfDeadline)
        guard ImageFormat(sniffing: output) == .pnm else { throw ImageError(.pdfDamaged) }
        let picture = try ImageCodec.decodePNM(output, limits: limits)
        var image = picture.hasColor ? picture : picture.gray()
        image.resolution = Double(dpi)
        return image
    }

    static func run(
        _ program: String, _ arguments: [String], on bytes: [UInt8], mostOutput: Int, deadline: Duration
    ) throws(ImageError) -> [UInt8] {
        let run: BoundedRun
        do {
            // A hostile file may ask for any amount of memory; prlimit is part of every Debian system.
            run = try BoundedRun(
                of: "/usr/bin/prlimit", ["--as=3000000000", "--core=0", "--", "/usr/bin/\(program)"] + arguments,
                input: bytes, mostOutput: mostOutput, deadline: deadline)
        } catch {
            throw switch error {
            case .notStarted: ImageError(.pdfRendererMissing)
            case .timedOut: ImageError(.pdfTimedOut)
            case .outputTooLong: ImageError(.tooLarge)
            }
        }
        if run.messages.contains("Incorrect password") { throw ImageError(.pdfPassword) }
        if run.messages.contains("failed to execute") { throw ImageError(.pdfRendererMissing) }
        // With an error in its syntax Poppler still draws what it understood: a page that may lack half its contents.
        // A font that is not embedded is replaced, which many sound forms need.
        let errors = run.messages.split(separator: "\n").filter {
            $0.hasPrefix("Syntax Error") && !$0.contains("font")
        }
        guard run.isSuccess, errors.isEmpty else { throw ImageError(.pdfDamaged) }
        return run.output
    }
}

extension PageImage {
    /// Whether any pixel is more than a shade away from grey.
    var hasColor: Bool {
        guard channels == .color else { return false }
        return pixels.withUnsafeBufferPointer { pixels in
            var index = 0
            while index < pixels.count {
                let (red, green, blue) = (pixels[index], pixels[index + 1], pixels[index + 2])
                if max(red, green, blue) - min(red, green, blue) > 8 { return true }
                index += 3
            }
            return false
        }
    }
}

extension Collection where Element: Equatable {
    fileprivate func contains(subsequence: [Element]) -> Bool {
        guard let first = subsequence.first else { return true }
        return indices.contains { self[$0] == first && self[$0...].starts(with: subsequence) }
    }
}
