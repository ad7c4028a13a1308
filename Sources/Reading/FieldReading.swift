public import Support

/// What was read of one field, and how sure that is.
public struct FieldReading: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// Certain.
        case read
        /// A value is proposed; a person decides.
        case uncertain
        /// There is no ink beyond the blank's.
        case empty
        /// There is ink, but it reads as nothing.
        case unreadable
        /// A clerk agreed with the proposal.
        case confirmed
        /// A clerk gave another value.
        case corrected
    }

    public struct Candidate: Sendable, Hashable, Codable {
        public var text: String
        /// 0...1.
        public var confidence: Double
        public var reader: String

        public init(text: String, confidence: Double, reader: String) {
            self.text = text
            self.confidence = confidence
            self.reader = reader
        }
    }

    /// One cell of a comb.
    public struct Cell: Sendable, Hashable, Codable {
        public var text: String
        /// 0...1, calibrated.
        public var confidence: Double
        /// What each reader took it for.
        public var readers: [Candidate]
        /// Whether it touched a neighbour and was parted from it.
        public var isParted: Bool
    }

    public var name: String
    /// In the normal form of the field's type; `nil` when nothing was read.
    public var value: JSONValue?
    /// What stood on the paper.
    public var raw: String?
    /// 0...1, calibrated.
    public var confidence: Double
    public var status: Status
    public var page: Int
    public var box: MillimetreRect
    /// Such as `luhn:ok`.
    public var checks: [String]
    public var readers: [String]
    /// Why a person should look: a stable code such as `readers-differ`, `check-digit`, `two-marked`, `required-missing`.
    public var reason: String?
    public var candidates: [Candidate]?
    /// For a comb of digits, cell by cell; only among the pictures of `--debug`.
    public var cells: [Cell]?

    public init(
        name: String, value: JSONValue? = nil, raw: String? = nil, confidence: Double, status: Status, page: Int,
        box: MillimetreRect, checks: [String] = [], readers: [String] = [], reason: String? = nil,
        candidates: [Candidate]? = nil
    ) {
        self.name = name
        self.value = value
        self.raw = raw
        self.confidence = confidence
        self.status = status
        self.page = page
        self.box = box
        self.checks = checks
        self.readers = readers
        self.reason = reason
        self.candidates = candidates
    }
}
