import Forms
import Foundation
import ImageCodecs
import Imaging
import Support
import TestSupport
import VisionReading

/// What happens to a page between the printer and the decoded scan.
struct ScanEffects: Sendable, CustomStringConvertible {
    var resolution = 300.0
    /// Clockwise, in degrees.
    var turn = 0.0
    /// In millimetres.
    var shift = (x: 1.5, y: -2.0)
    var scale = 1.0
    /// Standard deviation of each pixel's error.
    var noise = 0.0
    /// Paper and ink, 0 dark to 255 light.
    var paper = 243
    var ink = 20
    /// Print comes out fatter and darker, as from a copier.
    var isFat = false
    /// By how many millimetres the feed sways, over and under what a homography follows.
    var sway = 0.0
    /// 1...100; `nil` for none.
    var jpegQuality: Int?

    var description: String { "\(Int(resolution)) dpi, turned \(turn)°, noise \(noise)" }

    /// The scan of a page of `width` × `height` millimetres, and where it really shows each millimetre.
    func scan(_ page: PageImage, width: Double, height: Double) throws -> (image: PageImage, toScan: Homography) {
        let perMillimetre = resolution / 25.4
        let sideways = (turn / 90).rounded().truncatingRemainder(dividingBy: 2) != 0
        let size = sideways ? (height, width) : (width, height)
        let (cosine, sine) = (
            cos(turn * .pi / 180) * scale * perMillimetre, sin(turn * .pi / 180) * scale * perMillimetre
        )
        let centre = (
            x: size.0 * perMillimetre / 2 + shift.x * perMillimetre,
            y: size.1 * perMillimetre / 2 + shift.y * perMillimetre
        )
        let toScan = Homography([
            cosine, -sine, centre.x - 0.5 - cosine * width / 2 + sine * height / 2,
            sine, cosine, centre.y - 0.5 - sine * width / 2 - cosine * height / 2,
            0, 0, 1,
        ])
        let fromMillimetres = Homography([
            Double(page.width) / width, 0, -0.5, 0, Double(page.height) / height, -0.5, 0, 0, 1,
        ])
        let toPage = fromMillimetres.after(toScan.inverse)
        let (columns, rows) = (Int((size.0 * perMillimetre).rounded()), Int((size.1 * perMillimetre).rounded()))
        var strips: [UInt8] = []
        let stripHeight = sway == 0 ? rows : 16
        for top in stride(from: 0, to: rows, by: stripHeight) {
            let phase = Double(top) / perMillimetre / 120 * 2 * .pi
            let (dx, dy) = (sway * perMillimetre * sin(phase), sway * perMillimetre * cos(phase * 1.3))
            let strip = try page.warped(
                by: toPage.after(Homography([1, 0, dx, 0, 1, Double(top) + dy, 0, 0, 1])), width: columns,
                height: min(stripHeight, rows - top))
            strips += strip.pixels
        }
        var image = PageImage(width: columns, height: rows, channels: .gray, resolution: resolution, pixels: strips)
        if isFat { image.pixels = Self.fattened(image) }
        var random = SplitMix(state: 7)
        let errors = (0..<4096).map { _ in
            Int(((0..<12).reduce(0.0) { sum, _ in sum + Double(random.next() % 1000) / 1000 } - 6) * noise)
        }
        var pixels = image.pixels
        let levels = (0...255).map { ink + (paper - ink) * $0 / 255 }
        var place = 0
        pixels.withUnsafeMutableBufferPointer { pixels in
            for index in pixels.indices {
                if index & 1023 == 0 { place = Int(random.next() & 2047) }
                let value = levels[Int(pixels[index])] + errors[place + index & 1023]
                pixels[index] = UInt8(max(0, min(255, value)))
            }
        }
        image.pixels = pixels
        if let jpegQuality { image = try ImageCodec.decode(ImageCodec.encodeJPEG(image, quality: jpegQuality)) }
        return (image, toScan)
    }

    /// Each pixel as dark as its darkest neighbour in a cross.
    private static func fattened(_ image: PageImage) -> [UInt8] {
        var result = image.pixels
        let width = image.width
        image.pixels.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { result in
                for index in width..<(source.count - width) {
                    let beside = min(source[index - 1], source[index + 1])
                    let above = min(source[index - width], source[index + width])
                    result[index] = min(source[index], beside, above)
                }
            }
        }
        return result
    }
}

/// A small generator with the same numbers on every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// The Swedish authority forms of the shared data, blank and filled, as pictures.
enum SwedishForms {
    static let names = ["fk7263", "dodsorsaksintyg", "tstrk1007-V0607", "tstrk1007-V06U08"]

    struct Field: Decodable, Sendable {
        var name: String
        var kind: String
        var page: Int
        var rect_pt: [Double]
        var value: String?
        var checked: Bool?
    }

    private struct FieldList: Decodable {
        var media_box_pt: [Double]
        var fields: [Field]
    }

    static func pages(_ file: String, dpi: Int = 300) throws -> [PageImage] {
        let pdf = try PDFPages(Array(Data(contentsOf: url("\(file).pdf"))))
        return try (1...pdf.count).map { try pdf.render($0, dpi: dpi).gray() }
    }

    static func fields(_ file: String) throws -> (fields: [Field], height: Double) {
        let list = try JSONDecoder().decode(FieldList.self, from: Data(contentsOf: url("\(file).fields.json")))
        return (list.fields, list.media_box_pt[3])
    }

    /// The four blanks, at 200 dpi, as form packages whose pages are kept here.
    static let library: (packages: [FormPackage], blanks: [URL: PageImage]) = {
        var library: (packages: [FormPackage], blanks: [URL: PageImage]) = ([], [:])
        for name in names {
            guard let pages = try? pages("\(name)-blank", dpi: 200) else { continue }
            let version = name.hasSuffix("V06U08") ? 2 : 1
            let package = FormPackage(
                folder: URL(filePath: "/forms/\(name)/"),
                template: FormTemplate(
                    id: name.hasPrefix("tstrk") ? "tstrk1007" : name, version: version, name: "",
                    pages: pages.indices.map { .init(image: "\($0 + 1).png", width: 210, height: 297) }, fields: []))
            library.packages.append(package)
            for (index, page) in pages.enumerated() { library.blanks[package.blank(index + 1)] = page }
        }
        return library
    }()

    /// - Parameters:
    ///   - fields: What the first page of each has, by its form's name.
    ///   - isLoaded: Which of them are known.
    /// - Returns: One that knows these forms.
    /// - Throws: What makes of their blanks no forms to be found.
    static func identifier(
        fields: [String: [Forms.Field]] = [:], where isLoaded: (FormPackage) -> Bool = { _ in true }
    ) throws -> VisionFormIdentifier {
        let library = library
        let packages = library.packages.filter(isLoaded).map { package in
            var package = package
            package.template.fields = fields[package.template.id] ?? []
            return package
        }
        return try VisionFormIdentifier(packages) { url in
            guard let page = library.blanks[url] else { throw CocoaError(.fileNoSuchFile) }
            return page
        }
    }

    private static func url(_ file: String) throws -> URL {
        guard let data = Checkout.sharedData else { throw CocoaError(.fileNoSuchFile) }
        return data.appending(path: "forms-swedish/\(file)")
    }
}
