/// What the workflow needs of the configuration.
public struct StationSettings: Sendable, Hashable {
    /// When a document goes to the bridge without a person.
    public enum Confirm: String, Sendable, Hashable, Codable, CaseIterable {
        case automaticWhenCertain = "automatic-when-certain"
        case alwaysAsk = "always-ask"
    }

    /// The station's name; records carry it as `urn:blankett:kiosk:NAME`.
    public var name: String
    /// `sv` or `en`: the page's first language.
    public var language: String
    public var confirm: Confirm
    /// How long pages stay after the bridge has the record, or after they were discarded.
    public var keepDays: Int
    /// No batch begins with less free space than this, in bytes.
    public var diskReserve: Int
    /// How many pages are read at once.
    public var readers: Int
    public var version: String
    public var test: Bool
    public var municipality: String?
    /// After so many pages of a stack another document begins; `nil` leaves that to the forms.
    public var pagesPerDocument: Int?
    /// One certain field in so many is shown to a person all the same; 0 for none.
    public var controlSample: Int
    /// Whether lists of the values that were sent are kept, as keyed hashes: see ``ValueList``.
    public var knownValues: Bool

    public init(
        name: String, language: String = "sv", confirm: Confirm = .automaticWhenCertain, keepDays: Int = 7,
        diskReserve: Int = 256 << 20, readers: Int = 2, version: String = "0.1.0", test: Bool = false,
        municipality: String? = nil, pagesPerDocument: Int? = nil, controlSample: Int = 0,
        knownValues: Bool = true
    ) {
        self.name = name
        self.language = language
        self.confirm = confirm
        self.keepDays = keepDays
        self.diskReserve = diskReserve
        self.readers = readers
        self.version = version
        self.test = test
        self.municipality = municipality
        self.pagesPerDocument = pagesPerDocument
        self.controlSample = controlSample
        self.knownValues = knownValues
    }
}
