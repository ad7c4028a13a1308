import Reading
import Support

extension Station {
    /// Scanned pages that a form can be taught from or tried with: those that nobody has decided on, unknown ones first.
    ///
    /// - Returns: No contents.
    public func pagesAtHand() async throws -> [PageAtHand] {
        try await journal.transaction { rows in
            var pages = try rows.pages(in: .journalled, limit: 20)
            for document in try rows.documents(in: [.waiting, .kept], limit: 60) {
                pages += try document.pages.compactMap { try rows.page($0) }
            }
            let views = try pages.map { page in
                let result = try rows.pageResult(page.id)
                return PageAtHand(
                    id: page.id, batch: page.batch, number: page.number, scannedAt: page.scannedAt, state: page.state,
                    outcome: result?.outcome, form: result?.form)
            }
            let rank = { (view: PageAtHand) in view.outcome == .identified ? 1 : 0 }
            return views.sorted { one, other in
                (rank(one), other.scannedAt, one.number) < (rank(other), one.scannedAt, other.number)
            }
        }
    }

    /// A page as the scanner sent it; that it was taken is written down.
    ///
    /// - Parameters:
    ///   - id: Of the page.
    ///   - action: What it is taken for.
    /// - Returns: The file's bytes.
    /// - Throws: ``BlankettError`` `not-found`, `journal-damaged`.
    func image(ofPage id: UUIDv7, for action: String) async throws -> [UInt8] {
        let page = try await journal.transaction { try Self.require($0.page(id)) }
        guard page.state != .erased else { return try Self.require(nil) }
        try await note(action, of: id.description)
        return try await journal.read(.page(id))
    }
}
