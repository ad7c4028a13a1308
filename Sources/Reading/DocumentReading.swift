public import Forms
public import Support

/// What was read of one document: what `blankett read --json` prints, one line each.
public struct DocumentReading: Sendable, Hashable, Codable {
    public struct Form: Sendable, Hashable, Codable {
        public var id: String
        public var version: Int
        public var confidence: Double

        public init(id: String, version: Int, confidence: Double) {
            self.id = id
            self.version = version
            self.confidence = confidence
        }

        public var key: FormKey { FormKey(id: id, version: version) }
    }

    public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
        case read
        case needsReview = "needs-review"
        case unknownForm = "unknown-form"
        case unknownVersion = "unknown-version"
        /// A page is missing.
        case incomplete
        case foreignPage = "foreign-page"
        case blank
        case unreadable
    }

    public struct Page: Sendable, Hashable, Codable {
        public var source: String
        /// From 1: which image inside the source.
        public var frame: Int
        /// From 1: which page of the form; `nil` when it is not known.
        public var page: Int?
        /// By how many degrees the scan stood turned clockwise: 0, 90, 180 or 270.
        public var rotation: Int
        /// Mean registration error in millimetres.
        public var residual: Double?
        /// Where the print differs from the blank's; `nil` when nowhere, or unknown.
        public var changes: [PrintDifference]?

        public init(
            source: String, frame: Int, page: Int?, rotation: Int = 0, residual: Double? = nil,
            changes: [PrintDifference]? = nil
        ) {
            self.source = source
            self.frame = frame
            self.page = page
            self.rotation = rotation
            self.residual = residual
            self.changes = changes
        }
    }

    public var source: [String]
    public var form: Form?
    public var outcome: Outcome
    /// Why, in words, when the outcome is not `read`: such as which page is missing.
    ///
    /// English, and without contents of the form.
    public var reasons: [String]
    public var pages: [Page]
    public var fields: [FieldReading]
    public var data: JSONValue
    public var milliseconds: [String: Double]

    public init(
        source: [String], form: Form?, outcome: Outcome, reasons: [String] = [], pages: [Page],
        fields: [FieldReading] = [], data: JSONValue = [:], milliseconds: [String: Double] = [:]
    ) {
        self.source = source
        self.form = form
        self.outcome = outcome
        self.reasons = reasons
        self.pages = pages
        self.fields = fields
        self.data = data
        self.milliseconds = milliseconds
    }
}
