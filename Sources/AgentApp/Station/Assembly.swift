import Foundation
import Reading
import Scanning
import Support

/// Makes documents of pages that have been read, inside one transaction.
struct Assembly {
    var rules: DocumentRules
    var settings: StationSettings
    var batch: Batch
    var time: Date

    /// What became of the pages.
    struct Outcome {
        /// Whether a record went into the outbox.
        var hasQueued = false
        /// How many separator sheets were among them.
        var separators = 0
    }

    func assemble(_ pages: [Page], in rows: any JournalRows) throws -> Outcome {
        var left = Dictionary(uniqueKeysWithValues: pages.map { ($0.id.description, $0) })
        let results = try pages.map { page in
            try rows.pageResult(page.id)
                ?? PageResult(source: page.id.description, frame: 1, outcome: .unreadable, reason: "journal-damaged")
        }
        let stack = StackDivision(results, every: settings.pagesPerDocument, job: batch.job)
        var outcome = Outcome(separators: stack.separators)
        for source in stack.setAside {
            guard let page = left.removeValue(forKey: source) else { continue }
            try setAside(page, in: rows)
        }
        for reading in stack.parts.flatMap(rules.assemble) {
            // Each page counts once, whatever the assembler says.
            let own = reading.pages.compactMap { left.removeValue(forKey: $0.source) }
            if try !own.isEmpty && add(reading, own, in: rows) { outcome.hasQueued = true }
        }
        // No page disappears: what no document took is shown as a page that could not be placed.
        for page in pages where left[page.id.description] != nil {
            let reading = DocumentReading(
                source: [page.id.description], form: nil, outcome: .unreadable, reasons: ["not-assembled"],
                pages: [.init(source: page.id.description, frame: 1, page: nil)])
            if try add(reading, [page], in: rows) { outcome.hasQueued = true }
        }
        return outcome
    }

    /// A separator is a document of its own that was discarded: it stays as long as any other, and is counted.
    private func setAside(_ page: Page, in rows: any JournalRows) throws {
        var page = page
        page.document = page.id
        try rows.save(page)
        let reading = DocumentReading.separator(
            PageResult(source: page.id.description, frame: 1, outcome: .unknownForm))
        var document = Document(
            batch: batch.id, pages: [page.id], number: page.number, reading: reading, doubtful: 0,
            scannedAt: page.scannedAt, now: time)
        _ = document.handle(.discarded)
        try rows.setDocumentContents(document.id, DocumentContents(reading: reading))
        try rows.save(document)
        try rows.note("separator-set-aside", document.id, at: time)
    }

    private func add(_ reading: DocumentReading, _ pages: [Page], in rows: any JournalRows) throws -> Bool {
        // In scan order: the id is that of the page that was scanned first, whichever page of the form it is.
        let scanOrder = pages.sorted { $0.number < $1.number }
        let template = reading.form.flatMap { rules.templates[$0.key] }
        var reading = reading
        if let form = reading.form?.key {
            var tallies = FieldTallies(of: form, in: rows)
            reading = try rows.withProbation(reading, &tallies)
            if settings.knownValues { reading = try rows.withKnownValues(reading, template, &tallies) }
        }
        reading = ControlSample(share: settings.controlSample).applied(to: reading, of: scanOrder[0].id, template)
        var contents = DocumentContents(reading: reading)
        let open = rules.openFields(in: contents)
        // Whoever looks at it while it is read again sees another document afterwards.
        let revision = try rows.document(scanOrder[0].id).map { $0.revision + 1 } ?? 0
        var document = Document(
            batch: batch.id, pages: scanOrder.map(\.id), number: scanOrder[0].number, reading: reading,
            doubtful: open.doubtful, missing: open.missing, scannedAt: scanOrder[0].scannedAt, now: time,
            revision: revision)
        for var page in scanOrder {
            page.document = document.id
            try rows.save(page)
        }
        if reading.outcome == .blank, let page = scanOrder.first, batch.job.putsAside(blankPage: page.number),
            // Too little ink to read is still ink.
            try rows.pageResult(page.id)?.isBare == true
        {
            _ = document.handle(.discarded)
            try rows.note("blank-page-put-aside", document.id, outcome: batch.profile, at: time)
        }
        let isCertain = settings.confirm == .automaticWhenCertain && reading.outcome == .read && document.isReady
        if isCertain, document.handle(.confirmed) == .queue {
            if let template = rules.template(of: document) {
                try rows.count(contents, as: template, seconds: nil, listedAt: settings.knownValues ? time : nil)
                contents.isCounted = true
            }
            try Record.queue(document, contents, rules: rules, settings: settings, in: rows, at: time)
        }
        try rows.setDocumentContents(document.id, contents)
        try rows.save(document)
        try rows.note("document-made", document.id, outcome: reading.outcome.rawValue, at: time)
        return document.state == .queued
    }
}
