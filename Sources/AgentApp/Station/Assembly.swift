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

    /// - Returns: Whether a record went into the outbox.
    func assemble(_ pages: [Page], in rows: any JournalRows) throws -> Bool {
        var left = Dictionary(uniqueKeysWithValues: pages.map { ($0.id.description, $0) })
        let results = try pages.map { page in
            try rows.pageResult(page.id)
                ?? PageResult(source: page.id.description, frame: 1, outcome: .unreadable, reason: "journal-damaged")
        }
        var hasQueued = false
        for reading in rules.assemble(results) {
            // Each page counts once, whatever the assembler says.
            let own = reading.pages.compactMap { left.removeValue(forKey: $0.source) }
            if try !own.isEmpty && add(reading, own, in: rows) { hasQueued = true }
        }
        // No page disappears: what no document took is shown as a page that could not be placed.
        for page in pages where left[page.id.description] != nil {
            let reading = DocumentReading(
                source: [page.id.description], form: nil, outcome: .unreadable, reasons: ["not-assembled"],
                pages: [.init(source: page.id.description, frame: 1, page: nil)])
            if try add(reading, [page], in: rows) { hasQueued = true }
        }
        return hasQueued
    }

    private func add(_ reading: DocumentReading, _ pages: [Page], in rows: any JournalRows) throws -> Bool {
        // In scan order: the id is that of the page that was scanned first, whichever page of the form it is.
        let scanOrder = pages.sorted { $0.number < $1.number }
        var document = Document(
            batch: batch.id, pages: scanOrder.map(\.id), number: scanOrder[0].number, reading: reading,
            doubtful: rules.doubtful(in: reading), scannedAt: scanOrder[0].scannedAt, now: time)
        let contents = DocumentContents(reading: reading)
        for var page in scanOrder {
            page.document = document.id
            try rows.save(page)
        }
        try rows.setDocumentContents(document.id, contents)
        if reading.outcome == .blank, let page = scanOrder.first, batch.job.putsAside(blankPage: page.number),
            // Too little ink to read is still ink.
            try rows.pageResult(page.id)?.isBare == true
        {
            _ = document.handle(.discarded)
            try rows.note("blank-page-put-aside", document.id, outcome: batch.profile, at: time)
        }
        let isCertain = settings.confirm == .automaticWhenCertain && reading.outcome == .read && document.isReady
        if isCertain, document.handle(.confirmed) == .queue {
            try Record.queue(document, contents, rules: rules, settings: settings, in: rows, at: time)
        }
        try rows.save(document)
        try rows.note("document-made", document.id, outcome: reading.outcome.rawValue, at: time)
        return document.state == .queued
    }
}
