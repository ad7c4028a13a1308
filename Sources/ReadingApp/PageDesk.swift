import BarcodeReading
import Forms
import Foundation
import ImageCodecs
import Imaging
import Reading
import Support
import VisionReading

/// Reads page files from bytes to fields: decode, identify, cut out, read, on threads of its own.
actor PageDesk {
    /// What it works with.
    struct Setting: Sendable {
        /// Form packages, or folders of packages.
        var forms: [URL]
        /// Where the line recogniser's models lie.
        var models: URL
        /// How many fields are read side by side.
        var threads = 2
    }

    private let executor = BlockingExecutor(label: "pages")
    private let setting: Setting
    private let desks: [FieldDesk]
    private var library = FormLibrary()
    private var lists: [FormKey: [String: [String]]] = [:]
    private var identifier: VisionFormIdentifier?
    /// The forms that a barcode names, and how its whole content reads.
    private var codes: [(form: FormKey, pattern: Regex<AnyRegexOutput>)] = []
    private let barcodes = ZXingReader()
    private let numbers = PrintedNumbers(cache: PageDesk.layoutCache, decode: PageDesk.decoded)

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ setting: Setting) {
        self.setting = setting
        desks = (1...max(1, setting.threads)).map { FieldDesk(number: $0, models: setting.models) }
    }

    /// Loads forms and readers.
    ///
    /// - Parameter progress: Called after each blank page that was looked at: how many, of how many.
    /// - Returns: The forms that can be read.
    /// - Throws: ``BlankettError`` when there is no usable form, or no model; what `progress` throws.
    func open(progress: @Sendable (_ done: Int, _ of: Int) throws -> Void) async throws -> [FormKey] {
        let (library, problems) = FormLibrary.examine(setting.forms)
        // One bad package must not stop the others on a kiosk; its problems are for the log.
        for problem in problems { FileHandle.standardError.write(Data("\(problem)\n".utf8)) }
        guard !library.packages.isEmpty else {
            throw BlankettError(
                "no-forms", exit: .badInput, "There is no form package that can be used.",
                advice: problems.first.map { "\($0)" } ?? "Name a folder with form packages.")
        }
        self.library = library
        lists = Dictionary(
            library.packages.map { package in (package.template.key, Self.lists(of: package)) },
            uniquingKeysWith: { first, _ in first })
        codes = library.packages.compactMap { package in
            package.template.identification.barcode.flatMap { try? Regex($0) }.map { (package.template.key, $0) }
        }
        identifier = try VisionFormIdentifier(
            library.packages, cache: Self.layoutCache, progress: progress, decode: Self.decoded)
        for desk in desks { try await desk.open() }
        return library.packages.map(\.template.key)
    }

    /// Reads each image of a file.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - source: What to call it.
    ///   - options: What to do beyond reading.
    ///   - deliver: Called for each image, in order.
    /// - Throws: What a library throws, or `deliver`.
    func read(_ bytes: [UInt8], source: String, options: ReadOptions, deliver: (ReadPage) throws -> Void) async throws {
        let count: Int
        do {
            count = try ImageCodec.frameCount(bytes)
        } catch let error {
            return try deliver(Self.unreadable(source, 1, error.code.rawValue))
        }
        for frame in 1...max(1, count) {
            var times = Stopwatch()
            let image: PageImage
            do {
                image = try ImageCodec.decode(bytes, frame: frame)
            } catch let error {
                try deliver(Self.unreadable(source, frame, error.code.rawValue))
                continue
            }
            times.lap("decode")
            try deliver(try await read(image, source: source, frame: frame, options: options, times: &times))
        }
    }

    private func read(
        _ image: PageImage, source: String, frame: Int, options: ReadOptions, times: inout Stopwatch
    ) async throws -> ReadPage {
        guard let identifier else { preconditionFailure("open() comes first") }
        Vision.setThreads(setting.threads)
        var result = PageResult(source: source, frame: frame, outcome: .unknownForm)
        let page: any RegisteredPage
        switch try identification(of: image, by: identifier, options) {
        case .known(let known): page = known
        case .unknownForm:
            if options.form == nil, try isSeparator(image) { result.reason = SeparatorSheet.reason }
            if options.version != nil { result.reason = PageResult.versionNotFitting }
            return try unread(result, image, options, times)
        case .unknownVersion(let near, let changes):
            result.outcome = .unknownVersion
            result.form = near
            result.changes = changes.isEmpty ? nil : changes
            return try unread(result, image, options, times)
        case .blank:
            result.outcome = .blank
            result.isBare = image.isBare
            return try unread(result, image, options, times)
        case .unreadable(let reason):
            result.outcome = .unreadable
            result.reason = reason
            return try unread(result, image, options, times)
        }
        times.lap("identify")

        let candidates = try await numbered(decided(page, image), page, image)
        let (form, alternatives) = (candidates[0], Array(candidates.dropFirst()))
        guard let package = library[form] else { return try unread(result, image, options, times) }
        let template = package.template
        let tasks = template.fields.filter { !$0.boxes(on: page.page).isEmpty }.map { field in
            FieldTask(
                field: field, list: field.list.flatMap { lists[form]?[$0] } ?? [], errorTarget: template.errorTarget,
                page: page, scan: image)
        }
        // Two desks work side by side; OpenCV's own threads would only be in their way.
        Vision.setThreads(1)
        // Beside the fields; it is read first, since nothing else waits on that desk yet.
        let printed = try numbers.number(of: package, page: page.page)
        // Cut off at the edge of the picture, a digit is another digit.
        let whole = printed.flatMap { page.shows($0.place, in: image) ? $0.place : nil }
        let line = try whole.map { try page.snippet(of: $0, margin: 1).scan }
        async let heard = hear(line)
        let queue = FieldQueue(tasks, keepsJobs: options.debugFolder != nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for desk in desks { group.addTask { try await desk.work(on: queue) } }
            try await group.waitForAll()
        }
        let said = try await heard
        times.lap("read")
        // Two versions may be the same in all but their number.
        switch printed?.number.finding(in: said) {
        case .replaced where options.version == nil:
            result.outcome = .unknownVersion
            result.form = form
            result.changes = printed.map { [PrintDifference(page: page.page, box: $0.place)] }
            return try unread(result, image, options, times)
        case .replaced, .notSeen: result.reason = PageResult.numberNotSeen
        // What tells it from another version may stand just there.
        case nil where !page.isWhole: result.reason = PageResult.printNotSeen
        case .seen, nil: break
        }
        if options.version != nil { result.reason = PageResult.versionAssigned }

        result.outcome = .identified
        result.form = form
        result.alternatives = alternatives.isEmpty ? nil : alternatives
        result.page = page.page
        result.changes = page.changes.isEmpty ? nil : page.changes
        result.confidence = page.confidence
        result.rotation = page.rotation
        result.residual = page.residual
        result.toScan = page.toScan
        result.fields = queue.readings
        if let folder = options.debugFolder {
            try DebugPictures(folder: URL(filePath: folder), source: source, frame: frame)
                .write(queue.jobs, readings: result.fields, on: page)
        }
        for index in result.fields.indices {
            result.fields[index].cells = nil
            if result.fields[index].status != .uncertain { result.fields[index].candidates = nil }
        }
        var preview: [UInt8]?
        if options.preview {
            preview = try ImageCodec.encodeJPEG(page.preview(), quality: 75)
            times.lap("preview")
        }
        result.milliseconds = times.milliseconds
        return ReadPage(result: result, preview: preview)
    }

    /// By the barcode first where forms have one, which leaves next to nothing to compare; what it names is proved as well.
    private func identification(
        of image: PageImage, by identifier: VisionFormIdentifier, _ options: ReadOptions
    ) throws -> Identification {
        if let form = options.form, let version = options.version {
            let page = try identifier.register(image, to: FormKey(id: form, version: version))
            return page.map(Identification.known) ?? .unknownForm
        }
        if options.form == nil, !codes.isEmpty {
            let factor = min(1, 1754 / Double(max(image.width, image.height, 1)))
            let small = try image.gray().scaled(
                toWidth: max(1, Int(Double(image.width) * factor)), height: max(1, Int(Double(image.height) * factor)))
            let named = Set(try barcodes.read(small).flatMap { forms(named: $0.text) }.map(\.id))
            if named.count == 1, let id = named.first,
                case .known(let page) = try identifier.identify(image, as: id)
            {
                return .known(page)
            }
        }
        return try identifier.identify(image, as: options.form)
    }

    private func isSeparator(_ image: PageImage) throws -> Bool {
        try barcodes.read(image.gray()).contains { $0.text == SeparatorSheet.text }
    }

    private func forms(named text: String) -> [FormKey] {
        codes.filter { (try? $0.pattern.wholeMatch(in: text)) != nil }.map(\.form)
    }

    /// Which of the forms with this very page it may be: what the barcodes say, where they name only one.
    ///
    /// - Returns: At least one, the likeliest first.
    private func decided(_ page: any RegisteredPage, _ image: PageImage) throws -> [FormKey] {
        let forms = [page.form] + page.alternatives
        guard forms.count > 1, codes.contains(where: { forms.contains($0.form) }) else { return forms }
        let texts = try barcodes.read(image).map(\.text)
        let named = forms.filter { form in texts.contains { self.forms(named: $0).contains(form) } }
        return Set(named.map(\.id)).count == 1 ? named : forms
    }

    /// Of several forms with this very page those whose printed number stands there, where one does.
    private func numbered(
        _ forms: [FormKey], _ page: any RegisteredPage, _ image: PageImage
    ) async throws -> [FormKey] {
        guard forms.count > 1 else { return forms }
        var seen: [FormKey] = []
        var lacking: [FormKey] = []
        for form in forms {
            guard let package = library[form], let printed = try numbers.number(of: package, page: page.page),
                page.shows(printed.place, in: image)
            else { continue }
            let said = try await hear(page.snippet(of: printed.place, margin: 1).scan)
            if printed.number.finding(in: said) == .seen { seen.append(form) } else { lacking.append(form) }
        }
        return seen.isEmpty ? forms : forms.filter { !lacking.contains($0) }
    }

    private nonisolated func hear(_ line: PageImage?) async throws -> [String] {
        guard let line else { return [] }
        return try await desks[0].heard(line)
    }

    private func unread(_ result: PageResult, _ image: PageImage, _ options: ReadOptions, _ times: Stopwatch) throws
        -> ReadPage
    {
        var times = times
        times.lap("identify")
        var result = result
        result.milliseconds = times.milliseconds
        guard options.preview else { return ReadPage(result: result) }
        // About 150 dpi, whatever the scan's own resolution: A4 is 1754 pixels long.
        let factor = min(1, 1754 / Double(max(image.width, image.height)))
        let small = try image.scaled(
            toWidth: max(1, Int(Double(image.width) * factor)), height: max(1, Int(Double(image.height) * factor)))
        return ReadPage(result: result, preview: try ImageCodec.encodeJPEG(small, quality: 75))
    }

    private static func unreadable(_ source: String, _ frame: Int, _ reason: String) -> ReadPage {
        ReadPage(result: PageResult(source: source, frame: frame, outcome: .unreadable, reason: reason))
    }

    private static func decoded(_ file: URL) throws -> PageImage {
        try ImageCodec.decode([UInt8](Data(contentsOf: file)))
    }

    /// The list files of a package, a value a line.
    private static func lists(of package: FormPackage) -> [String: [String]] {
        var lists: [String: [String]] = [:]
        for name in Set(package.template.fields.compactMap(\.list)) {
            let text = try? String(contentsOf: package.folder.appending(path: name), encoding: .utf8)
            lists[name] = text?.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        }
        return lists
    }

    /// Layouts of blanks are the same at each start; kept where this user's caches are.
    private static var layoutCache: URL? {
        let environment = ProcessInfo.processInfo.environment
        guard !ReadWorkerEnvironment.withoutCache.allSatisfy({ environment[$0.key] == $0.value }) else { return nil }
        let base = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { $0 + "/.cache" }
        guard let folder = base.map({ URL(filePath: $0).appending(path: "blankett/layouts") }) else { return nil }
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return FileManager.default.isWritableFile(atPath: folder.path()) ? folder : nil
    }
}

/// How long each step took.
struct Stopwatch {
    private let start = ContinuousClock.now
    private var last = ContinuousClock.now
    private var laps: [String: Double] = [:]

    mutating func lap(_ name: String) {
        let now = ContinuousClock.now
        laps[name, default: 0] += (now - last) / .milliseconds(1)
        last = now
    }

    var milliseconds: [String: Double] {
        laps.merging(["total": (ContinuousClock.now - start) / .milliseconds(1)]) { first, _ in first }
            .mapValues { ($0 * 10).rounded() / 10 }
    }
}
