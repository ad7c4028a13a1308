public import Forms
public import Support

/// What the read-worker says of one image: one page of a form, or why it is none.
public struct PageResult: Sendable, Hashable, Codable {
    public enum Outcome: String, Sendable, Hashable, Codable {
        case identified
        case unknownForm = "unknown-form"
        case unknownVersion = "unknown-version"
        case blank
        /// The image could not be decoded or is too poor to register.
        case unreadable
    }

    /// The form's printed number, which its template names, is illegible or not on the picture.
    public static let numberNotSeen = "number-not-seen"
    /// Some of what is printed on the form is not on the picture, and no printed number tells the version.
    public static let printNotSeen = "print-not-seen"
    /// The page is of this version because a person says so.
    public static let versionAssigned = "version-assigned"
    /// A person says that it is of some version, and it cannot be laid on any page of it.
    public static let versionNotFitting = "version-not-fitting"

    public var source: String
    /// From 1.
    public var frame: Int
    public var outcome: Outcome
    /// A stable code such as `truncated`, `not-an-image`, `too-large`, `pdf-password`, when `unreadable`;
    /// ``versionNotFitting`` when unknown; ``numberNotSeen``, ``printNotSeen`` or ``versionAssigned`` when identified.
    public var reason: String?
    /// Of a blank page: whether there is nothing at all on it, so that it may be left out without a person.
    public var isBare: Bool?
    public var form: FormKey?
    /// From 1, when identified.
    public var page: Int?
    /// Other versions, or other forms, whose page is the same; `nil` when there are none.
    public var alternatives: [FormKey]?
    /// Where the print differs from the blank's; `nil` when nowhere, or unknown.
    public var changes: [PrintDifference]?
    /// How sure the identification is, 0...1.
    public var confidence: Double
    public var rotation: Int
    /// Mean registration error in millimetres.
    public var residual: Double?
    /// From millimetres on the blank to pixels of the scan, when identified.
    public var toScan: Homography?
    public var fields: [FieldReading]
    public var milliseconds: [String: Double]

    public init(
        source: String, frame: Int, outcome: Outcome, reason: String? = nil, isBare: Bool? = nil, form: FormKey? = nil,
        page: Int? = nil,
        alternatives: [FormKey]? = nil, changes: [PrintDifference]? = nil, confidence: Double = 0, rotation: Int = 0,
        residual: Double? = nil,
        toScan: Homography? = nil,
        fields: [FieldReading] = [], milliseconds: [String: Double] = [:]
    ) {
        self.source = source
        self.frame = frame
        self.outcome = outcome
        self.reason = reason
        self.isBare = isBare
        self.form = form
        self.page = page
        self.alternatives = alternatives
        self.changes = changes
        self.confidence = confidence
        self.rotation = rotation
        self.residual = residual
        self.toScan = toScan
        self.fields = fields
        self.milliseconds = milliseconds
    }
}
