import AgentApp
import Forms
import Foundation
import Reading
import Support
import Testing

/// Doubtful fields of many documents, side by side.
@Suite(.timeLimit(.minutes(1))) struct `Groups of doubtful fields` {
    @Test func `are of one field over many documents, and of one disputed character`() async throws {
        let pages = ["disputed 1712 1112", "disputed 2074 2014", "disputed 3175 9975", "sure 4711", "unsure 5"]
        try await TestStation(scanner: FakeScanner(pages)).run { station in
            let documents = try await station.scanToEnd().documents
            let groups = try await station.groups()
            let field = ReviewGroup.Key.field(FakeForm.template.key, "name")
            #expect(groups.first == ReviewGroup(key: field, count: 4, documents: 4))
            let seven = ReviewGroup.Key.character("7")
            #expect(groups.first { $0.key == seven }?.count == 2, "a reading with two disputed characters is not one")
            let (items, count) = try await station.items(in: seven, limit: 1)
            #expect(count == 2 && items.count == 1)
            #expect(items[0].view.document.id == documents[0].id, "in the order of the stack")

            try await station.decide(.confirm, field: "name", of: documents[0].id)
            #expect(try await station.items(in: seven, limit: 9).count == 1)
            let left = try await station.groups().map(\.key)
            #expect(!left.contains(seven), "one alone is no group")
        }
    }

    @Test func `leave out what the form wants two people to see`() async throws {
        var setup = TestStation(scanner: FakeScanner(["unsure Ada", "unsure Bo"]))
        setup.rules.templates = setup.rules.templates.mapValues { template in
            var template = template
            template.fields[0].review = .twoPeople
            return template
        }
        try await setup.run { station in
            _ = try await station.scanToEnd()
            #expect(try await station.groups().isEmpty)
        }
    }

    static let keys = [
        "field~ansokan~3~postnr", "field~a~1~odd~name", "character~7", "character~å", "character~~", "mark~true",
        "mark~gift ~ sambo",
    ]

    @Test(arguments: keys) func `have keys that can be written down`(text: String) {
        #expect(ReviewGroup.Key(text)?.description == text)
    }

    @Test(arguments: ["", "field", "field~a~x~n", "field~a~1", "character~", "character~77", "other~1"])
    func `have no other keys`(text: String) {
        #expect(ReviewGroup.Key(text) == nil)
    }
}
