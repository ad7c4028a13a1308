public import Forms
public import Foundation
public import Support
public import Teaching

/// A form that is being taught: what is known of it beside its package.
public struct Draft: Sendable, Hashable, Codable {
    public static let formatName = "blankett-draft/1"

    public enum Stage: String, Sendable, Hashable, Codable {
        /// The read-worker looks at the blank; after a restart it begins anew.
        case proposing
        /// A person works on it.
        case ready
        /// The blank could not be used.
        case failed
    }

    public var format = Draft.formatName
    public let id: UUIDv7
    /// Counts every change, so that two windows do not overwrite each other's.
    public var revision = 1
    public var stage = Stage.proposing
    /// Why the blank could not be used: a stable code.
    public var failure: String?
    public let createdAt: Date
    public var changedAt: Date
    public let createdBy: String
    /// The form's id and name, as they are to begin with.
    public let formID: String
    public let name: String
    /// How many files the blank is.
    public let sources: Int
    /// Of which form in force this is a new version.
    public let from: FormKey?
    /// What became of the fields of that form.
    public var changes: [FieldChange]?

    public init(
        id: UUIDv7 = UUIDv7(), formID: String, name: String, sources: Int, from: FormKey?, by person: String,
        at time: Date
    ) {
        self.id = id
        self.formID = formID
        self.name = name
        self.sources = sources
        self.from = from
        createdBy = person
        createdAt = time
        changedAt = time
    }

    /// The blank cannot be used, or what was kept of it.
    mutating func fail(_ error: any Error) {
        stage = .failed
        failure = (error as? BlankettError)?.code ?? "other"
    }
}
