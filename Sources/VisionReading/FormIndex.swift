public import Forms
public import Foundation
public import Imaging
import Support

/// The blank pages of all loaded forms, ready to be compared with a scan.
///
/// For each page only its layout stays in memory; what registration needs is made from the blank when a scan looks
/// like it, and the last few are kept. Not `Sendable`: it belongs to the one thread that reads.
public final class FormIndex {
    /// One blank page.
    struct Entry: Hashable {
        var form: FormKey
        /// From 1.
        var page: Int
        /// In millimetres.
        var width: Double
        var height: Double
        var layout: Layout
        fileprivate var file: URL
    }

    /// Change it when layouts are computed another way, so that cached ones are not taken for new.
    private static let version = 1

    let entries: [Entry]
    private let decode: (URL) throws -> PageImage
    private let mostBlanks: Int
    /// Last used last.
    private var blanks: [(entry: Int, page: GrayPage)] = []

    /// Looks at every blank page once.
    ///
    /// - Parameters:
    ///   - packages: The forms.
    ///   - cache: A folder to keep computed layouts in from one start to the next; `nil` keeps none. Nothing in it
    ///     comes from a filled form.
    ///   - mostBlanks: How many blank pages are kept decoded, some 12 MB each.
    ///   - decode: Reads a blank page's file.
    /// - Throws: What `decode` throws.
    public init(
        _ packages: [FormPackage], cache: URL? = nil, mostBlanks: Int = 8, decode: @escaping (URL) throws -> PageImage
    ) throws {
        self.decode = decode
        self.mostBlanks = mostBlanks
        entries = try packages.flatMap { package in
            try package.template.pages.enumerated().map { index, page in
                let file = package.blank(index + 1)
                let layout = try Self.layout(of: file, page: page, cache: cache, decode: decode)
                return Entry(
                    form: package.template.key, page: index + 1, width: page.width, height: page.height,
                    layout: layout, file: file)
            }
        }
    }

    /// The blank page itself.
    func blank(_ entry: Int) throws -> GrayPage {
        if let place = blanks.firstIndex(where: { $0.entry == entry }) {
            blanks.append(blanks.remove(at: place))
        } else {
            let known = entries[entry]
            let image = try decode(known.file)
            let page = try GrayPage(image, pixelsPerMillimetre: Self.scale(image, known.width, known.height))
            if blanks.count >= mostBlanks { blanks.removeFirst() }
            blanks.append((entry, page))
        }
        return blanks[blanks.count - 1].page
    }

    private static func scale(_ image: PageImage, _ width: Double, _ height: Double) -> (x: Double, y: Double) {
        (Double(image.width) / width, Double(image.height) / height)
    }

    private static func layout(
        of file: URL, page: FormTemplate.Page, cache: URL?, decode: (URL) throws -> PageImage
    ) throws -> Layout {
        let cached = try cache.map { folder in
            let hash = SHA256.hexadecimal(of: [UInt8](try Data(contentsOf: file)))
            let name = "\(hash)-\(page.width)x\(page.height)-\(version)"
            return folder.appending(path: "\(name).layout")
        }
        if let cached, let bytes = try? Data(contentsOf: cached),
            let layout = Layout(cells: bytes.map { Int8(bitPattern: $0) })
        {
            return layout
        }
        let image = try decode(file)
        let blank = try GrayPage(image, pixelsPerMillimetre: scale(image, page.width, page.height))
        let layout = try Layout(packing: blank.layout(size: (page.width, page.height), isScan: false))
        if let cached {
            // A cache that cannot be written costs time at the next start and nothing else.
            try? FileManager.default.createDirectory(
                at: cached.deletingLastPathComponent(), withIntermediateDirectories: true)
            try? Data(layout.cells.map { UInt8(bitPattern: $0) }).write(to: cached, options: .atomic)
        }
        return layout
    }
}
