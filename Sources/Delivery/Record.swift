public import Forms
public import Foundation
public import Reading
public import Support

/// What the bridge stores and the case system polls: a CloudEvents 1.0 envelope around one document.
public struct Record: Sendable, Hashable, Codable {
    public var specversion: String
    public var id: UUIDv7
    /// `urn:blankett:kiosk:NAME`.
    public var source: String
    public var type: String
    public var time: Date
    /// The form's id.
    public var subject: String
    public var dataschema: String?
    public var datacontenttype: String
    public var data: Contents

    public init(
        id: UUIDv7, source: String, time: Date, subject: String, dataschema: String? = nil, data: Contents
    ) {
        specversion = "1.0"
        self.id = id
        self.source = source
        type = "se.blankett.record.v1"
        self.time = time
        self.subject = subject
        self.dataschema = dataschema
        datacontenttype = "application/json"
        self.data = data
    }

    public struct Contents: Sendable, Hashable, Codable {
        public var form: Form
        /// When the paper was scanned; never changes.
        public var receivedAt: Date
        public var test: Bool
        public var municipalityId: String?
        /// A field reading with the printed label.
        public var fields: [RecordField]
        /// The document that the case system wants, made by the fields' targets.
        public var document: JSONValue
        public var pages: [Page]
        public var review: Review
        public var agent: Agent

        public init(
            form: Form, receivedAt: Date, test: Bool = false, municipalityId: String? = nil, fields: [RecordField],
            document: JSONValue, pages: [Page], review: Review, agent: Agent
        ) {
            self.form = form
            self.receivedAt = receivedAt
            self.test = test
            self.municipalityId = municipalityId
            self.fields = fields
            self.document = document
            self.pages = pages
            self.review = review
            self.agent = agent
        }
    }

    public struct Form: Sendable, Hashable, Codable {
        public var type: String
        public var version: Int
        public var name: String
        public var language: String

        public init(type: String, version: Int, name: String, language: String = "sv") {
            self.type = type
            self.version = version
            self.name = name
            self.language = language
        }
    }

    public struct Page: Sendable, Hashable, Codable {
        /// From 1: the page of the form.
        public var number: Int
        /// 64 lower-case hexadecimal digits.
        public var sha256: String
        public var mediaType: String
        public var widthPx: Int
        public var heightPx: Int
        public var dpi: Int

        public init(number: Int, sha256: String, mediaType: String, widthPx: Int, heightPx: Int, dpi: Int) {
            self.number = number
            self.sha256 = sha256
            self.mediaType = mediaType
            self.widthPx = widthPx
            self.heightPx = heightPx
            self.dpi = dpi
        }
    }

    public struct Review: Sendable, Hashable, Codable {
        public enum State: String, Sendable, Hashable, Codable { case automatic, human }
        public var state: State
        public var by: String?
        public var at: Date?

        public init(state: State, by: String? = nil, at: Date? = nil) {
            self.state = state
            self.by = by
            self.at = at
        }
    }

    public struct Agent: Sendable, Hashable, Codable {
        public var id: String
        public var version: String
        public var profile: String?

        public init(id: String, version: String, profile: String? = nil) {
            self.id = id
            self.version = version
            self.profile = profile
        }
    }
}

/// One field of a record: a field reading with the words that stand on the form.
public struct RecordField: Sendable, Hashable, Codable {
    public var name: String
    public var label: String
    public var type: String
    public var value: JSONValue?
    public var raw: String?
    public var confidence: Double
    public var status: FieldReading.Status
    public var confirmedBy: String?
    public var page: Int
    public var box: MillimetreRect
    public var checks: [String]

    public init(_ reading: FieldReading, label: String, type: FieldType, confirmedBy: String? = nil) {
        name = reading.name
        self.label = label
        self.type = type.rawValue
        value = reading.value
        raw = reading.raw
        confidence = reading.confidence
        status = reading.status
        self.confirmedBy = confirmedBy
        page = reading.page
        box = reading.box
        checks = reading.checks
    }
}
