import Forms
import Foundation
import Imaging
import Reading
import Support
import Teaching
import TesseractReading
import VisionReading

/// Where the printed numbers of forms stand on their blanks.
///
/// A place is looked for when a page of the form comes for the first time, which takes about a second, and kept on disk. Not
/// `Sendable`: it belongs to the thread that reads pages.
final class PrintedNumbers {
    private struct Page: Hashable {
        var form: FormKey
        var number: Int
    }

    /// `nil` inside for pages on which it cannot be found.
    private var places: [Page: MillimetreRect?] = [:]
    private let cache: URL?
    private let decode: (URL) throws -> PageImage

    init(cache: URL?, decode: @escaping (URL) throws -> PageImage) {
        self.cache = cache
        self.decode = decode
    }

    /// - Returns: The number, and the line of print in which it stands; `nil` where the template names none or the page has none.
    /// - Throws: What `decode` or a reader throws.
    func number(of package: FormPackage, page: Int) throws -> (number: PrintedNumber, place: MillimetreRect)? {
        guard let text = package.template.identification.text, let number = PrintedNumber(text) else { return nil }
        let key = Page(form: package.template.key, number: page)
        if let known = places[key] { return known.map { (number, $0) } }
        let place = try cached(package, page, text) { try find(number, on: package, page) }
        places[key] = place
        return place.map { (number, $0) }
    }

    private func cached(
        _ package: FormPackage, _ page: Int, _ text: String, find: () throws -> MillimetreRect?
    ) throws -> MillimetreRect? {
        guard let cache else { return try find() }
        let blank = [UInt8](try Data(contentsOf: package.blank(page)))
        let name = "\(SHA256.hexadecimal(of: blank + Array(text.utf8)))-\(Self.version).number"
        let file = cache.appending(path: name)
        // Empty where there is none.
        if let bytes = try? Data(contentsOf: file),
            let known = try? JSONCoding.decode([MillimetreRect].self, from: [UInt8](bytes))
        {
            return known.first
        }
        let place = try find()
        try? Data(try JSONCoding.encode(place.map { [$0] } ?? [])).write(to: file, options: .atomic)
        return place
    }

    /// Change it when places are found another way.
    private static let version = 1

    /// Most forms have it in a margin, so those lines are read first.
    private func find(_ number: PrintedNumber, on package: FormPackage, _ page: Int) throws -> MillimetreRect? {
        let size = package.template.pages[page - 1]
        var image = try decode(package.blank(page)).gray()
        image.resolution = Double(image.width) / size.width * 25.4
        let blank = try BlankPage(image, isScan: false)
        let reader = try TesseractLineReader()
        func toMargin(_ box: MillimetreRect) -> Double { min(box.y, size.height - box.maxY) }
        let lines = blank.printed.lines.filter(\.isLevel).map(\.box)
        for box in lines.sorted(by: { toMargin($0) < toMargin($1) }) {
            guard let picture = blank.image.part(of: box, margin: 0.7) else { continue }
            if let read = try reader.read(picture, alphabet: .any).first, number.isIn(read.text) { return box }
        }
        return nil
    }
}

extension PageImage {
    /// What lies in a box of millimetres, and a little around it; `nil` where that is next to nothing.
    func part(of box: MillimetreRect, margin: Double) -> PageImage? {
        let scale = (resolution ?? 300) / 25.4
        let left = max(0, Int((box.x - margin) * scale))
        let top = max(0, Int((box.y - margin) * scale))
        let right = min(width, Int((box.maxX + margin) * scale))
        let bottom = min(height, Int((box.maxY + margin) * scale))
        guard right > left + 4, bottom > top + 4 else { return nil }
        return cropped(x: left, y: top, width: right - left, height: bottom - top)
    }
}
