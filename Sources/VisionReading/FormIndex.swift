public import Forms
public import Foundation
public import Imaging
import Support

/// The blank pages of all loaded forms, ready to be compared with a scan.
///
/// For each page only its layout stays in memory. The features that a scan is first registered by are kept on disk, so
/// that a blank is only decoded for scans that may be it; the last few are kept. Not `Sendable`: it belongs to the one
/// thread that reads.
public final class FormIndex {
    /// One blank page.
    struct Entry: Hashable {
        var form: FormKey
        /// From 1.
        var page: Int
        /// In millimetres.
        var width: Double
        var height: Double
        /// Which shelf its layout is on, and where.
        fileprivate(set) var shelf: Int
        fileprivate(set) var place: Int
        fileprivate var file: URL
        /// Where its features are kept, where there is a cache.
        fileprivate var features: URL?
        fileprivate var marks: [MillimetreRect]
    }

    /// Change it when layouts are computed another way, so that cached ones are not taken for new.
    private static let version = 2

    let entries: [Entry]
    /// The layouts, by the size of their paper.
    let shelves: [LayoutShelf]
    private let decode: (URL) throws -> PageImage
    private let mostBlanks: Int
    /// Last used last.
    private var blanks: [(entry: Int, page: GrayPage)] = []
    private var shells: [(entry: Int, page: GrayPage)] = []
    private static let mostShells = 64

    /// Looks at every blank page once.
    ///
    /// - Parameters:
    ///   - packages: The forms.
    ///   - cache: A folder to keep computed layouts in from one start to the next; `nil` keeps none. Nothing in it
    ///     comes from a filled form.
    ///   - mostBlanks: How many blank pages are kept decoded, some 12 MB each.
    ///   - progress: Called after each page: how many were looked at, of how many.
    ///   - decode: Reads a blank page's file.
    /// - Throws: What `decode` and `progress` throw.
    public init(
        _ packages: [FormPackage], cache: URL? = nil, mostBlanks: Int = 8,
        progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }, decode: @escaping (URL) throws -> PageImage
    ) throws {
        self.decode = decode
        self.mostBlanks = mostBlanks
        var entries: [Entry] = []
        var shelves: [LayoutShelf] = []
        let count = packages.reduce(0) { $0 + $1.template.pages.count }
        for package in packages {
            for (index, page) in package.template.pages.enumerated() {
                let file = package.blank(index + 1)
                let cached = try cache.map { try Self.cached(file, page, in: $0) }
                let layout = try Self.layout(of: file, page: page, cached: cached?.layout, decode: decode)
                let (width, height) = (page.width.rounded(), page.height.rounded())
                let shelf = shelves.firstIndex { $0.width == width && $0.height == height } ?? shelves.count
                if shelf == shelves.count { shelves.append(LayoutShelf(width: width, height: height)) }
                entries.append(
                    Entry(
                        form: package.template.key, page: index + 1, width: page.width, height: page.height,
                        shelf: shelf, place: shelves[shelf].append(layout, of: entries.count), file: file,
                        features: cached?.features, marks: package.template.marks(on: index + 1)))
                try progress(entries.count, count)
            }
        }
        self.entries = entries
        self.shelves = shelves
    }

    /// The other entries whose layouts are nearly this one's.
    func alike(_ entry: Int, above least: Double) -> [(entry: Int, score: Double)] {
        shelves[entries[entry].shelf].alike(entries[entry].place, above: least)
    }

    /// About 0 for strangers, 1 for the same where one is moved a little; 0 for pages of different paper.
    func likeness(_ one: Int, _ other: Int) -> Double {
        guard entries[one].shelf == entries[other].shelf else { return 0 }
        return shelves[entries[one].shelf].likeness(entries[one].place, entries[other].place)
    }

    /// Whether the layouts of two entries are the same to the last cell, as those of one picture are.
    func areAlike(_ one: Int, _ other: Int) -> Bool {
        entries[one].shelf == entries[other].shelf
            && shelves[entries[one].shelf].areAlike(entries[one].place, entries[other].place)
    }

    /// The blank page itself.
    func blank(_ entry: Int) throws -> GrayPage {
        if let place = blanks.firstIndex(where: { $0.entry == entry }) {
            blanks.append(blanks.remove(at: place))
        } else {
            let known = entries[entry]
            let image = try decode(known.file)
            let page = try GrayPage(image, pixelsPerMillimetre: Self.scale(image, known.width, known.height))
            try page.setMarks(known.marks)
            if blanks.count >= mostBlanks { blanks.removeFirst() }
            blanks.append((entry, page))
        }
        return blanks[blanks.count - 1].page
    }

    /// What a scan is first registered to: the blank's features, without its picture where they are kept.
    func features(_ entry: Int) throws -> GrayPage {
        if let place = blanks.firstIndex(where: { $0.entry == entry }) { return blanks[place].page }
        if let place = shells.firstIndex(where: { $0.entry == entry }) {
            shells.append(shells.remove(at: place))
            return shells[shells.count - 1].page
        }
        guard let file = entries[entry].features else { return try blank(entry) }
        if let bytes = try? Data(contentsOf: file), let shell = GrayPage(shell: [UInt8](bytes)) {
            if shells.count >= Self.mostShells { shells.removeFirst() }
            shells.append((entry, shell))
            return shell
        }
        let page = try blank(entry)
        try? Data(page.shell()).write(to: file, options: .atomic)
        return page
    }

    private static func scale(_ image: PageImage, _ width: Double, _ height: Double) -> (x: Double, y: Double) {
        (Double(image.width) / width, Double(image.height) / height)
    }

    private static func cached(_ file: URL, _ page: FormTemplate.Page, in folder: URL) throws -> (
        layout: URL, features: URL
    ) {
        let hash = SHA256.hexadecimal(of: [UInt8](try Data(contentsOf: file)))
        let name = "\(hash)-\(page.width)x\(page.height)-\(version)"
        return (folder.appending(path: "\(name).layout"), folder.appending(path: "\(name).features"))
    }

    private static func layout(
        of file: URL, page: FormTemplate.Page, cached: URL?, decode: (URL) throws -> PageImage
    ) throws -> Layout {
        if let cached, let bytes = try? Data(contentsOf: cached),
            let layout = Layout(cells: bytes.map { Int8(bitPattern: $0) })
        {
            return layout
        }
        let image = try decode(file)
        let blank = try GrayPage(image, pixelsPerMillimetre: scale(image, page.width, page.height))
        let layout = try Layout(packing: blank.layout(size: (page.width, page.height), isScan: true))
        if let cached {
            // A cache that cannot be written costs time at the next start and nothing else.
            try? FileManager.default.createDirectory(
                at: cached.deletingLastPathComponent(), withIntermediateDirectories: true)
            try? Data(layout.cells.map { UInt8(bitPattern: $0) }).write(to: cached, options: .atomic)
        }
        return layout
    }
}

extension FormTemplate {
    /// Where print says nothing about the form: in boxes that people make marks in, and where a printed number or barcode is
    /// read that each copy has of its own.
    fileprivate func marks(on number: Int) -> [MillimetreRect] {
        fields.flatMap { field -> [MillimetreRect] in
            switch field.kind {
            case .checkbox, .barcode: field.page == number ? [field.box] : []
            case .text where field.writing == .print: field.page == number ? [field.box] : []
            case .choice:
                field.options.compactMap { ($0.page ?? field.page) == number ? $0.box : nil }
            default: []
            }
        }
    }
}
