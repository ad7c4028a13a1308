public import Support

/// A form as it was taught: what `form.json5` says, checked.
///
/// Lengths are millimetres on the blank page.
public struct FormTemplate: Sendable, Hashable {
    public var id: String
    /// From 1, rising.
    public var version: Int
    public var name: LocalizedText
    public var pages: [Page]
    public var identification: Identification
    /// Share of wrong fields among those passed without review, 0...1.
    public var errorTarget: Double
    public var fields: [Field]
    public var rules: [Rule]
    public var output: Output?

    public init(
        id: String, version: Int, name: LocalizedText, pages: [Page], identification: Identification = .init(),
        errorTarget: Double = 0.001, fields: [Field], rules: [Rule] = [], output: Output? = nil
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.pages = pages
        self.identification = identification
        self.errorTarget = errorTarget
        self.fields = fields
        self.rules = rules
        self.output = output
    }

    public var key: FormKey { FormKey(id: id, version: version) }

    public struct Page: Sendable, Hashable, Codable {
        /// File name inside the package.
        public var image: String
        public var width: Double
        public var height: Double

        public init(image: String, width: Double, height: Double) {
            self.image = image
            self.width = width
            self.height = height
        }
    }

    /// What names the form on the paper itself; where both are `nil` the layout decides.
    public struct Identification: Sendable, Hashable, Codable {
        public var text: String?
        /// A regular expression for the whole content of a barcode.
        public var barcode: String?

        public init(text: String? = nil, barcode: String? = nil) {
            self.text = text
            self.barcode = barcode
        }
    }

    public struct Output: Sendable, Hashable, Codable {
        /// File name of a JSON Schema inside the package.
        public var schema: String?
        /// JSON Pointer to value.
        public var constants: [String: JSONValue]

        public init(schema: String? = nil, constants: [String: JSONValue] = [:]) {
            self.schema = schema
            self.constants = constants
        }
    }
}

/// A form's identity: id and version.
public struct FormKey: Hashable, Sendable, Codable, CustomStringConvertible, Comparable {
    public var id: String
    public var version: Int

    public init(id: String, version: Int) {
        self.id = id
        self.version = version
    }

    public var description: String { "\(id) version \(version)" }
    public static func < (left: Self, right: Self) -> Bool { (left.id, left.version) < (right.id, right.version) }
}

/// The same words in several languages: `{ sv: "Namn", en: "Name" }`.
public struct LocalizedText: Sendable, Hashable, Codable, ExpressibleByStringLiteral {
    /// Language code to text.
    public var texts: [String: String]

    public init(_ texts: [String: String]) {
        self.texts = texts
    }

    public init(stringLiteral value: String) {
        texts = ["sv": value]
    }

    /// The text in `language`, else Swedish, else any; empty when there is none.
    public func text(in language: String) -> String {
        texts[language] ?? texts["sv"] ?? texts.sorted { $0.key < $1.key }.first?.value ?? ""
    }

    /// A plain string in a file counts as Swedish.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let one = try? container.decode(String.self) {
            texts = ["sv": one]
        } else {
            texts = try container.decode([String: String].self)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(texts)
    }
}
