public import Forms
import Support

/// A form package that is proposed: what is known of each page and its fields, with names that are unique.
public struct FormDraft: Sendable {
    public var id: String
    public var version: Int
    public var name: String
    public var pages: [Page]
    public var fields: [Field]
    /// Codes that are printed on the blank pages.
    public var barcodes: [String]

    public struct Page: Sendable, Hashable {
        public var width: Double
        public var height: Double

        public init(width: Double, height: Double) {
            self.width = width
            self.height = height
        }
    }

    /// Finds the fields of blank pages.
    ///
    /// - Parameters:
    ///   - id: Of the form.
    ///   - name: What people call it; the largest words on the first page where it is empty.
    ///   - pages: In order.
    public init(id: String, name: String = "", pages: [PrintedPage]) {
        self.id = id
        version = 1
        self.name = name.isEmpty ? pages.first.map(Self.title) ?? id : name
        self.pages = pages.map { Page(width: $0.width.rounded(to: 2), height: $0.height.rounded(to: 2)) }
        barcodes = pages.flatMap { $0.barcodes.map(\.text) }
        var names = FieldNames()
        fields = pages.enumerated().flatMap { index, page in
            FieldFinder.fields(of: page).map { $0.field(page: index + 1, bounds: page, names: &names) }
        }
        if self.name.isEmpty { self.name = id }
    }

    /// The largest words in the upper third.
    private static func title(of page: PrintedPage) -> String {
        page.lines.filter { $0.box.maxY < page.height / 3 && $0.text.count(where: \.isLetter) > 5 && $0.box.height < 9 }
            .max { $0.box.height < $1.box.height }?.text ?? ""
    }

    /// What names the form on the paper: the codes that are printed on its blank, if there are any.
    public var identification: FormTemplate.Identification {
        let codes = Set(barcodes.filter { !$0.isEmpty && $0.count <= 100 }).sorted()
        guard (1...16).contains(codes.count) else { return .init() }
        return .init(barcode: codes.map(Self.literally).joined(separator: "|"))
    }

    /// The regular expression for exactly this text.
    private static func literally(_ text: String) -> String {
        text.map { "\\.^$*+?()[]{}|/".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    /// The template that the package would hold.
    public var template: FormTemplate {
        FormTemplate(
            id: id, version: version, name: LocalizedText(["sv": name]),
            pages: pages.enumerated().map { .init(image: "page-\($0 + 1).png", width: $1.width, height: $1.height) },
            identification: identification, fields: fields)
    }
}

/// Names for fields, each given once.
public struct FieldNames {
    private var taken: Set<String> = []

    public init() {}

    /// A name made of a label: lower case letters a to z, digits and hyphens.
    public mutating func name(for label: String, or fallback: String) -> String {
        let base = Self.slug(label, longest: 40)
        let first = base.first.map { $0.isLetter } ?? false
        return unique(first ? base : base.isEmpty ? fallback : "\(fallback.prefix(20))-\(base)")
    }

    mutating func unique(_ base: String) -> String {
        var name = base
        var number = 2
        while !taken.insert(name).inserted {
            name = "\(base)-\(number)"
            number += 1
        }
        return name
    }

    public static func slug(_ text: String, longest: Int) -> String {
        var words: [String] = []
        var length = 0
        let plain = text.replacing(/\([^)]*\)?/, with: " ").lowercased().map { Self.plain[$0] ?? String($0) }.joined()
        for word in plain.split(whereSeparator: { !$0.isASCII || !($0.isLetter || $0.isNumber) }) {
            if length + word.count + 1 > longest, !words.isEmpty { break }
            // A number before the words is the field's number on the paper.
            if words.isEmpty && word.allSatisfy(\.isNumber) { continue }
            words.append(String(word.prefix(longest)))
            length += word.count + 1
        }
        return words.joined(separator: "-")
    }

    private static let plain: [Character: String] = [
        "å": "a", "ä": "a", "ö": "o", "é": "e", "ü": "u", "æ": "a", "ø": "o",
    ]
}

extension Proposal {
    /// `nil` where nothing readable is printed.
    private static func text(_ label: String) -> LocalizedText? {
        let words = PrintedLabel(label).words
        return words.contains(where: \.isLetter) || words.contains(where: \.isNumber)
            ? LocalizedText(["sv": words]) : nil
    }

    /// The field of a template.
    func field(page: Int, bounds: PrintedPage, names: inout FieldNames) -> Field {
        let box = box.within(bounds).rounded
        let fallback = "\(kind == .text ? "falt" : kind.rawValue)-\(page)"
        var field = Field(
            name: names.name(for: PrintedLabel(label).words, or: fallback), label: Self.text(label), page: page,
            kind: kind, type: type, box: box)
        field.lines = lines
        field.cells = kind == .comb ? cells : 0
        field.cellBoxes = cellBoxes?.map { $0.within(bounds).rounded }
        field.select = select
        field.rows = rows
        var columnNames = FieldNames()
        field.columns = columns.map { column in
            Field.Column(
                name: columnNames.name(for: column.label, or: "kolumn"), label: Self.text(column.label),
                type: column.type, x: column.x.rounded(to: 2), width: column.width.rounded(to: 2))
        }
        var values = FieldNames()
        field.options = options.map { option in
            Field.Option(
                value: values.name(for: option.label, or: "val"),
                label: Self.text(option.label), box: option.box.within(bounds).rounded)
        }
        return field
    }
}

extension MillimetreRect {
    /// To hundredths of a millimetre.
    var rounded: MillimetreRect {
        MillimetreRect(
            x: x.rounded(to: 2), y: y.rounded(to: 2), width: width.rounded(to: 2), height: height.rounded(to: 2))
    }

    func within(_ page: PrintedPage) -> MillimetreRect {
        MillimetreRect(left: max(0, x), top: max(0, y), right: min(page.width, maxX), bottom: min(page.height, maxY))
    }
}

extension Double {
    func rounded(to digits: Int) -> Double {
        var factor = 1.0
        for _ in 0..<digits { factor *= 10 }
        return (self * factor).rounded() / factor
    }
}
