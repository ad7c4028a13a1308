import Delivery
import Forms
import Foundation
import Reading
import Support

typealias Record = Delivery.Record

extension Record {
    /// Makes the record of a confirmed document, and puts it into the outbox.
    ///
    /// Its bytes are made once: every try sends the same, so the bridge can tell a repeat from a change.
    static func queue(
        _ document: Document, _ contents: DocumentContents, rules: DocumentRules, settings: StationSettings,
        in rows: any JournalRows, at time: Date
    ) throws {
        guard let form = document.form else { throw BlankettError.notNow }
        let reading = contents.reading
        let template = rules.template(of: document)
        // An operator's id is theirs alone; a clerk is one of those at this station.
        func name(_ person: String?) -> String {
            person.flatMap { $0 == "clerk" ? nil : $0 } ?? "clerk@\(settings.name)"
        }
        let pages = try reading.pages.enumerated().map { index, place in
            guard let id = UUIDv7(place.source), let page = try rows.page(id) else {
                throw BlankettError.damaged(place.source)
            }
            return Record.Page(
                number: place.page ?? index + 1, sha256: page.sha256, mediaType: page.mediaType, widthPx: page.width,
                heightPx: page.height, dpi: page.resolution)
        }
        let fields = reading.fields.map { field in
            let known = template?.fields.first { $0.name == field.name }
            let isByHand = field.status == .confirmed || field.status == .corrected
            return RecordField(
                field, label: known?.label?.text(in: "sv") ?? field.name, type: known?.type ?? .text,
                confirmedBy: isByHand ? name(contents.decidedBy?[field.name] ?? contents.reviewedBy) : nil)
        }
        let review =
            contents.reviewedAt.map { Record.Review(state: .human, by: name(contents.reviewedBy), at: $0) }
            ?? Record.Review(state: .automatic)
        let record = Record(
            id: document.id, source: "urn:blankett:kiosk:\(settings.name)", time: time, subject: form.id,
            data: Record.Contents(
                form: .init(type: form.id, version: form.version, name: template?.name.text(in: "sv") ?? form.id),
                receivedAt: document.scannedAt, test: settings.test, municipalityId: settings.municipality,
                fields: fields, document: reading.data, pages: pages, review: review,
                agent: .init(
                    id: settings.name, version: settings.version, profile: try rows.batch(document.batch)?.profile)))
        try rows.setContents(of: document.id, .record, JSONCoding.encode(record))
        try rows.save(OutboxEntry(document: document.id, queuedAt: time))
    }
}
