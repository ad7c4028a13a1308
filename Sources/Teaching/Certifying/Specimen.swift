public import Forms
public import Support

/// One filled copy of a form for its self-test: what is written where, and what reading it must give.
public struct Specimen: Sendable {
    /// How a copy is written.
    public enum Hand: String, Sendable, CaseIterable {
        case typed = "LiberationSans"
        case neat = "ComicNeue"
        case handPrinted = "KleeOne-Regular"
        case quick = "Breip"
        case heavy = "DkgHandwriting"
    }

    /// Something written on a page; millimetres.
    public enum Ink: Sendable, Hashable {
        /// From the left end of its base line.
        case text(String, x: Double, y: Double, size: Double)
        case cross(MillimetreRect)
        case signature(MillimetreRect)
        /// A barcode Code 39 in the middle of its place, with modules of so many millimetres.
        case barcode(String, MillimetreRect, module: Double)
        /// Something that fills most of its place, as a stamp or a drawing does.
        case drawing(MillimetreRect)
    }

    public let hand: Hand
    /// For each page.
    public let ink: [[Ink]]
    /// What stands in each field, in the normal form; `nil` where it was left empty.
    ///
    /// Fields that cannot be tried are absent.
    public let values: [String: JSONValue?]

    /// - Parameters:
    ///   - template: The form.
    ///   - hand: How it is written.
    ///   - seed: The same gives the same copy.
    public init(of template: FormTemplate, hand: Hand, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var ink = [[Ink]](repeating: [], count: template.pages.count)
        var values: [String: JSONValue?] = [:]
        // One in five is left empty: nothing must be read there.
        let empty = Set(template.fields.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }.map(\.name))
        var texts: [String: String] = [:]
        for field in template.fields where [.text, .comb].contains(field.kind) && !empty.contains(field.name) {
            let text = SpecimenText(field, &random).text
            texts[field.name] = field.kind == .text ? Self.fitting(text, field) : text
        }
        Self.obey(template, &texts)
        for field in template.fields where ink.indices.contains(field.page - 1) {
            let isEmpty = empty.contains(field.name)
            switch field.kind {
            case .text, .comb:
                let text = texts[field.name] ?? ""
                if text.isEmpty {
                    values[field.name] = .some(nil)
                } else if let value = field.normalize(text).value {
                    values[field.name] = value
                    ink[field.page - 1] += Self.written(text, in: field)
                }
            case .checkbox:
                values[field.name] = .some(isEmpty ? nil : true)
                if !isEmpty { ink[field.page - 1].append(.cross(field.box)) }
            case .choice:
                guard !isEmpty, let option = field.options.randomElement(using: &random), let box = option.box else {
                    values[field.name] = .some(nil)
                    continue
                }
                let page = (option.page ?? field.page) - 1
                guard ink.indices.contains(page) else { continue }
                values[field.name] = field.select == .one ? .string(option.value) : .array([.string(option.value)])
                ink[page].append(.cross(box))
            case .signature:
                values[field.name] = .some(isEmpty ? nil : true)
                if !isEmpty { ink[field.page - 1].append(.signature(field.box)) }
            case .image:
                let box = [field.box.x, field.box.y, field.box.width, field.box.height].map(JSONValue.number)
                values[field.name] =
                    isEmpty ? .some(nil) : ["box": .array(box), "page": .number(Double(field.page))]
                if !isEmpty { ink[field.page - 1].append(.drawing(field.box)) }
            case .barcode:
                guard let (code, module) = Self.barcode(field, &random) else { continue }
                values[field.name] = isEmpty ? .some(nil) : field.normalize(code).value
                if !isEmpty { ink[field.page - 1].append(.barcode(code, field.box, module: module)) }
            case .table:
                var rows: [JSONValue] = []
                for row in 0..<(isEmpty ? 0 : Int.random(in: 1...max(1, field.rows), using: &random)) {
                    let written = Self.written(row: row, of: field, &random)
                    ink[field.page - 1] += written.ink
                    if !written.values.isEmpty { rows.append(.object(written.values)) }
                }
                values[field.name] = rows.isEmpty ? .some(nil) : .array(rows)
            }
        }
        self.hand = hand
        self.ink = ink
        self.values = values
    }

    /// One row of a table, a cell in five left empty.
    private static func written(row: Int, of field: Field, _ random: inout SeededRandom) -> (
        values: [String: JSONValue], ink: [Ink]
    ) {
        var values: [String: JSONValue] = [:]
        var ink: [Ink] = []
        for cell in field.cells(inRow: row) {
            let isEmpty = Int.random(in: 0..<5, using: &random) == 0
            switch cell.kind {
            case .text, .comb:
                let whole = SpecimenText(cell, &random).text
                let text = cell.kind == .text ? fitting(whole, cell) : whole
                guard !isEmpty, !text.isEmpty, let value = cell.normalize(text).value else { continue }
                values[cell.name] = value
                ink += written(text, in: cell)
            case .checkbox where !isEmpty:
                values[cell.name] = true
                ink.append(.cross(cell.box))
            default: continue
            }
        }
        return (values, ink)
    }

    /// A number as a barcode that has room; `nil` where the place is too small for bars that a copier keeps apart.
    private static func barcode(_ field: Field, _ random: inout SeededRandom) -> (code: String, module: Double)? {
        let digits = (0..<6).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
        let own = SpecimenText(field, &random).text
        let code = field.type == .text || Code39(own) == nil ? digits : own
        guard let bars = Code39(code) else { return nil }
        // Ten modules on each side stay white.
        let module = min(0.5, field.box.width / (bars.width + 20))
        return module >= leastModule && field.box.height > 6 ? (code, module) : nil
    }

    /// Three dots at 300 dpi.
    private static let leastModule = 0.25

    /// Whether a copy can have something in the field that reading must give again.
    static func canFill(_ field: Field) -> Bool {
        guard field.kind == .barcode else { return true }
        var random = SeededRandom(seed: 1)
        return barcode(field, &random) != nil
    }

    /// Makes sums and orders right, as on a form that is filled in with care: what breaks a rule is asked about anyway.
    private static func obey(_ template: FormTemplate, _ texts: inout [String: String]) {
        for rule in template.rules {
            switch rule {
            case .sum(let parts, let total, _):
                let numbers = parts.compactMap { texts[$0].flatMap { Int($0) } }
                let isWhole = numbers.count == parts.count(where: { texts[$0]?.isEmpty == false })
                texts[total] = isWhole && !numbers.isEmpty ? String(numbers.reduce(0, +)) : ""
            case .order(let fields, _):
                let given = fields.filter { texts[$0]?.isEmpty == false }
                for (name, text) in zip(given, given.compactMap { texts[$0] }.sorted()) { texts[name] = text }
            default: break
            }
        }
    }

    /// The size of letters that fit a line of the field.
    private static func size(_ field: Field) -> Double {
        min(field.box.height / Double(max(1, field.lines)) * 0.62, 4.2)
    }

    private static func fitting(_ text: String, _ field: Field) -> String {
        let room = Int((field.box.width - 3) / (size(field) * 0.62))
        guard text.count > room else { return text }
        // Words that do not fit are not begun; a number is left out rather than cut.
        guard [.text, .place, .personName].contains(field.type) else { return "" }
        var short = ""
        for word in text.split(separator: " ") where short.count + word.count < room {
            short += (short.isEmpty ? "" : " ") + word
        }
        return short
    }

    private static func written(_ text: String, in field: Field) -> [Ink] {
        guard field.kind == .comb else {
            let pitch = field.box.height / Double(max(1, field.lines))
            return [.text(text, x: field.box.x + 1.5, y: field.box.y + pitch * 0.74, size: size(field))]
        }
        return zip(text, field.combCells).map { character, cell in
            let size = min(cell.height * 0.72, cell.width * 1.05, 5.2)
            return .text(
                String(character), x: cell.x + cell.width / 2 - size * 0.28, y: cell.y + cell.height / 2 + size * 0.36,
                size: size)
        }
    }
}
