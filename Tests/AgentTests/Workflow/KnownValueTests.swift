@testable import AgentApp
import Forms
import Foundation
import Reading
import Sealing
import Support
import TestSupport
import Testing

/// What a station learns of values that come again: what to propose, and when to ask; never what is certain.
@Suite(.temporaryDirectory, .timeLimit(.minutes(1))) struct `Values that are known` {
    private static let school = "Ängsskolan"
    private static let known = [school, "Bergaskolan", "Västra skolan", "Östra skolan", "Bo", "Bi"]
    private static let findings: [(read: [String], finding: KnownValueSearch.Finding?)] = [
        (["Ängsskolan"], .asRead),
        // What another reader read, before what is only close.
        (["Angsskolan", "Ängsskolan"], .instead(school)),
        (["Bergaskolam", "Ängsskolan"], .instead(school)),
        // Half of one, half of the other.
        (["Xngsskolem", "Ängsskalen"], nil),
        (["Angsskolen", "Ängsskalan"], .instead(school)),
        // One letter other, more, less.
        (["Ängssko1an"], .instead(school)),
        (["Ängskolan"], .instead(school)),
        (["Ängssklarn"], nil),
        (["Ängsskolaon"], .instead(school)),
        (["Xstra skolan"], .instead("Östra skolan")),
        (["Västra"], nil),
        (["stra skolan"], .instead("Östra skolan")),
        // Short ones are close to everything.
        (["Be"], nil),
        (["B"], nil),
        ([], nil),
        // Several, and nothing that speaks for one.
        (["Skolan", "Bergaskolan", "Ängsskolan"], .choice(["Bergaskolan", school])),
        (["Ändskoln"], nil),
    ]

    @Test(arguments: findings)
    func `are found in what was read and close to it`(read: [String], finding: KnownValueSearch.Finding?) {
        let search = KnownValueSearch { Self.known.contains($0) }
        #expect(search.finding(among: read) == finding)
    }

    private static let fields: [(type: FieldType, kind: Field.Kind, lines: Int, options: [String], hasList: Bool)] = [
        (.text, .text, 1, [], true), (.place, .text, 1, [], true), (.text, .comb, 1, [], true),
        (.code, .text, 1, [], true), (.code, .text, 1, ["A"], false),
        // A person's own, or never twice the same.
        (.personName, .text, 1, [], false), (.personnummer, .comb, 1, [], false), (.phone, .text, 1, [], false),
        (.digits, .comb, 1, [], false), (.text, .text, 4, [], false), (.text, .table, 1, [], false),
        (.date, .text, 1, [], false), (.email, .text, 1, [], false), (.text, .image, 1, [], false),
    ]

    @Test(arguments: fields)
    func `are kept of fields whose values are nobody's own`(
        type: FieldType, kind: Field.Kind, lines: Int, options: [String], hasList: Bool
    ) {
        let field = Field(
            name: "f", page: 1, kind: kind, type: type, box: MillimetreRect(x: 0, y: 0, width: 1, height: 1),
            lines: lines, options: options.map { .init(value: $0) })
        #expect((ValueList(field, of: FormKey(id: "a", version: 1)) != nil) == hasList)
        #expect(
            ValueList(field, of: FormKey(id: "a", version: 1)) == ValueList(field, of: FormKey(id: "a", version: 2)))
    }

    /// The field of each of the pages, as a person is shown it.
    private static func seen(_ pages: [String], _ setup: TestStation) async throws -> [FieldReading] {
        var setup = setup
        setup.scanner = FakeScanner(pages)
        return try await setup.run { station in
            var fields: [FieldReading] = []
            for document in try await station.scanToEnd().documents {
                let field = try await station.view(ofDocument: document.id).contents?.reading.fields.first
                fields.append(try #require(field))
                if document.state == .waiting { try await station.discard(document.id) }
            }
            return fields
        }
    }

    private static func send(_ pages: [String], typed: String? = nil, _ setup: TestStation) async throws {
        var setup = setup
        setup.scanner = FakeScanner(pages)
        try await setup.run { station in
            for document in try await station.scanToEnd().documents where document.state == .waiting {
                if let typed { try await station.decide(.correct(typed), field: "name", of: document.id) }
                try await station.confirmAll(of: document.id)
                try await station.send(document.id)
            }
            try await station.untilSent(pages.count)
        }
    }

    @Test(arguments: ["memory", "disk"])
    func `are proposed where a person is asked anyway`(_ kind: String) async throws {
        let key = SealingKey()
        let folder = TemporaryDirectory.url.appending(path: "data")
        let memory = MemoryJournal()
        func setup() throws -> TestStation {
            TestStation(journal: kind == "memory" ? memory : try SQLiteJournal(folder, sealer: key))
        }
        // Twice is not yet known.
        try await Self.send(["sure \(Self.school)", "unsure \(Self.school)"], setup())
        let early = try await Self.seen(["disputed Angsskolan \(Self.school)"], setup())
        #expect(early[0].value == "Angsskolan" && early[0].checks == [])

        try await Self.send(["unsure Angsskolan"], typed: Self.school, setup())
        let fields = try await Self.seen(
            ["disputed Angsskolan \(Self.school)", "unsure Ängssko1an", "unsure \(Self.school)", "unsure Bergaskolan"],
            setup())
        #expect(
            fields.map(\.value) == [.string(Self.school), .string(Self.school), .string(Self.school), "Bergaskolan"])
        #expect(fields.map(\.checks) == [["known:repaired"], ["known:repaired"], ["known:ok"], []])
        #expect(
            fields.allSatisfy { $0.status == .uncertain && $0.reason == "readers-differ" },
            "a list makes nothing certain")
        #expect(fields[0].raw == "Angsskolan", "what was read stays at hand")
        #expect(fields[1].candidates?.map(\.text) == ["Ängssko1an"])
        guard kind == "disk" else { return }
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path()) {
            guard let data = try? Data(contentsOf: folder.appending(path: name)) else { continue }
            #expect(data.range(of: Data("ngsskolan".utf8)) == nil, "\(name)")
        }
    }

    @Test func `leave alone what no person is asked about`() async throws {
        let setup = TestStation()
        try await Self.send(Array(repeating: "sure \(Self.school)", count: 5), setup)
        let fields = try await Self.seen(["sure Angsskolan"], setup)
        #expect(fields[0].value == "Angsskolan" && fields[0].status == .read && fields[0].reason == nil)
    }

    @Test func `make a new one odd after long`() async throws {
        let setup = TestStation()
        let count = ValueList.closedAfter
        try await Self.send(Array(repeating: "sure \(Self.school)", count: count), setup)
        // The first one was new, so one is still missing.
        #expect(try await Self.seen(["sure Berga"], setup)[0].reason == nil)
        try await Self.send(Array(repeating: "sure \(Self.school)", count: count + 1), setup)
        let field = try await Self.seen(["sure Bergaskolan"], setup)[0]
        #expect(field.reason == "new-here" && field.value == "Bergaskolan" && field.status == .read)
        // Once it is sent it is known, and the field is open again.
        try await Self.send(["sure Bergaskolan"], setup)
        #expect(try await Self.seen(["sure Bergaskolan", "sure Nyskolan"], setup).map(\.reason) == [nil, nil])
    }

    @Test func `are not put first where they were often wrong`() async throws {
        let setup = TestStation()
        try await Self.send(Array(repeating: "sure \(Self.school)", count: 3), setup)
        // A school that is called nearly the same.
        for name in ["Ängskolan", "Ängsskolen", "Ängsskola"] {
            try await Self.send(["unsure \(name)"], typed: name, setup)
        }
        let field = try await Self.seen(["unsure Ängsskolam"], setup)[0]
        #expect(field.value == "Ängsskolam" && field.checks == [])
        #expect(field.candidates?.map(\.text) == [Self.school], "it can still be chosen")
        try await setup.run { station in
            let quality = try #require(try await station.quality().first)
            let view = try #require(FormQualityView(quality).fields.first { $0.name == "name" })
            let counts: [Int] = [view.knownValues ?? -1, view.knownProposals, view.knownProposalsWrong]
            #expect(counts == [1, 3, 3])
        }
    }

    @Test func `are forgotten on request, by themselves, and where nobody wants them`() async throws {
        let journal = MemoryJournal()
        var setup = TestStation(journal: journal)
        try await Self.send(Array(repeating: "sure \(Self.school)", count: 3) + ["sure Berga"], setup)
        func lists() async throws -> Int {
            try await journal.transaction { try $0.knownValues(atLeast: 1)["fake/name"] ?? 0 }
        }
        #expect(try await lists() == 2)
        try await setup.run { try await $0.forgetValues(ofForm: "fak") }
        #expect(try await lists() == 2)
        let rare = Date.now.addingTimeInterval(86_400 * 91)
        let late = Date.now.addingTimeInterval(86_400 * 731)
        for (time, left) in [(Date.now, 2), (rare, 1), (late, 0)] {
            try await journal.transaction { try $0.forgetOldValues(at: time) }
            #expect(try await lists() == left)
        }
        try await Self.send(["sure Berga"], setup)
        try await setup.run { try await $0.forgetValues(ofForm: "fake") }
        #expect(try await lists() == 0)
        #expect(await journal.events.contains { $0.action == "known-values-forgotten" && $0.object == "fake" })
        try await Self.send(["sure Berga"], setup)
        #expect(try await lists() == 1)
        setup.settings.knownValues = false
        try await setup.run { try await $0.sweep() }
        try await Self.send(["sure Berga"], setup)
        #expect(try await lists() == 0)
    }

    @Test func `are marks that nobody can read without the key`() throws {
        let (key, other) = (SealingKey(), SealingKey())
        let bytes = Array(Self.school.utf8)
        #expect(key.mark(bytes, context: "a") == key.mark(bytes, context: "a"))
        #expect(key.mark(bytes, context: "a") != key.mark(bytes, context: "b"))
        #expect(key.mark(bytes, context: "a") != other.mark(bytes, context: "a"))
        #expect(key.mark(bytes, context: "a").count == 16)
    }
}
