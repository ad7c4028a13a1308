import AgentApp
import Forms
import Foundation
import Reading
import Support
import Testing

/// What clerks decide, take back, share and send.
@Suite(.timeLimit(.minutes(1))) struct `Review at the station` {
    /// The documents of one stack, once they can be looked at.
    private static func documents(_ station: Station) async throws -> [UUIDv7] {
        try await station.scanToEnd().documents.map(\.id)
    }

    private static func name(_ id: UUIDv7, _ station: Station) async throws -> JSONValue? {
        try await station.view(ofDocument: id).contents?.reading.fields.first?.value
    }

    @Test func `takes decisions back one by one, newest first`() async throws {
        try await TestStation(scanner: FakeScanner(["unsure Ada"])).run { station in
            let id = try await Self.documents(station)[0]
            try await station.decide(.correct("Åsa"), field: "name", of: id)
            try await station.decide(.correct("Åsa Ek"), field: "name", of: id)
            #expect(try await station.view(ofDocument: id).document.isReady)
            try await station.takeBack(of: id)
            #expect(try await Self.name(id, station) == "Åsa")
            try await station.takeBack(of: id)
            let view = try await station.view(ofDocument: id)
            #expect(view.contents?.reading.fields[0].value == "Ada")
            #expect(view.contents?.reading.fields[0].reason == "readers-differ")
            #expect(view.contents?.before.isEmpty == true && view.contents?.decidedBy?.isEmpty == true)
            #expect(view.document.doubtful == 1)
            await #expect(throws: BlankettError.self) { try await station.takeBack(of: id) }
        }
    }

    @Test func `takes nothing back once it is sent`() async throws {
        try await TestStation(scanner: FakeScanner(["unsure Ada"])).run { station in
            let id = try await Self.documents(station)[0]
            try await station.decide(.confirm, field: "name", of: id)
            try await station.send(id)
            await #expect(throws: BlankettError.self) { try await station.takeBack(of: id) }
        }
    }

    @Test func `refuses a word about what has changed meanwhile`() async throws {
        try await TestStation(scanner: FakeScanner(["unsure Ada"])).run { station in
            let id = try await Self.documents(station)[0]
            let seen = try await station.view(ofDocument: id).document.revision
            try await station.decide(.correct("Åsa"), field: "name", of: id, revision: seen)
            for late in [
                { try await station.decide(.confirm, field: "name", of: id, revision: seen) },
                { try await station.takeBack(of: id, revision: seen) },
                { try await station.send(id, revision: seen) },
            ] {
                let error = await #expect(throws: BlankettError.self) { try await late() }
                #expect(error?.code == "changed-elsewhere")
            }
            #expect(try await Self.name(id, station) == "Åsa")
            try await station.send(id, revision: seen + 1)
        }
    }

    @Test func `gives a document that is read again another revision`() async throws {
        try await TestStation(scanner: FakeScanner(["unsure Ada"])).run { station in
            let id = try await Self.documents(station)[0]
            let seen = try await station.view(ofDocument: id).document.revision
            try await station.readAgain(id)
            let again = try await station.until({ try await $0.view(ofDocument: id) }) { $0.document.state == .waiting }
            #expect(again.document.revision > seen)
        }
    }

    @Test func `reads a document as the version that a person says it is, and writes down who said so`() async throws {
        let journal = MemoryJournal()
        try await TestStation(journal: journal, scanner: FakeScanner(["strange Ada"])).run { station in
            let id = try await Self.documents(station)[0]
            #expect(try await station.view(ofDocument: id).document.outcome == .unknownVersion)
            let error = await #expect(throws: BlankettError.self) {
                try await station.readAgain(id, as: "fake", version: 7)
            }
            #expect(error?.code == "not-found")
            try await Acting.$person.withValue("op-1") { try await station.readAgain(id, as: "fake", version: 1) }
            let view = try await station.until({ try await $0.view(ofDocument: id) }) { $0.document.state == .waiting }
            #expect(view.document.form == FakeForm.template.key && view.document.outcome == .needsReview)
            #expect(try await Self.name(id, station) == "Ada")
            let events = await journal.events
            #expect(
                events.contains {
                    $0.action == "document-assigned" && $0.actor == "op-1" && $0.object == id.description
                        && $0.outcome == "fake version 1"
                })
        }
    }

    @Test func `sends all that are ready and leaves the others`() async throws {
        var setup = TestStation(scanner: FakeScanner(["sure Ada", "unsure Bo", "sure Cy"]))
        setup.settings.confirm = .alwaysAsk
        try await setup.run { station in
            let ids = try await Self.documents(station)
            #expect(try await station.sendReady(ids) == 2)
            try await station.untilSent(2)
            #expect(try await station.view(ofDocument: ids[1]).document.state == .waiting)
        }
    }

    @Test func `wants two different people where the form says so`() async throws {
        try await TestStation(scanner: FakeScanner(["sure Ada"]), rules: .forTwo).run { station in
            let id = try await Self.documents(station)[0]
            func agree(as person: String, _ decision: FieldDecision = .confirm) async throws {
                try await Acting.$person.withValue(person) {
                    try await station.decide(decision, field: "name", of: id)
                }
            }
            #expect(try await station.view(ofDocument: id).document.isReady == false, "certain, and yet two must look")
            try await agree(as: "op:1")
            try await agree(as: "op:1")
            await #expect(throws: BlankettError.self, "one person is not two") { try await station.send(id) }
            try await agree(as: "op:2")
            #expect(try await station.view(ofDocument: id).document.isReady)
            try await agree(as: "op:2", .correct("Åsa"))
            await #expect(throws: BlankettError.self, "another value is another agreement") {
                try await station.send(id)
            }
            try await station.confirmAll(of: id)
            await #expect(throws: BlankettError.self, "not in passing") { try await station.send(id) }
            try await agree(as: "op:1")
            try await Acting.$person.withValue("op:1") { try await station.takeBack(of: id) }
            #expect(try await station.view(ofDocument: id).document.isReady == false, "taken back")
            try await agree(as: "op:1")
            try await station.send(id)
            try await station.untilSent(1)
        }
    }
}

extension DocumentRules {
    /// The fake form, whose name two people must agree with.
    fileprivate static var forTwo: DocumentRules {
        var rules = FakeForm.rules
        rules.templates = rules.templates.mapValues { template in
            var template = template
            template.fields[0].review = .twoPeople
            return template
        }
        return rules
    }
}
