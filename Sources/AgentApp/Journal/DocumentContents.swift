public import Foundation
public import Reading
import Support

/// What a document says: sealed in the journal, never in clear on disk.
public struct DocumentContents: Sendable, Hashable, Codable {
    public var reading: DocumentReading
    /// Set when a person confirmed or corrected something, or pressed Send.
    public var reviewedAt: Date?
    /// Who did that: an operator's id, or `clerk`; not known of what an older version wrote.
    public var reviewedBy: String?
    /// Who confirmed or corrected a field last, by field.
    public var decidedBy: [String: String]?
    /// Who agreed with the value that stands there now, by field, each once; the form may ask for two.
    public var agreedBy: [String: [String]]?
    /// The last decisions, the newest last.
    public var steps: [ReviewStep]?
    /// Whether it stands in the counts of its form already.
    public var isCounted: Bool?
    /// What the machine read, by field, before a person corrected it.
    public var before: [String: FieldReading]

    public init(reading: DocumentReading, reviewedAt: Date? = nil, before: [String: FieldReading] = [:]) {
        self.reading = reading
        self.reviewedAt = reviewedAt
        self.before = before
    }
}

extension JournalRows {
    /// - Throws: ``BlankettError`` `journal-damaged` when there are none or they do not open.
    func documentContents(_ id: UUIDv7) throws -> DocumentContents {
        guard let bytes = try contents(of: id, .document) else { throw BlankettError.damaged(id.description) }
        return try JSONCoding.decode(from: bytes)
    }

    func setDocumentContents(_ id: UUIDv7, _ contents: DocumentContents) throws {
        try setContents(of: id, .document, JSONCoding.encode(contents))
    }

    func pageResult(_ id: UUIDv7) throws -> PageResult? {
        try contents(of: id, .page).map { try JSONCoding.decode(from: $0) }
    }

    func note(_ action: String, _ object: UUIDv7, by actor: String = "agent", outcome: String? = nil, at time: Date)
        throws
    {
        try append(AuditEvent(time: time, actor: actor, action: action, object: object.description, outcome: outcome))
    }
}
