/// Why a document is not passed although its fields may all be certain.
public enum PageDoubt: String, Sendable, Hashable, Codable, CaseIterable {
    /// A page may be another document's.
    case pageMisplaced = "page-misplaced"
    /// The number that is printed on the form is not on the picture.
    case numberNotSeen = "number-not-seen"
    /// Some of what is printed on the form is not on the picture.
    case printNotSeen = "print-not-seen"
    /// Somewhere other print stands than on the form.
    case otherPrint = "other-print"
    /// A page is the same in several versions, and this document's others do not tell.
    case sharedPage = "shared-page"
    /// All its pages are the same in forms of other ids.
    case sharedForm = "shared-form"
    /// A person said which version it is.
    case versionAssigned = "version-assigned"

    /// How the assembler's sentence goes on.
    var words: String {
        switch self {
        case .pageMisplaced: "belongs here"
        case .numberNotSeen: "the number that is printed on it was not seen"
        case .printNotSeen: "some of its print is not on the picture"
        case .otherPrint: "other print stands on"
        case .sharedPage: "it is the same in several"
        case .sharedForm: "the same is printed on"
        case .versionAssigned: "a person said so"
        }
    }
}

extension DocumentReading {
    /// What its ``reasons`` say of its pages, each once.
    public var doubts: [PageDoubt] {
        let sentences = pageDoubts
        return PageDoubt.allCases.filter { doubt in sentences.contains { $0.contains(doubt.words) } }
    }
}
