import Foundation
import Support

extension Station {
    /// Erases, every hour, what has been kept long enough after its delivery.
    func sweepRegularly() async {
        while !Task.isCancelled {
            let isDone: Void? = await attempt("sweeping") { try await self.sweep() }
            if isDone != nil { try? await time.sleep(3600) }
        }
    }

    /// Erases pages and contents of documents that were sent or discarded more than the configured days ago.
    ///
    /// What was done to them stays in the audit trail, without contents.
    public func sweep() async throws {
        let time = now()
        let keepsLists = settings.knownValues
        try await journal.transaction { rows in
            if keepsLists { try rows.forgetOldValues(at: time) } else { try rows.forgetAllValues() }
        }
        let limit = time.addingTimeInterval(-Double(settings.keepDays) * 86_400)
        while true {
            let erased = try await journal.transaction { rows in
                var erased: [UUIDv7] = []
                for document in try rows.documents(in: [.sent, .discarded], changedBefore: limit, limit: 50) {
                    guard try rows.contents(of: document.id, .document) != nil else { continue }
                    for var page in try document.pages.compactMap({ try rows.page($0) })
                    where page.document == document.id {
                        page.state = .erased
                        try rows.save(page)
                        try rows.setContents(of: page.id, .page, nil)
                        erased.append(page.id)
                    }
                    try rows.setContents(of: document.id, .document, nil)
                    try rows.setContents(of: document.id, .record, nil)
                    try rows.note("document-erased", document.id, at: time)
                }
                for var page in try rows.pages(in: .superseded, limit: 50) where page.scannedAt < limit {
                    page.state = .erased
                    try rows.save(page)
                    try rows.setContents(of: page.id, .page, nil)
                    erased.append(page.id)
                }
                return erased
            }
            for id in erased {
                try await journal.remove(.page(id))
                try await journal.remove(.preview(id))
            }
            if erased.isEmpty { return }
            changes.ring()
        }
    }

    /// Removes files that no row counts: a page whose writing was cut short, or one that is erased.
    func removeStrayFiles() async throws {
        for file in try await journal.files() {
            let id =
                switch file {
                case .page(let id), .preview(let id): id
                }
            let page = try await journal.transaction { try $0.page(id) }
            if page == nil || page?.state == .erased { try await journal.remove(file) }
        }
    }
}
