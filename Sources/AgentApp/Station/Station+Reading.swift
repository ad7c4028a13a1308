import Foundation
import Reading
import Support

extension Station {
    /// Reads journalled pages for as long as the agent runs, as many at once as the settings say.
    func readPages() async {
        while !Task.isCancelled {
            let seen = toRead.count
            let waiting = await attempt("reading") {
                try await self.assembleWhatIsRead()
                return try await journal.transaction { try $0.pages(in: .journalled, limit: 32) }
            }
            guard let waiting else { continue }
            if waiting.isEmpty {
                await toRead.wait(after: seen)
                continue
            }
            await withTaskGroup(of: Bool.self) { group in
                var pages = waiting[...]
                func startNext() {
                    guard let page = pages.popFirst(), !Task.isCancelled else { return }
                    group.addTask { await self.attempt("reading") { try await self.read(page) } != nil }
                }
                for _ in 0..<max(1, settings.readers) { startNext() }
                for await isDone in group where isDone { startNext() }
            }
        }
    }

    private func read(_ page: Page) async throws {
        let result: PageResult
        var preview: [UInt8]?
        do {
            let bytes = try await journal.read(.page(page.id))
            // A page that kills its worker comes back as unreadable. What is thrown says that no worker can be had at
            // all: then the page stays where it is, and is tried again.
            let pages = try await reader.read(
                bytes, source: page.id.description,
                options: ReadOptions(form: page.form, version: page.version, preview: true))
            result = pages.count == 1 ? pages[0].result : .unreadable(page, reason: "several-images")
            preview = pages.count == 1 ? pages[0].preview : nil
        } catch let error as BlankettError where error.code == "journal-damaged" {
            result = .unreadable(page, reason: error.code)
        }
        // A picture can be done without: where the disk is nearly full, the rest is for pages and records.
        if let preview, try await journal.freeSpace() > settings.diskReserve / 2 {
            try await journal.write(preview, to: .preview(page.id))
        }

        let time = now()
        try await journal.transaction { rows in
            // It may have been superseded meanwhile.
            guard var current = try rows.page(page.id), current.state == .journalled else { return }
            current.state = .read
            try rows.save(current)
            try rows.setContents(of: page.id, .page, JSONCoding.encode(result))
            try rows.note("page-read", page.id, outcome: result.outcome.rawValue, at: time)
        }
        readPageViews[page.id] = nil
        pagesRead += 1
        changes.ring()
        try await assembleWhatIsRead()
    }

    /// Makes documents of batches, and of documents that are read again, whose pages have all been read.
    ///
    /// One transaction for each: its documents exist with their records in the outbox, or nothing has happened.
    func assembleWhatIsRead() async throws {
        let time = now()
        let (settings, rules) = (settings, rules)
        let hasQueued = try await journal.transaction { rows in
            var hasQueued = false
            for var batch in try rows.batches(in: [.reading], limit: .max) {
                let pages = try rows.pages(in: batch.id)
                guard pages.allSatisfy({ $0.state != .journalled }) else { continue }
                guard batch.handle(.everyPageRead) == .assemble else { continue }
                let assembly = Assembly(rules: rules, settings: settings, batch: batch, time: time)
                let outcome = try assembly.assemble(pages, in: rows)
                if outcome.hasQueued { hasQueued = true }
                batch.separators = outcome.separators
                try rows.save(batch)
                try rows.note("batch-assembled", batch.id, at: time)
            }
            for document in try rows.documents(in: [.rereading], limit: .max) {
                let pages = try rows.pages(in: document.batch).filter { $0.document == document.id }
                guard let batch = try rows.batch(document.batch), !pages.isEmpty,
                    pages.allSatisfy({ $0.state == .read })
                else { continue }
                let assembly = Assembly(rules: rules, settings: settings, batch: batch, time: time)
                if try assembly.assemble(pages, in: rows).hasQueued { hasQueued = true }
            }
            return hasQueued
        }
        if hasQueued { toSend.ring() }
        changes.ring()
    }
}

extension PageResult {
    fileprivate static func unreadable(_ page: Page, reason: String) -> PageResult {
        PageResult(source: page.id.description, frame: 1, outcome: .unreadable, reason: reason)
    }
}
