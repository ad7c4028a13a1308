import AgentApp
import Forms
import Foundation
import Reading
import Support
import Testing

/// What is learned from corrections: counts, and to ask more.
@Suite(.timeLimit(.minutes(1))) struct `What a station counts` {
    static let bounds: [(errors: Int, count: Int, bound: Double)] = [
        // The rule of three: none in a hundred may still be three in a hundred.
        (0, 100, 0.0295), (0, 3000, 0.000998), (1, 100, 0.0466), (5, 100, 0.1023), (50, 100, 0.5866), (0, 1, 0.95),
        (1, 1, 1), (0, 0, 1), (7, 10_000, 0.001314),
    ]

    @Test(arguments: bounds) func `has an upper bound for errors`(errors: Int, count: Int, bound: Double) {
        #expect(abs(ErrorBound.upper(errors, of: count) - bound) < bound * 0.005)
    }

    @Test func `is what became of each field of what was sent`() async throws {
        var setup = TestStation(scanner: FakeScanner(["sure Ada", "sure Bo", "unsure Cy", "unsure Dy"]))
        setup.settings.confirm = .alwaysAsk
        try await setup.run { station in
            let ids = try await station.scanToEnd().documents.map(\.id)
            try await station.decide(.correct("Åsa"), field: "name", of: ids[1])
            try await station.decide(.confirm, field: "name", of: ids[2])
            try await station.decide(.correct("Eva"), field: "name", of: ids[3])
            for (id, seconds) in zip(ids, [nil, 4, 6, 100_000]) { try await station.send(id, seconds: seconds) }
            let quality = try #require(try await station.quality().first)
            let field = try #require(quality.fields.first { $0.field == "name" })
            let counts: [Int] = [field.passed, field.missed, field.confirmed, field.corrected]
            #expect(counts == [1, 1, 1, 1])
            #expect(field.errorRate == 0.5)
            #expect(quality.form.documents == 4 && quality.form.untouched == 1)
            #expect(quality.form.secondsPerDocument == 5, "a break is no work")
        }
    }

    @Test func `counts what the machine sends by itself`() async throws {
        try await TestStation(scanner: FakeScanner(["sure Ada"])).run { station in
            _ = try await station.scanToEnd()
            let quality = try #require(try await station.quality().first)
            #expect(quality.fields.map(\.passed) == [1] && quality.form.untouched == 1)
        }
    }

    @Test func `asks about a field that was certain and wrong`() async throws {
        let journal = MemoryJournal()
        var setup = TestStation(journal: journal, scanner: FakeScanner(["sure Ada"]))
        setup.settings.confirm = .alwaysAsk
        try await setup.run { station in
            let id = try await station.scanToEnd().documents[0].id
            try await station.decide(.correct("Åsa"), field: "name", of: id)
            try await station.send(id)
        }
        // It goes to the bridge by itself no more.
        setup.settings.confirm = .automaticWhenCertain
        setup.scanner = FakeScanner(["sure Bo"])
        try await setup.run { station in
            let id = try await station.scanToEnd().documents[0].id
            let view = try await station.view(ofDocument: id)
            #expect(view.document.state == .waiting && view.document.doubtful == 1)
            #expect(view.contents?.reading.fields[0].reason == "corrected-before")
        }
    }

    @Test func `believes a field again that was right for long enough`() {
        var tally = Tally(form: FakeForm.template.key, field: "name")
        #expect(!tally.isOnProbation)
        tally.count(.missed)
        for _ in 1..<Tally.probation { tally.count(.confirmed) }
        tally.count(.corrected)
        #expect(tally.isOnProbation, "a doubt that was justified is no proof of certainty")
        tally.count(.confirmed)
        #expect(!tally.isOnProbation)
        tally.count(.missed)
        #expect(tally.isOnProbation)
    }

    @Test func `has no value in it`() async throws {
        let journal = MemoryJournal()
        var setup = TestStation(journal: journal, scanner: FakeScanner(["sure Ada"]))
        setup.settings.confirm = .alwaysAsk
        try await setup.run { station in
            let id = try await station.scanToEnd().documents[0].id
            try await station.decide(.correct("Åsa"), field: "name", of: id)
            try await station.send(id)
        }
        let counted = try await journal.transaction { rows in
            "\(try rows.tallies()) \(try rows.formTallies())"
        }
        #expect(counted.contains("name") && !counted.contains("Ada") && !counted.contains("Åsa"))
    }
}
