import AgentApp
import Foundation
import Reading
import Scanning
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct `The station` {
    @Test func `sends what is certain by itself, and asks about the rest`() async throws {
        let setup = TestStation(scanner: FakeScanner(["sure Ada", "unsure Bo", "blank"]))
        try await setup.run { station in
            let view = try await station.scanToEnd()
            try #require(view.batch.state == .assembled, "\(view.batch)")
            #expect(view.documents.map(\.outcome) == [.read, .needsReview, .blank])
            try await station.untilSent(1)
            #expect(setup.bridge.records.count == 1)
            #expect(setup.bridge.records.keys.first == view.documents[0].id.description)

            let doubtful = view.documents[1].id
            await #expect(throws: BlankettError.self) { try await station.send(doubtful) }
            try await station.decide(.correct("Bo Ek"), field: "name", of: doubtful)
            try await station.send(doubtful)
            try await station.send(doubtful)
            try await station.untilSent(2)
            try await station.discard(view.documents[2].id)
            #expect(setup.bridge.records.count == 2)
            let text = setup.bridge.records[doubtful.description].map { String(decoding: $0, as: UTF8.self) } ?? ""
            #expect(text.contains("Bo Ek") && text.contains(#""status":"corrected""#))
            #expect(text.contains(#""state":"human""#))
        }
    }

    /// What a profile says of blank pages, and what becomes of one on each side of a sheet.
    @Test(arguments: [
        (ScanProfile.BlankPages.keep, [Document.State.waiting, .waiting]), (.dropBacks, [.waiting, .discarded]),
        (.drop, [.discarded, .discarded]),
    ])
    func `puts blank pages aside where the profile says so`(
        _ blankPages: ScanProfile.BlankPages, _ states: [Document.State]
    ) async throws {
        let setup = TestStation(
            scanner: FakeScanner(["blank", "blank", "sure A", "blank dotted"]), sides: 2, blankPages: blankPages)
        try await setup.run { station in
            let view = try await station.scanToEnd()
            #expect(view.documents.prefix(2).map(\.state) == states)
            // A dot is ink.
            #expect(view.documents.last?.state == .waiting)
        }
    }

    @Test func `asks about everything when it is told to`() async throws {
        let setup = TestStation(
            scanner: FakeScanner(["sure Ada"]),
            settings: StationSettings(name: "test", confirm: .alwaysAsk, diskReserve: 1000))
        try await setup.run { station in
            let view = try await station.scanToEnd()
            #expect(view.documents.map(\.state) == [.waiting])
            try await station.send(view.documents[0].id)
            try await station.untilSent(1)
        }
    }

    @Test func `ends when its journal can no longer be trusted`() async throws {
        let journal = MemoryJournal()
        let station = TestStation(journal: journal).makeStation()
        let running = Task { try await station.run() }
        _ = try await station.until({ try await $0.view() }) { $0.bridge.state == .reachable }
        journal.broken.ring()
        let error = await #expect(throws: BlankettError.self) { try await running.value }
        #expect(error?.code == "storage-failed")
    }

    @Test func `says from which sheet to go on after a jam, and goes on`() async throws {
        let setup = TestStation(scanner: FakeScanner(["sure A", "sure B", "sure C", "sure D"], .jam(after: 2)))
        try await setup.run { station in
            let view = try await station.scanToEnd()
            #expect(view.batch.state == .incomplete)
            #expect(view.batch.fromSheet == 3)
            #expect(view.documents.isEmpty)
            setup.scanner.load(["sure C", "sure D"])
            _ = try await station.continueScan(of: view.batch.id)
            let whole = try await station.untilOver(view.batch.id)
            #expect(whole.batch.state == .assembled)
            #expect(whole.pages.map(\.number) == [1, 2, 3, 4])
            try await station.untilSent(4)
            #expect(setup.bridge.records.count == 4)
        }
    }

    @Test func `counts half a sheet once when both sides are scanned`() async throws {
        var setup = TestStation(scanner: FakeScanner(["sure A", "sure B", "sure C", "x"], .jam(after: 3)))
        setup.sides = 2
        try await setup.run { station in
            let view = try await station.scanToEnd()
            #expect(view.batch.fromSheet == 2)
            setup.scanner.load(["sure C", "sure D"])
            _ = try await station.continueScan(of: view.batch.id)
            let whole = try await station.untilOver(view.batch.id)
            #expect(whole.pages.map(\.number) == [1, 2, 3, 4])
            try await station.untilSent(4)
            #expect(setup.bridge.records.count == 4)
        }
    }

    @Test func `does not believe a device that lost a page in silence`() async throws {
        let setup = TestStation(scanner: FakeScanner(["sure A", "sure B"], .loseSilently(1)))
        try await setup.run { station in
            let view = try await station.scanToEnd()
            #expect(view.batch.state == .incomplete)
            #expect(view.batch.reason == "count-differs")
            try await station.finishBatch(view.batch.id)
            try await station.untilSent(2)
        }
    }

    @Test func `scans one batch at a time on a device`() async throws {
        let setup = TestStation(scanner: FakeScanner(["sure A"]))
        try await setup.run { station in
            let batch = try await station.startScan()
            let second = await #expect(throws: BlankettError.self) { try await station.startScan() }
            #expect(second?.code == "scanner-busy")
            _ = try await station.untilOver(batch.id)
        }
    }

    @Test func `invites nobody to scan paper that is through already`() async throws {
        // The devices are asked every 5 s: what was seen before the scan must not stand until then.
        let setup = TestStation(scanner: FakeScanner(["sure A"]), pace: 1)
        try await setup.run { station in
            try await station.until({ try await $0.view().devices[0].feeder }) { $0 == "loaded" }
            let batch = try await station.startScan()
            #expect(try await station.view().devices[0].feeder != "loaded")
            try await station.until({ try await $0.view() }) { view in
                #expect(view.devices[0].feeder != "loaded")
                return view.devices[0].state == .ready && view.devices[0].feeder == "empty"
            }
            _ = try await station.untilOver(batch.id)
        }
    }

    @Test func `waits for a worker that cannot be started, and loses no page`() async throws {
        let setup = TestStation(scanner: FakeScanner(["sure A", "sure B"]), reader: FakeReader(deaths: 5))
        try await setup.run { station in
            let view = try await station.scanToEnd()
            #expect(view.documents.map(\.outcome) == [.read, .read])
        }
    }

    static let troubles: [(troubles: [FakeBridge.Trouble], note: String)] = [
        ([.down, .down, .down], "down"), ([.storeThenHang], "stores, and the answer is lost"),
        ([.answer(503), .answer(500)], "not ready"), ([.forgetBlobs], "has lost the blobs"),
        ([.storeThenHang, .down, .answer(503), .storeThenHang], "all of it"),
    ]

    @Test(arguments: troubles)
    func `sends once in effect to a bridge that is`(troubles: [FakeBridge.Trouble], note: String) async throws {
        let setup = TestStation(scanner: FakeScanner(["sure A", "sure B"]), bridge: FakeBridge(troubles))
        try await setup.run { station in
            _ = try await station.scanToEnd()
            try await station.untilSent(2)
            #expect(setup.bridge.records.count == 2)
        }
    }

    @Test(arguments: [(409, "record-conflict"), (422, "schema-violation")])
    func `sets aside what the bridge will never take`(status: Int, code: String) async throws {
        let setup = TestStation(scanner: FakeScanner(["sure A"]), bridge: FakeBridge([.answer(status)]))
        try await setup.run { station in
            let view = try await station.scanToEnd()
            let id = view.documents[0].id
            let refused = try await station.until({ try await $0.view(ofDocument: id) }) {
                $0.document.state == .refused
            }
            #expect(refused.document.refusal == code)
        }
    }

    @Test func `begins no batch without room on the disk`() async throws {
        let journal = MemoryJournal()
        await journal.setFreeSpace(10)
        let setup = TestStation(journal: journal, scanner: FakeScanner(["sure A"]))
        try await setup.run { station in
            let error = await #expect(throws: BlankettError.self) { try await station.startScan() }
            #expect(error?.code == "storage-full")
            let health = try await station.view().health
            #expect(health == .storage)
        }
    }

    @Test func `stops the scan when the disk fills up, and keeps what came`() async throws {
        let journal = MemoryJournal()
        let setup = TestStation(journal: journal, scanner: FakeScanner(["sure A", "sure B"]))
        try await setup.run { station in
            // The write after the batch's own row is the first page's file.
            let batch = try await station.startScan()
            await journal.fail(nextWith: .storageFull())
            let view = try await station.untilOver(batch.id)
            // Whichever write was hit, no page is lost: it is counted, or its sheet is asked for again.
            if view.batch.state == .failed || view.batch.state == .incomplete {
                #expect(view.batch.reason == "storage-full")
                #expect(view.batch.fromSheet == view.batch.pages + 1)
            } else {
                #expect(view.pages.count == 2)
            }
        }
    }

    static let corrections: [(field: String, decision: FieldDecision, code: String?)] = [
        ("name", .correct("Åsa"), nil), ("name", .clear, nil), ("name", .confirm, nil),
        ("missing", .confirm, "not-found"), ("name", .choose(["x"]), "invalid-value"),
        ("name", .fill([["name": "x"]]), "invalid-value"),
    ]

    @Test(arguments: corrections)
    func `takes a clerk's word for a field`(field: String, decision: FieldDecision, code: String?) async throws {
        let setup = TestStation(scanner: FakeScanner(["unsure A"]))
        try await setup.run { station in
            let id = try await station.scanToEnd().documents[0].id
            do {
                try await station.decide(decision, field: field, of: id)
                #expect(code == nil)
                #expect(try await station.view(ofDocument: id).document.isReady)
            } catch let error as BlankettError {
                #expect(error.code == code)
            }
        }
    }

    static let tables: [(rows: [[String: String]], value: JSONValue?, place: String?)] = [
        ([["name": "Elsa", "born": "20150418"]], [["name": "Elsa", "born": "2015-04-18"]], nil),
        (
            [
                ["name": "Elsa", "lives": "true"], ["name": " ", "lives": "false"], ["name": "Ture", "lives": "false"],
            ],
            [["name": "Elsa", "lives": true], ["name": "Ture", "lives": false]], nil
        ),
        ([["name": ""], [:]], nil, nil), ([], nil, nil),
        ([["name": "Elsa"], ["name": "Ture", "born": "2020-13-45"]], nil, "/1/born"),
        ([["age": "7"]], nil, ""), ([[:], [:], [:], [:]], nil, ""),
    ]

    @Test(arguments: tables)
    func `takes a table cell by cell`(rows: [[String: String]], value: JSONValue?, place: String?) async throws {
        let setup = TestStation(scanner: FakeScanner(["children"]))
        try await setup.run { station in
            let id = try await station.scanToEnd().documents[0].id
            do {
                try await station.decide(.fill(rows), field: "children", of: id)
                #expect(place == nil)
                let field = try await station.view(ofDocument: id).contents?.reading.fields.first
                #expect(field?.value == value)
                #expect(field?.status == .corrected)
            } catch let error as BlankettError {
                #expect(error.code == (place == "" ? "invalid-value" : "invalid-cell"))
                #expect(error.advice ?? "" == place ?? "-")
            }
        }
    }

    @Test func `reads a document's pages again under the same id`() async throws {
        let setup = TestStation(scanner: FakeScanner(["strange"]))
        try await setup.run { station in
            let view = try await station.scanToEnd()
            let id = view.documents[0].id
            try await station.keep(id)
            try await station.readAgain(id)
            let again = try await station.until({ try await $0.view(ofDocument: id) }) { $0.document.state == .waiting }
            #expect(again.document.id == id)
            #expect(try await station.view(ofBatch: view.batch.id).documents.count == 1)
        }
    }

    @Test func `erases what was delivered some days ago, and nothing else`() async throws {
        let journal = MemoryJournal()
        let setup = TestStation(
            journal: journal, scanner: FakeScanner(["sure A", "unsure B"]),
            settings: StationSettings(name: "test", keepDays: 0, diskReserve: 1000))
        try await setup.run { station in
            let view = try await station.scanToEnd()
            try await station.untilSent(1)
            try await station.sweep()
            #expect(try await station.view(ofDocument: view.documents[0].id).contents == nil)
            #expect(try await station.view(ofDocument: view.documents[1].id).contents != nil)
            #expect(await journal.files().count == 2)
        }
    }

    @Test func `writes no contents into its audit trail`() async throws {
        let journal = MemoryJournal()
        let setup = TestStation(journal: journal, scanner: FakeScanner(["sure Ada", "unsure Bo"]))
        try await setup.run { station in
            _ = try await station.scanToEnd()
            try await station.untilSent(1)
        }
        let trail = try JSONCoding.encodeText(await journal.events)
        #expect(!trail.contains("Ada") && !trail.contains("Bo"))
        #expect(trail.contains("page-journalled") && trail.contains("document-sent"))
    }
}
