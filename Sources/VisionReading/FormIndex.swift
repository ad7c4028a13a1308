public import Forms
public import Foundation
public import Imaging
import Support

/// The blank pages of all loaded forms, ready to be compared with a scan.
///
/// For each page only a coarse layout stays in memory. Its layout and the features that a scan is first registered by are kept on
/// disk, so that a blank is only decoded for scans that may be it; the last few of all are kept. Not `Sendable`: it belongs to the
/// one thread that reads.
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
        /// What its files in the cache are called, where there is one.
        fileprivate var name: String?
        fileprivate var template: FormTemplate

        /// Where people write and make marks.
        var fields: [MillimetreRect] { template.fields.flatMap { $0.boxes(on: page) } }
    }

    /// Change it when layouts or features are computed another way, so that cached ones are not taken for new.
    private static let version = 3

    let entries: [Entry]
    /// The layouts, by the size of their paper.
    let shelves: [LayoutShelf]
    private let decode: (URL) throws -> PageImage
    private let mostBlanks: Int
    /// Last used last.
    private var blanks: [(entry: Int, page: GrayPage)] = []
    private var shells: [(entry: Int, page: GrayPage)] = []
    private static let mostShells = 64
    private let cache: URL?
    /// Layouts that are not on disk, by entry.
    private var layouts: [Int: Layout] = [:]
    /// Of those on disk, what was asked for last.
    private var recentLayouts: [Int: Layout] = [:]
    // 18 kB each; a page of a library looks at 200, and the next one at many of the same.
    private static let mostLayouts = 1500

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
        self.cache = cache
        self.mostBlanks = mostBlanks
        var entries: [Entry] = []
        var shelves: [LayoutShelf] = []
        let count = packages.reduce(0) { $0 + $1.template.pages.count }
        for package in packages {
            for (index, page) in package.template.pages.enumerated() {
                let file = package.blank(index + 1)
                let name = try cache.map { _ in try Self.name(file, page) }
                let kept = cache.flatMap { cache in name.map { Self.layoutFile($0, in: cache) } }
                let (layout, isOnDisk) = try Self.layout(
                    of: file, size: (page.width, page.height), cached: kept, decode: decode)
                if !isOnDisk { layouts[entries.count] = layout }
                let (width, height) = (page.width.rounded(), page.height.rounded())
                let shelf = shelves.firstIndex { $0.width == width && $0.height == height } ?? shelves.count
                if shelf == shelves.count { shelves.append(LayoutShelf(width: width, height: height)) }
                entries.append(
                    Entry(
                        form: package.template.key, page: index + 1, width: page.width, height: page.height,
                        shelf: shelf, place: shelves[shelf].append(layout, of: entries.count), file: file,
                        name: name, template: package.template))
                try progress(entries.count, count)
            }
        }
        self.entries = entries
        self.shelves = shelves
    }

    /// Its layout, from disk if it is not one of the last that were asked for.
    func layout(_ entry: Int) throws -> Layout {
        if let known = layouts[entry] ?? recentLayouts[entry] { return known }
        let known = entries[entry]
        let file = cache.flatMap { cache in known.name.map { Self.layoutFile($0, in: cache) } }
        let (layout, isOnDisk) = try Self.layout(
            of: known.file, size: (known.width, known.height), cached: file, decode: decode)
        if isOnDisk {
            if recentLayouts.count >= Self.mostLayouts { recentLayouts.removeAll(keepingCapacity: true) }
            recentLayouts[entry] = layout
        } else {
            layouts[entry] = layout
        }
        return layout
    }

    /// The other entries whose layouts are nearly this one's.
    func alike(_ entry: Int, above least: Double) throws -> [(entry: Int, score: Double)] {
        let own = try layout(entry)
        return try shelves[entries[entry].shelf].near(entries[entry].place).compactMap { other in
            let score = try own.likeness(to: layout(other))
            return score > least ? (other, score) : nil
        }
    }

    /// How alike two layouts are where one is moved a little, about 0 for strangers, 1 for the same; 0 for pages of different paper.
    func likeness(_ one: Int, _ other: Int) throws -> Double {
        guard entries[one].shelf == entries[other].shelf else { return 0 }
        return try layout(one).likenessNear(layout(other))
    }

    /// Whether the layouts of two entries are the same to the last cell, as those of one picture are.
    func areAlike(_ one: Int, _ other: Int) throws -> Bool {
        try entries[one].shelf == entries[other].shelf && layout(one) == layout(other)
    }

    /// The blank page itself.
    func blank(_ entry: Int) throws -> GrayPage {
        if let place = blanks.firstIndex(where: { $0.entry == entry }) {
            blanks.append(blanks.remove(at: place))
        } else {
            let known = entries[entry]
            let image = try decode(known.file)
            let page = try GrayPage(image, pixelsPerMillimetre: Self.scale(image, known.width, known.height))
            try page.setMarks(known.template.marks(on: known.page))
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
        guard let cache, let name = entries[entry].name else { return try blank(entry) }
        let file = cache.appending(path: "\(name).features")
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

    /// What a blank's files in the cache are called.
    private static func name(_ file: URL, _ page: FormTemplate.Page) throws -> String {
        let hash = SHA256.hexadecimal(of: [UInt8](try Data(contentsOf: file)))
        return "\(hash)-\(page.width)x\(page.height)-\(version)"
    }

    private static func layoutFile(_ name: String, in cache: URL) -> URL { cache.appending(path: "\(name).layout") }

    /// A blank's layout, and whether it is in its file.
    private static func layout(
        of file: URL, size: (width: Double, height: Double), cached: URL?, decode: (URL) throws -> PageImage
    ) throws -> (layout: Layout, isOnDisk: Bool) {
        if let cached, let bytes = try? Data(contentsOf: cached),
            let layout = Layout(cells: bytes.withUnsafeBytes { Array($0.bindMemory(to: Int8.self)) })
        {
            return (layout, true)
        }
        let image = try decode(file)
        let blank = try GrayPage(image, pixelsPerMillimetre: scale(image, size.width, size.height))
        let layout = try Layout(packing: blank.layout(size: size, isScan: true))
        guard let cached else { return (layout, false) }
        // A cache that cannot be written costs memory, and time at the next start.
        try? FileManager.default.createDirectory(
            at: cached.deletingLastPathComponent(), withIntermediateDirectories: true)
        do {
            try Data(layout.cells.map { UInt8(bitPattern: $0) }).write(to: cached, options: .atomic)
            return (layout, true)
        } catch {
            return (layout, false)
        }
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
            case .choice: field.optionBoxes(on: number)
            default: []
            }
        }
    }
}
