import AgentApp
import Forms
import Foundation
import Reading
import Support

// What the page gets to show: names and places beside what was read, so that it needs to know nothing of forms.

struct StateView: Encodable {
    var revision: Int
    /// Who is signed in; nobody where nobody needs to.
    var person: OperatorView?
    var station: StationView
    /// How many documents need a person, and how many can be sent as they are.
    var open: Int
    var ready: Int
    /// The first of them, as many as were asked for.
    var documents: [DocumentSummary]
}

/// A document in a list: no values, so that nobody who walks by reads a name.
struct DocumentSummary: Encodable {
    var id: UUIDv7
    var batch: UUIDv7
    var state: Document.State
    var outcome: DocumentReading.Outcome
    var form: LocalizedText?
    var pages: Int
    var firstPage: UUIDv7
    var doubtful: Int
    /// How many of the doubtful fields the resident left out.
    var missing: Int
    var isReady: Bool
    /// Rises with every change.
    var revision: Int
    var refusal: String?
    var scannedAt: Date

    init(_ document: Document, _ station: Station) {
        id = document.id
        batch = document.batch
        state = document.state
        outcome = document.outcome
        form = station.template(of: document)?.name ?? document.form.map { LocalizedText(["sv": $0.id]) }
        pages = document.pages.count
        firstPage = document.pages[0]
        doubtful = document.doubtful
        missing = document.missing ?? 0
        revision = document.revision
        isReady = document.isReady
        refusal = document.refusal
        scannedAt = document.scannedAt
    }
}

struct BatchPageView: Encodable {
    var revision: Int
    var batch: Batch
    var pages: [BatchView.PageView]
    var documents: [DocumentSummary]

    init(_ revision: Int, _ view: BatchView, _ station: Station) {
        self.revision = revision
        batch = view.batch
        pages = view.pages
        documents = view.documents.map { DocumentSummary($0, station) }
    }
}

struct DocumentPageView: Encodable {
    struct PageView: Encodable {
        var id: UUIDv7
        /// Which page of the form it is, when that is known.
        var page: Int?
        /// In millimetres: the picture shows exactly this much once the page was recognised.
        var width: Double?
        var height: Double?
        /// Where its print is another than the form's; in millimetres.
        var changes: [MillimetreRect]
    }

    struct OptionView: Encodable {
        var value: String
        var label: LocalizedText
    }

    struct ColumnView: Encodable {
        var name: String
        var label: LocalizedText
        var kind: Field.Kind
        var type: FieldType
    }

    struct FieldView: Encodable {
        var reading: FieldReading
        var isDoubtful: Bool
        /// Whether something is asked for that the paper does not have.
        var isMissing: Bool
        /// Whether one person has agreed and another is to do so too.
        var waitsForSecond: Bool
        /// Whether the one who has agreed is the one who looks.
        var isAgreed: Bool
        var canBeConfirmed: Bool
        /// What the machine had read, when a person changed it.
        var before: JSONValue?
        var label: LocalizedText
        var kind: Field.Kind
        var type: FieldType
        var isRequired: Bool
        var allowsSeveral: Bool
        var lines: Int
        var options: [OptionView]
        /// Of a table, with how many rows the paper has.
        var columns: [ColumnView]
        var rows: Int
    }

    var revision: Int
    var document: DocumentSummary
    var reasons: [String]
    /// Why it is not passed although its fields may be certain.
    var doubts: [PageDoubt]
    var pages: [PageView]
    var fields: [FieldView]
    /// Whether there is a decision to take back.
    var canBeTakenBack: Bool
    /// Whether the values are still here to be shown.
    var isErased: Bool

    init(_ revision: Int, _ view: DocumentView, _ station: Station) {
        self.revision = revision
        document = DocumentSummary(view.document, station)
        isErased = view.contents == nil
        reasons = view.contents?.reading.reasons ?? []
        doubts = view.contents?.reading.doubts ?? []
        let template = station.template(of: view.document)
        pages = PageView.all(of: view, station)
        canBeTakenBack = view.contents?.steps?.isEmpty == false
        fields = (view.contents?.reading.fields ?? []).map { reading in
            FieldView(reading, in: view, template?.fields.first { $0.name == reading.name })
        }
    }
}

extension DocumentPageView.PageView {
    /// The pages of a document that can be shown.
    static func all(of view: DocumentView, _ station: Station) -> [Self] {
        let template = station.template(of: view.document)
        return (view.contents?.reading.pages ?? []).compactMap { place in
            guard let id = UUIDv7(place.source) else { return nil }
            let size = place.page.flatMap { number in
                template.flatMap { $0.pages.indices.contains(number - 1) ? $0.pages[number - 1] : nil }
            }
            return Self(
                id: id, page: place.page, width: size?.width, height: size?.height,
                changes: place.changes?.map(\.box) ?? [])
        }
    }
}

extension DocumentPageView.FieldView {
    /// - Parameters:
    ///   - reading: What was read, or decided.
    ///   - view: The document.
    ///   - field: The form's; `nil` where the form is not known.
    init(_ reading: FieldReading, in view: DocumentView, _ field: Field?) {
        self.reading = reading
        isDoubtful = view.contents?.isOpen(reading, of: field) ?? false
        isMissing = reading.isMissing && isDoubtful
        waitsForSecond = view.contents?.waitsForSecond(reading, of: field) ?? false
        isAgreed = view.contents?.agreedBy?[reading.name]?.contains(Acting.person) ?? false
        canBeConfirmed = reading.canBeConfirmed
        before = view.contents?.before[reading.name]?.value
        label = field?.label ?? LocalizedText(["sv": reading.name])
        kind = field?.kind ?? .text
        type = field?.type ?? .text
        isRequired = field?.required ?? false
        allowsSeveral = field?.kind == .choice && field?.select == .any
        lines = field?.lines ?? 1
        options = (field?.options ?? []).map {
            DocumentPageView.OptionView(value: $0.value, label: $0.label ?? LocalizedText(["sv": $0.value]))
        }
        columns = (field?.columns ?? []).map {
            DocumentPageView.ColumnView(
                name: $0.name, label: $0.label ?? LocalizedText(["sv": $0.name]), kind: $0.kind, type: $0.type)
        }
        rows = field?.rows ?? 0
    }
}
