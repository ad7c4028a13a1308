public import Forms
public import Foundation
public import Reading
public import Support
public import Teaching

/// What somebody sends to begin a draft: files, or pages that were scanned.
public struct DraftWish: Sendable, Decodable {
    public var id: String?
    public var name: String?
    public var files: [TeachingFile]?
    public var pages: [UUIDv7]?
    public var from: FormKey?

    public init(
        id: String? = nil, name: String? = nil, files: [TeachingFile]? = nil, pages: [UUIDv7]? = nil,
        from: FormKey? = nil
    ) {
        self.id = id
        self.name = name
        self.files = files
        self.pages = pages
        self.from = from
    }
}

/// A file out of a browser.
public struct TeachingFile: Sendable, Hashable, Codable {
    /// Is shown and made a form's id of, never a path.
    public var name: String
    public var content: Data

    public init(name: String, content: Data) {
        self.name = name
        self.content = content
    }
}

/// A draft in a list.
public struct DraftSummary: Sendable, Hashable, Encodable {
    public var id: UUIDv7
    public var stage: Draft.Stage
    public var failure: String?
    public var formID: String
    public var name: LocalizedText
    public var version: Int
    public var fields: Int
    public var pages: Int
    public var changedAt: Date
    public var standing: CertificateStanding
}

/// A draft and all that is needed to work on it.
public struct DraftView: Sendable, Encodable {
    public struct Problem: Sendable, Hashable, Encodable {
        /// Where in the form, such as `fields[3].box`.
        public var path: String
        /// English.
        public var message: String
        public var advice: String
    }

    /// How far the self-test is.
    public struct Progress: Sendable, Hashable, Encodable {
        public var done: Int
        public var of: Int
    }

    public var draft: Draft
    /// As in the file of a form package; `nil` while there is none.
    public var form: JSONValue?
    /// The JSON Schema of what the form gives.
    public var schema: JSONValue?
    public var problems: [Problem]
    public var standing: CertificateStanding
    public var certificate: Certificate?
    public var progress: Progress?
    /// Why the last self-test did not come to its end: a stable code.
    public var certifyFailure: String?
    /// The highest version of this form in force; 0 where there is none.
    public var inForce: Int
}

/// What was read of a filled page with a form that is being taught.
///
/// It is told and not kept: the page may be a person's.
public struct TrialView: Sendable, Encodable {
    public struct PageView: Sendable, Encodable {
        public var result: PageResult
        /// A JPEG at 150 dpi, on the blank where the form was recognised.
        public var picture: Data?
    }

    public var pages: [PageView]
    /// One for each document that the pages make.
    public var documents: [DocumentReading]
}

/// A scanned page that a form can be taught from, or tried with.
public struct PageAtHand: Sendable, Hashable, Encodable {
    public var id: UUIDv7
    public var batch: UUIDv7
    public var number: Int
    public var scannedAt: Date
    public var state: Page.State
    /// What it was found to be.
    public var outcome: PageResult.Outcome?
    public var form: FormKey?
}
