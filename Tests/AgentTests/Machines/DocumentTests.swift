import AgentApp
import Foundation
import Reading
import Support
import Testing

@Suite struct `A document` {
    private static func document(_ outcome: DocumentReading.Outcome = .read, doubtful: Bool = false) -> Document {
        let field = FieldReading(
            name: "name", value: "x", confidence: 1, status: doubtful ? .uncertain : .read, page: 1,
            box: MillimetreRect(x: 0, y: 0, width: 1, height: 1))
        let form: DocumentReading.Form? =
            outcome == .read || outcome == .needsReview || outcome == .incomplete
            ? .init(id: "fake", version: 1, confidence: 1) : nil
        let reading = DocumentReading(source: [], form: form, outcome: outcome, pages: [], fields: [field])
        return Document(
            batch: UUIDv7(), pages: [UUIDv7()], number: 1, reading: reading, doubtful: doubtful ? 1 : 0,
            scannedAt: Date(), now: Date())
    }

    static let courses: [(events: [Document.Event], state: Document.State)] = [
        ([.confirmed], .queued), ([.confirmed, .delivered], .sent), ([.confirmed, .refused(code: "x")], .refused),
        ([.confirmed, .refused(code: "x"), .reopened], .waiting), ([.kept], .kept), ([.kept, .confirmed], .queued),
        ([.discarded], .discarded), ([.kept, .discarded], .discarded), ([.readAgain], .rereading),
        ([.confirmed, .refused(code: "x"), .discarded], .discarded),
        ([.kept, .reviewed(doubtful: 0)], .waiting),
    ]

    @Test(arguments: courses)
    func `goes its way`(events: [Document.Event], state: Document.State) {
        var document = Self.document()
        for event in events { #expect(document.handle(event) != .refuse) }
        #expect(document.state == state)
    }

    static let oddOrders: [[Document.Event]] = [
        [.delivered], [.refused(code: "x")], [.reopened], [.confirmed, .confirmed], [.confirmed, .discarded],
        [.confirmed, .kept], [.confirmed, .readAgain], [.confirmed, .delivered, .delivered],
        [.confirmed, .delivered, .discarded], [.confirmed, .delivered, .readAgain], [.discarded, .confirmed],
        [.discarded, .kept], [.discarded, .readAgain], [.readAgain, .confirmed], [.readAgain, .discarded],
        [.confirmed, .refused(code: "record-conflict"), .reopened], [.confirmed, .reviewed(doubtful: 0)],
    ]

    @Test(arguments: oddOrders)
    func `refuses what does not belong`(events: [Document.Event]) {
        var document = Self.document()
        for event in events.dropLast() { _ = document.handle(event) }
        let before = document
        if let last = events.last { #expect(document.handle(last) == .refuse) }
        #expect(document == before)
    }

    @Test(arguments: DocumentReading.Outcome.allCases)
    func `goes to the bridge only when it is a whole, known form`(outcome: DocumentReading.Outcome) {
        var document = Self.document(outcome)
        let isPossible = outcome == .read || outcome == .needsReview
        #expect(document.handle(.confirmed) == (isPossible ? .queue : .refuse))
    }

    @Test func `waits while a field is in doubt`() {
        var document = Self.document(.needsReview, doubtful: true)
        #expect(document.doubtful == 1)
        #expect(document.handle(.confirmed) == .refuse)
        _ = document.handle(.reviewed(doubtful: 0))
        #expect(document.handle(.confirmed) == .queue)
    }
}
