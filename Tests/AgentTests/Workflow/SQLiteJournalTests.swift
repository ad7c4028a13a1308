import AgentApp
import Foundation
import Reading
import Sealing
import Support
import TestSupport
import Testing

@Suite(.temporaryDirectory, .timeLimit(.minutes(1))) struct `The journal on disk` {
    private static func open(_ key: SealingKey) throws -> SQLiteJournal {
        try SQLiteJournal(TemporaryDirectory.url.appending(path: "data"), sealer: key)
    }

    @Test func `carries a batch over restarts to exactly one record each`() async throws {
        let key = SealingKey()
        let bridge = FakeBridge([.down, .down, .storeThenHang])
        let scanner = FakeScanner(["sure Ada Testdotter", "unsure Bo Testsson", "sure C"], .jam(after: 2))
        // Each run opens the same files anew; the one before has let go of them.
        let batch = try await TestStation(journal: Self.open(key), scanner: scanner, bridge: bridge).run { station in
            try await station.scanToEnd().batch
        }
        #expect(batch.state == .incomplete)
        let view = try await TestStation(journal: Self.open(key), scanner: scanner, bridge: bridge).run { station in
            scanner.load(["sure C"])
            _ = try await station.continueScan(of: batch.id)
            return try await station.untilOver(batch.id)
        }
        #expect(view.documents.count == 3)
        try await TestStation(journal: Self.open(key), scanner: scanner, bridge: bridge).run { station in
            let doubtful = try #require(view.documents.first { $0.outcome == .needsReview })
            try await station.decide(.confirm, field: "name", of: doubtful.id)
            try await station.send(doubtful.id)
        }
        try await TestStation(journal: Self.open(key), scanner: scanner, bridge: bridge).run { station in
            try await station.untilSent(3)
        }
        #expect(Set(bridge.records.keys) == Set(view.documents.map(\.id.description)))
    }

    @Test func `leaves nothing readable on the disk`() async throws {
        let key = SealingKey()
        let scanner = FakeScanner(["sure Ada Testdotter", "unsure Bo Testsson"])
        _ = try await TestStation(journal: Self.open(key), scanner: scanner).run { try await $0.scanToEnd() }
        let folder = TemporaryDirectory.url.appending(path: "data")
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path()) {
            guard let data = try? Data(contentsOf: folder.appending(path: name)) else { continue }
            for text in ["Testdotter", "Testsson", "Namn"] {
                #expect(data.range(of: Data(text.utf8)) == nil, "\(name)")
            }
        }
    }

    @Test func `tells a page file that was changed`() async throws {
        let journal = try Self.open(SealingKey())
        let file = JournalFile.page(UUIDv7())
        try await journal.write([1, 2, 3], to: file)
        #expect(try await journal.read(file) == [1, 2, 3])
        let url = TemporaryDirectory.url.appending(path: "data/pages/\(file.name)")
        var data = try Data(contentsOf: url)
        data[data.count - 1] ^= 1
        try data.write(to: url)
        let error = await #expect(throws: BlankettError.self) { try await journal.read(file) }
        #expect(error?.code == "journal-damaged")
    }

    @Test func `removes what a cut-short write left`() async throws {
        let key = SealingKey()
        let stray = JournalFile.page(UUIDv7())
        try await Self.open(key).write([1], to: stray)
        let pages = TemporaryDirectory.url.appending(path: "data/pages")
        try Data([1]).write(to: pages.appending(path: ".half.page.tmp"))
        let setup = TestStation(journal: try Self.open(key), scanner: FakeScanner(["sure A"]))
        try await setup.run { _ = try await $0.scanToEnd() }
        // The page and its preview.
        #expect(try FileManager.default.contentsOfDirectory(atPath: pages.path()).count == 2)
    }

    @Test func `belongs to one process at a time`() throws {
        let key = SealingKey()
        let first = try Self.open(key)
        let error = #expect(throws: BlankettError.self) { try Self.open(key) }
        #expect(error?.code == "storage-in-use")
        withExtendedLifetime(first) {}
    }
}
