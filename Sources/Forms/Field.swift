public import Support

/// One field of a form: where it is, how it is marked on paper, and what it means.
public struct Field: Sendable, Hashable {
    /// How the field is marked on paper.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case text, comb, checkbox, choice, barcode, signature, image, table
    }

    public enum Review: String, Sendable, Hashable, Codable, CaseIterable {
        case always, whenUncertain = "when-uncertain", never
        /// Always, and by two different people.
        case twoPeople = "two-people"

        /// Whether a person looks whatever was read.
        public var isAlways: Bool { self == .always || self == .twoPeople }
    }

    /// What a mark that was filled over means.
    public enum Correction: String, Sendable, Hashable, Codable, CaseIterable {
        case none, filledMeansUndone = "filled-means-undone"
    }

    public enum Writing: String, Sendable, Hashable, Codable, CaseIterable {
        case any, print, handPrint = "hand-print", handwriting
    }

    public enum Select: String, Sendable, Hashable, Codable, CaseIterable { case one, any }

    public struct Option: Sendable, Hashable, Codable {
        public var value: String
        public var label: LocalizedText?
        /// Where its box is, for `choice`; `nil` for the words of a `code`.
        public var box: MillimetreRect?
        /// From 1; `nil` means the field's own page.
        public var page: Int?

        public init(value: String, label: LocalizedText? = nil, box: MillimetreRect? = nil, page: Int? = nil) {
            self.value = value
            self.label = label
            self.box = box
            self.page = page
        }
    }

    public struct Column: Sendable, Hashable, Codable {
        public var name: String
        public var label: LocalizedText?
        public var kind: Kind
        public var type: FieldType
        /// From the table's left edge.
        public var x: Double
        public var width: Double
        /// For `comb`.
        public var cells: Int?

        public init(
            name: String, label: LocalizedText? = nil, kind: Kind = .text, type: FieldType = .text, x: Double,
            width: Double, cells: Int? = nil
        ) {
            self.name = name
            self.label = label
            self.kind = kind
            self.type = type
            self.x = x
            self.width = width
            self.cells = cells
        }
    }

    public var name: String
    public var label: LocalizedText?
    /// From 1.
    public var page: Int
    public var kind: Kind
    public var type: FieldType
    /// For `choice` it may be left out: then it is the smallest box around the options.
    public var box: MillimetreRect
    public var required: Bool
    public var review: Review
    public var target: JSONPointer?

    public var writing: Writing
    /// For `text`: how many lines fit.
    public var lines: Int
    /// For `comb`: how many cells.
    public var cells: Int
    /// For `comb`: where each cell is, when they are not simply the box divided.
    public var cellBoxes: [MillimetreRect]?
    public var select: Select
    /// For `choice` and `code`.
    public var options: [Option]
    /// For `code`: a list file inside the package, one value a line; loading puts its words into ``options`` too.
    public var list: String?
    public var correction: Correction
    /// For `table`.
    public var rows: Int
    public var columns: [Column]

    public init(
        name: String, label: LocalizedText? = nil, page: Int, kind: Kind, type: FieldType = .text, box: MillimetreRect,
        required: Bool = false, review: Review = .whenUncertain, target: JSONPointer? = nil, writing: Writing = .any,
        lines: Int = 1, cells: Int = 0, cellBoxes: [MillimetreRect]? = nil, select: Select = .one,
        options: [Option] = [], list: String? = nil, correction: Correction = .none, rows: Int = 0,
        columns: [Column] = []
    ) {
        self.name = name
        self.label = label
        self.page = page
        self.kind = kind
        self.type = type
        self.box = box
        self.required = required
        self.review = review
        self.target = target
        self.writing = writing
        self.lines = lines
        self.cells = cells
        self.cellBoxes = cellBoxes
        self.select = select
        self.options = options
        self.list = list
        self.correction = correction
        self.rows = rows
        self.columns = columns
    }

    /// Where the value goes in the document that is handed on: the target, else the name at the root.
    public var place: JSONPointer { target ?? JSONPointer(tokens: [name]) }

    /// Where each character's cell is: explicit boxes, or the box divided evenly.
    public var combCells: [MillimetreRect] {
        if let cellBoxes { return cellBoxes }
        guard cells > 0 else { return [] }
        let width = box.width / Double(cells)
        return (0..<cells).map {
            MillimetreRect(x: box.x + Double($0) * width, y: box.y, width: width, height: box.height)
        }
    }
}

/// What a field's value means; decides its normal form and its checks.
public enum FieldType: String, Sendable, Hashable, Codable, CaseIterable {
    case text, digits, integer, decimal, amount, date, time, personnummer, organisationsnummer, postnummer, phone
    case email, bankgiro, plusgiro, ocrReference = "ocr-reference", iban, personName = "person-name", place, code
    case boolean
}

/// A rule across fields of one document.
public enum Rule: Sendable, Hashable {
    /// The dates or times (or numbers) stand in rising order; equal is allowed.
    case order(fields: [String], message: LocalizedText?)
    /// The parts add up to `total`.
    case sum(parts: [String], total: String, message: LocalizedText?)
    /// At least one of the fields has a value.
    case anyOf(fields: [String], message: LocalizedText?)
    /// If `field` has one of `values` (any value when `nil`), the fields in `then` have a value.
    case requires(field: String, values: [JSONValue]?, then: [String], message: LocalizedText?)
}
