@testable import AgentApp
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

    @Test func `rests on certain fields that were looked at all the same`() async throws {
        let journal = MemoryJournal()
        var setup = TestStation(journal: journal, scanner: FakeScanner(["sure Ada", "sure Bo", "sure Cy"]))
        setup.settings.controlSample = 1
        try await setup.run { station in
            let ids = try await station.scanToEnd().documents.map(\.id)
            for id in ids {
                let view = try await station.view(ofDocument: id)
                #expect(view.document.state == .waiting && view.document.outcome == .needsReview)
                #expect(view.contents?.reading.fields[0].reason == "control-sample")
                await #expect(throws: BlankettError.self) { try await station.send(id) }
            }
            for id in ids.prefix(2) { try await station.decide(.confirm, field: "name", of: id) }
            try await station.decide(.correct("Eva"), field: "name", of: ids[2])
            for id in ids { try await station.send(id) }
            let quality = try #require(try await station.quality().first)
            let field = try #require(quality.fields.first)
            let counts: [Int] = [field.passed, field.missed, field.checked, field.checkedWrong]
            #expect(counts == [2, 1, 3, 1])
            #expect(field.errorBound == ErrorBound.upper(1, of: 3) && field.isOnProbation)
            let view = FormQualityView(quality)
            #expect(view.checked == 3 && view.checkedWrong == 1 && view.errorBound == field.errorBound)
        }
    }

    // A sample of a clean document is all of it; of one that is looked at anyway it is field by field.
    @Test func `takes each certain field with the same chance, and the same when read again`() throws {
        let template = FakeForm.template
        func reading(_ statuses: [FieldReading.Status]) -> DocumentReading {
            DocumentReading(
                source: [], form: nil, outcome: statuses.contains(.uncertain) ? .needsReview : .read, pages: [],
                fields: statuses.enumerated().map { index, status in
                    FieldReading(
                        name: ["name", "day", "children"][index], value: "x", confidence: 1, status: status, page: 1,
                        box: MillimetreRect(x: 0, y: 0, width: 1, height: 1))
                })
        }
        let sample = ControlSample(share: 10)
        let clean = (0..<3000).map { _ in
            sample.applied(to: reading([.read, .empty, .read]), of: UUIDv7(), template).fields
                .count(where: \.isDoubtful)
        }
        #expect(Set(clean) == [0, 3] && (200...400).contains(clean.count { $0 == 3 }))
        let open = (0..<3000).map { _ in
            sample.applied(to: reading([.uncertain, .read, .read]), of: UUIDv7(), template)
                .fields.count { $0.reason == Reason.controlSample.rawValue }
        }
        #expect(Set(open).isSubset(of: [0, 1, 2]) && (450...750).contains(open.reduce(0, +)))
        let id = UUIDv7()
        let once = sample.applied(to: reading([.uncertain, .read, .read]), of: id, template)
        #expect(once == sample.applied(to: reading([.uncertain, .read, .read]), of: id, template))
        #expect(ControlSample(share: 0).applied(to: once, of: id, template) == once)
    }

    @Test func `reads counts that an older version wrote`() throws {
        let old = """
            {"form":{"id":"fake","version":1},"field":"name","passed":3,"confirmed":0,"corrected":0,"missed":0,"rightSince":3}
            """
        var tally: Tally = try JSONCoding.decode(from: Data(old.utf8))
        #expect(tally.checked == 0 && tally.errorBound == ErrorBound.upper(0, of: 3))
        tally.count(.checked)
        #expect(tally.checked == 1 && abs(tally.errorBound - 0.95) < 0.001)
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
