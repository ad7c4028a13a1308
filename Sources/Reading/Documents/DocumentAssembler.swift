public import Forms
import Support

/// Puts pages together to documents, in the order they came.
///
/// A page goes to the newest document of its form that lacks this page, so that a lost page leaves one document
/// incomplete instead of moving all later ones. Where an older document lacks it too, and no number on both pages shows
/// whose it is, the document is not passed without a person. Pages whose numbers differ are never joined.
public struct DocumentAssembler: Sendable {
    static let doubtfulPage = "It is not certain that page"

    private struct Draft {
        /// What it can be a document of, likeliest first: versions may share pages, and the others decide.
        var forms: [FormKey] = []
        var pages: [PageResult]
        var doubts: [String] = []
        var isForeign = false
        var outcome: DocumentReading.Outcome = .read

        var form: FormKey? { forms.first }

        mutating func take(_ page: PageResult) {
            forms.removeAll { !page.forms.contains($0) }
            pages.append(page)
        }
    }

    private let templates: [FormKey: FormTemplate]
    private var drafts: [Draft] = []

    /// - Parameter templates: All forms that pages can be of.
    public init(templates: [FormTemplate]) {
        self.templates = Dictionary(templates.map { ($0.key, $0) }) { first, _ in first }
    }

    /// Puts all pages of a batch together.
    ///
    /// - Parameters:
    ///   - pages: In the order they were scanned or named.
    ///   - templates: All forms that pages can be of.
    /// - Returns: The documents, in the order of their first pages.
    public static func assemble(_ pages: [PageResult], templates: [FormTemplate]) -> [DocumentReading] {
        var assembler = DocumentAssembler(templates: templates)
        return pages.flatMap { assembler.add($0) } + assembler.finish()
    }

    /// Takes the next page.
    ///
    /// - Parameter page: The page.
    /// - Returns: The documents that are now complete, in order; a document waits for those before it.
    public mutating func add(_ page: PageResult) -> [DocumentReading] {
        switch page.outcome {
        case .blank: drafts.append(Draft(pages: [page], outcome: .blank))
        case .unknownForm: drafts.append(Draft(pages: [page], outcome: .unknownForm))
        case .unknownVersion: placeUnknownVersion(page)
        case .unreadable: drafts.append(Draft(pages: [page], outcome: .unreadable))
        case .identified: place(page)
        }
        var finished: [DocumentReading] = []
        while let first = drafts.first, isComplete(first) {
            finished.append(document(drafts.removeFirst()))
        }
        return finished
    }

    /// Ends the batch: what is still open is incomplete.
    public mutating func finish() -> [DocumentReading] {
        defer { drafts = [] }
        return drafts.map(document)
    }

    /// As many pages in a row as the form has are one copy, so that a person can say at once what all of it is.
    private mutating func placeUnknownVersion(_ page: PageResult) {
        if let last = drafts.indices.last, isOpen(drafts[last]), drafts[last].form == page.form {
            drafts[last].pages.append(page)
        } else {
            drafts.append(Draft(forms: page.forms, pages: [page], outcome: .unknownVersion))
        }
    }

    /// Whether it is of an unknown version, and may lack pages of its copy.
    private func isOpen(_ draft: Draft) -> Bool {
        guard draft.outcome == .unknownVersion, let form = draft.form, let template = templates[form] else {
            return false
        }
        return draft.pages.count < template.pages.count
    }

    private mutating func place(_ page: PageResult) {
        let forms = page.forms.filter { templates[$0] != nil }
        guard let form = forms.first, let number = page.page, let template = templates[form] else {
            drafts.append(Draft(pages: [page], outcome: .unknownForm))
            return
        }
        let open = drafts.indices.filter { index in
            drafts[index].outcome == .read && drafts[index].forms.contains(where: forms.contains)
                && !drafts[index].pages.contains { $0.page == number }
        }
        let links = open.map { link(between: page, and: drafts[$0], template) }
        if let sure = zip(open, links).filter({ $0.1 == .same }).last {
            drafts[sure.0].take(page)
            return
        }
        let possible = zip(open, links).filter { $0.1 == .unknown }.map(\.0)
        guard let newest = possible.last else {
            // Every document that waits for this page is another person's.
            for index in open { drafts[index].isForeign = true }
            drafts.append(Draft(forms: forms, pages: [page], isForeign: !open.isEmpty))
            return
        }
        drafts[newest].take(page)
        guard possible.count > 1 else { return }
        drafts[newest].doubts.append(
            "\(Self.doubtfulPage) \(number) \(PageDoubt.pageMisplaced.words): an earlier document lacks it too.")
        // If this was theirs, the page that they get later is another's.
        for earlier in possible.dropLast() {
            drafts[earlier].doubts.append(
                "\(Self.doubtfulPage) \(number) \(PageDoubt.pageMisplaced.words): a later document had none either.")
        }
    }

    private enum Link { case same, other, unknown }

    /// Whether numbers that should be alike on two pages are.
    private func link(between page: PageResult, and draft: Draft, _ template: FormTemplate) -> Link {
        var link = Link.unknown
        for own in page.fields {
            guard own.status == .read, let value = own.value, let field = template.field(own.name), field.isKey else {
                continue
            }
            for other in draft.pages.flatMap(\.fields) where other.status == .read && other.page != own.page {
                guard let otherValue = other.value, let otherField = template.field(other.name),
                    field.isSameKey(as: otherField)
                else { continue }
                if value != otherValue { return .other }
                link = .same
            }
        }
        return link
    }

    private func isComplete(_ draft: Draft) -> Bool {
        // Only the last one can still get pages.
        if isOpen(draft) { return drafts.count > 1 }
        guard draft.outcome == .read, let form = draft.form, let template = templates[form] else { return true }
        return Set(draft.pages.compactMap(\.page)).count == template.pages.count
    }

