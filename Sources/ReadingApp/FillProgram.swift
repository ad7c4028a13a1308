import Foundation
import Forms
import ImageCodecs
import Imaging
import Support
import Teaching
import VisionReading

/// `blankett-read-worker --fill`: a ``SpecimenRequest`` on standard input, a ``SpecimenCopy`` on standard output.
enum FillProgram {
    static func run() -> ExitCode {
        do {
            let request: SpecimenRequest = try JSONCoding.decode(
                from: FileHandle.standardInput.readDataToEndOfFile())
            FileHandle.standardOutput.write(Data(try JSONCoding.encode(try copy(request))))
            return .done
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            return .fault
        }
    }

    private static func copy(_ request: SpecimenRequest) throws -> SpecimenCopy {
        let package = try FormPackage.load(URL(filePath: request.package))
        let template = package.template
        let specimen = Specimen(
            of: template, hand: Specimen.Hand(rawValue: request.hand) ?? .typed, seed: request.seed)
        let pdf = try PDFPages(
            SpecimenPDF(
                specimen, pages: template.pages.map { (width: $0.width, height: $0.height) },
                advances: advances(of: specimen.hand)
            ).bytes)
        var random = SeededRandom(seed: request.seed ^ 0x5EED)
        var pages: [Data] = []
        var printInside: [String: Double] = [:]
        for (index, page) in template.pages.enumerated() {
            let blank = try ImageCodec.decode([UInt8](Data(contentsOf: package.blank(index + 1)))).gray()
            let scale = Double(blank.width) / page.width
            for field in template.fields where field.page == index + 1 && field.kind == .text {
                if let reach = reach(of: blank, into: field.box, scale: scale) { printInside[field.name] = reach }
            }
            let ink = try pdf.render(index + 1, dpi: Int((scale * 25.4).rounded())).gray()
            var picture = laid(ink, over: blank)
            picture = try looked(picture, request.look, &random)
            picture.resolution = (scale * 25.4).rounded()
            pages.append(Data(try ImageCodec.encodeJPEG(picture, quality: 80)))
        }
        return SpecimenCopy(pages: pages, printInside: printInside)
    }

    /// Of the font that this computer has for a hand, or has in its place.
    private static func advances(of hand: Specimen.Hand) -> FontAdvances? {
        guard
            let match = try? BoundedRun(
                of: "/usr/bin/fc-match", ["-f", "%{file}", hand.rawValue], mostOutput: 4096, deadline: .seconds(10)),
            match.isSuccess,
            let font = try? Data(contentsOf: URL(filePath: String(decoding: match.output, as: UTF8.self)))
        else { return nil }
        return FontAdvances([UInt8](font))
    }

    /// The darker of both at each place.
    private static func laid(_ ink: PageImage, over blank: PageImage) -> PageImage {
        var result = blank
        for row in 0..<min(ink.height, blank.height) {
            for column in 0..<min(ink.width, blank.width) {
                let place = row * blank.width + column
                let dark = ink.pixels[row * ink.width + column]
                if dark < result.pixels[place] { result.pixels[place] = dark }
            }
        }
        return result
    }

    /// How far print reaches into the upper half of a box, in millimetres; `nil` where it does not.
    private static func reach(of blank: PageImage, into box: MillimetreRect, scale: Double) -> Double? {
        let (left, right) = (Int((box.x + 0.4) * scale), Int((box.maxX - 0.4) * scale))
        let top = Int(box.y * scale)
        guard left >= 0, right <= blank.width, right > left, top >= 0 else { return nil }
        var last: Int?
        for row in top..<min(blank.height, top + Int(box.height * scale / 2)) {
            let dark = (left..<right).count { blank.pixels[row * blank.width + $0] < 140 }
            if dark > 2 { last = row }
        }
        return last.map { Double($0 - top + 1) / scale + 0.2 }
    }

    private static func looked(_ picture: PageImage, _ look: SpecimenRequest.Look, _ random: inout SeededRandom) throws
        -> PageImage
    {
        switch look {
        case .clean: return noisy(picture, by: 3, paper: 246, &random)
        case .turned:
            let degrees = Double.random(in: 0.6...1.8, using: &random) * (Bool.random(using: &random) ? 1 : -1)
            return noisy(try moved(picture, degrees: degrees, 1, 1), by: 5, paper: 244, &random)
        case .stretched:
            let wide = Double.random(in: 1.004...1.012, using: &random)
            return noisy(try moved(picture, degrees: 0.2, wide, 2 - wide), by: 4, paper: 246, &random)
        case .photocopied:
            var copy = try moved(picture, degrees: -0.4, 0.99, 0.99)
            // A copier thickens and hardens what it copies, and leaves specks.
            for index in copy.pixels.indices {
                let value = Int(copy.pixels[index])
                copy.pixels[index] = UInt8(min(255, max(20, (value - 110) * 2 + 60)))
            }
            for _ in 0..<120 { copy.pixels[Int.random(in: copy.pixels.indices, using: &random)] = 60 }
            return noisy(copy, by: 9, paper: 240, &random)
        }
    }

    /// About the middle of the page.
    private static func moved(_ picture: PageImage, degrees: Double, _ wide: Double, _ high: Double) throws -> PageImage
    {
        let turn = degrees * .pi / 180
        let (c, s) = (cos(turn), sin(turn))
        let (x, y) = (Double(picture.width - 1) / 2, Double(picture.height - 1) / 2)
        let map = Homography([
            c / wide, s / wide, x - c / wide * x - s / wide * y, -s / high, c / high, y + s / high * x - c / high * y,
            0, 0, 1,
        ])
        return try picture.warped(by: map, width: picture.width, height: picture.height, ground: 238)
    }

    private static func noisy(_ picture: PageImage, by amount: Int, paper: Int, _ random: inout SeededRandom)
        -> PageImage
    {
        var result = picture
        var bits: UInt64 = 0
        for index in result.pixels.indices {
            if index % 8 == 0 { bits = random.next() }
            let grain = Int(bits & 0xFF) * (2 * amount + 1) / 256 - amount
            bits >>= 8
            result.pixels[index] = UInt8(min(255, max(0, Int(result.pixels[index]) * paper / 255 + grain)))
        }
        return result
    }
}
