import Foundation
import Reading
import Support

extension Station {
    /// Reads journalled pages one after the other, for as long as the agent runs.
    func readPages() async {
        while !Task.isCancelled {
            let seen = toRead.count
            let waiting = await attempt("reading") {
                try await self.assembleWhatIsRead()
                return try await journal.transaction { try $0.pages(in: .journalled, limit: 32) }
            }
            guard let waiting else { continue }
            if waiting.isEmpty { await toRead.wait(after: seen) }
            for page in waiting where !Task.isCancelled {
                let isDone: Void? = await attempt("reading") { try await self.read(page) }
                if isDone == nil { break }
            }
        }
    }

    private func read(_ page: Page) async throws {
        let result: PageResult
        var preview: [UInt8]?
        do {
            let bytes = try await journal.read(.page(page.id))
            (result, preview) = try await readWithRetries(bytes, page)
        } catch let error as BlankettError where error.code == "journal-damaged" {
            result = .unreadable(page, reason: error.code)
        }
        if let preview { try await journal.write(preview, to: .preview(page.id)) }

        let time = now()
        try await journal.transaction { rows in
            // It may have been superseded meanwhile.
            guard var current = try rows.page(page.id), current.state == .journalled else { return }
            current.state = .read
            try rows.save(current)
            try rows.setContents(of: page.id, .page, JSONCoding.encode(result))
            try rows.note("page-read", page.id, outcome: result.outcome.rawValue, at: time)
        }
        changes.ring()
        try await assembleWhatIsRead()
    }

    /// A page that kills or stalls the worker gets two more tries, then it is unreadable: it never stops the others.
    private func readWithRetries(_ bytes: [UInt8], _ page: Page) async throws -> (PageResult, preview: [UInt8]?) {
        let options = ReadOptions(form: page.form, preview: true)
        var lastCode = "worker-died"
        for _ in 1...3 {
            do {
                let results = try await reader.read(bytes, source: page.id.description, options: options)
                guard results.count == 1 else { return (.unreadable(page, reason: "several-images"), nil) }
                return (results[0].result, results[0].preview)
            } catch {
                try Task.checkCancellation()
                log.failure("page-not-read", object: page.id.description, error)
                lastCode = (error as? BlankettError)?.code ?? "worker-failed"
            }
        }
        return (.unreadable(page, reason: lastCode), nil)
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
                if try assembly.assemble(pages, in: rows) { hasQueued = true }
                try rows.save(batch)
                try rows.note("batch-assembled", batch.id, at: time)
            }
            for document in try rows.documents(in: [.rereading], limit: .max) {
                let pages = try rows.pages(in: document.batch).filter { $0.document == document.id }
                guard let batch = try rows.batch(document.batch), !pages.isEmpty,
                    pages.allSatisfy({ $0.state == .read })
                else { continue }
                let assembly = Assembly(rules: rules, settings: settings, batch: batch, time: time)
                if try assembly.assemble(pages, in: rows) { hasQueued = true }
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