    private func document(_ draft: Draft) -> DocumentReading {
        let pages = draft.pages
        var sources: [String] = []
        for page in pages where !sources.contains(page.source) { sources.append(page.source) }
        var milliseconds: [String: Double] = [:]
        for page in pages { milliseconds.merge(page.milliseconds, uniquingKeysWith: +) }
        var reading = DocumentReading(
            source: sources,
            form: draft.form.map { form in
                DocumentReading.Form(
                    id: form.id, version: form.version, confidence: pages.map(\.confidence).min() ?? 0)
            },
            outcome: draft.outcome, reasons: draft.doubts,
            pages: pages.map {
                DocumentReading.Page(
                    source: $0.source, frame: $0.frame, page: $0.page, rotation: $0.rotation, residual: $0.residual,
                    changes: $0.changes)
            },
            fields: merged(pages), milliseconds: milliseconds)
        guard draft.outcome == .read, let form = draft.form, let template = templates[form] else {
            reading.reasons =
                pages.compactMap(\.reason)
                + pages.flatMap { $0.changes ?? [] }.map { "Other print: \($0.words)." }
            return reading
        }
        // In the order of the form, whatever the order of the pages.
        let places = Dictionary(template.fields.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
        reading.fields.sort { places[$0.name, default: .max] < places[$1.name, default: .max] }
        reading.pages.sort { ($0.page ?? 0) < ($1.page ?? 0) }
        if pages.contains(where: { !wasRead($0, as: template) }) {
            reading.reasons.append("\(Self.doubtfulPage) was read as the right version: \(PageDoubt.sharedPage.words).")
        }
        // Versions of one form on the same paper are one paper: the newest says how it is to be read. Another form is not.
        let twins = Set(draft.forms.map(\.id)).subtracting([form.id]).sorted()
        if !twins.isEmpty, let number = pages.lazy.compactMap(\.page).first {
            reading.reasons.append(
                "\(Self.doubtfulPage) \(number) is of this form: \(PageDoubt.sharedForm.words) \(twins.joined(separator: ", "))."
            )
        }
        for page in pages {
            guard let doubt = page.reason.flatMap(PageDoubt.init), [.numberNotSeen, .printNotSeen].contains(doubt)
            else { continue }
            let number = page.page.map(String.init) ?? "?"
            reading.reasons.append("\(Self.doubtfulPage) \(number) is of this version: \(doubt.words).")
        }
        if pages.contains(where: { $0.reason == PageResult.versionAssigned }) {
            reading.reasons.append("\(Self.doubtfulPage) is of this version: \(PageDoubt.versionAssigned.words).")
        }
        for change in pages.flatMap({ $0.changes ?? [] }) {
            reading.reasons.append(
                "\(Self.doubtfulPage) \(change.page) is of this version: \(PageDoubt.otherPrint.words) \(change.words)."
            )
        }
        reading.fields.removeAll { places[$0.name] == nil }
        if draft.isForeign {
            reading.outcome = .foreignPage
            reading.reasons.append("The pages of \(template.id) carry numbers of different persons or cases.")
        }
        return reading.assessed(by: template)
    }

    /// Whether a page was read with the very fields that a form has there: as this form, or as another that shares the page.
    private func wasRead(_ page: PageResult, as form: FormTemplate) -> Bool {
        guard page.form != form.key, let number = page.page else { return true }
        guard let other = page.form.flatMap({ templates[$0] }) else { return false }
        return other.fields(on: number) == form.fields(on: number)
    }

    /// A choice whose options stand on several pages was read once on each.
    private func merged(_ pages: [PageResult]) -> [FieldReading] {
        var fields: [FieldReading] = []
        for reading in pages.flatMap(\.fields) {
            guard let index = fields.firstIndex(where: { $0.name == reading.name }) else {
                fields.append(reading)
                continue
            }
            let (first, second) = (fields[index], reading)
            if first.value == nil {
                fields[index] = second
            } else if let a = first.value?.arrayValue, let b = second.value?.arrayValue {
                fields[index].value = .array(a + b)
                if second.status == .uncertain { fields[index].status = .uncertain }
            } else if second.value != nil {
                fields[index].status = .uncertain
                fields[index].reason = Reason.twoMarked.rawValue
            }
        }
        return fields
    }
}

extension FormTemplate {
    fileprivate func field(_ name: String) -> Field? { fields.first { $0.name == name } }

    /// What decides how a page is read, and not what fields are called.
    fileprivate func fields(on page: Int) -> Set<Field> {
        Set(
            fields.filter { field in field.page == page || field.options.contains { $0.page == page } }.map { field in
                var bare = field
                bare.label = nil
                for option in bare.options.indices { bare.options[option].label = nil }
                for column in bare.columns.indices { bare.columns[column].label = nil }
                return bare
            })
    }
}

extension Field {
    /// Whether its value names a person, an organisation or a case.
    fileprivate var isKey: Bool {
        kind == .barcode || [.personnummer, .organisationsnummer, .ocrReference].contains(type)
    }

    /// Whether it is the same number on another page: it goes to the same target, or is named alike but for a number.
    fileprivate func isSameKey(as other: Field) -> Bool {
        guard type == other.type, kind == other.kind, isKey else { return false }
        if let target, target == other.target { return true }
        return stem == other.stem
    }

    private var stem: Substring {
        let withoutNumber = Substring(name.replacing(/[-_]?\d+$/, with: ""))
        return withoutNumber.isEmpty ? Substring(name) : withoutNumber
    }
}

extension PageResult {
    /// All forms that have this very page, the likeliest first.
    fileprivate var forms: [FormKey] { (form.map { [$0] } ?? []) + (alternatives ?? []) }
}
