import Delivery
import Foundation
import Records
import SQLiteStore
import Sealing
import Support
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `Reasons that an earlier version left in clear` {
    @Test(arguments: StoreKind.allCases)
    func `are sealed, whenever the program is killed in between`(_ kind: StoreKind) async throws {
        let place = try await TestStore(kind)
        let store = try await place.open()
        let count = 450
        for _ in 0..<count { try await store.send(sampleRecord()) }
        while case let claimed = try await store.claim("cases", limit: 100, leaseSeconds: 300, by: .test).claimed,
            !claimed.isEmpty
        {
            let items = claimed.map { AcknowledgementRequest.Item(leaseId: $0.leaseId, outcome: .reject, reason: "x") }
            _ = try await store.acknowledge(items, of: "cases", by: .test)
        }
        await store.close()
        // What nobody wrote as a consumer stays readable for who looks at the tables.
        let script = """
            UPDATE delivery SET reason = 'Testsson ringer ' || seq;
            UPDATE delivery SET reason = 'attempts-used' WHERE seq = (SELECT min(seq) FROM delivery);
            DELETE FROM secret WHERE name = 'reasons-sealed'
            """
        switch kind {
        case .sqlite: try place.change(script)
        case .postgres: try await PrivatePostgres.shared().query(script, schema: place.schema)
        }

        var failures = 0
        for number in 0... {
            let settings = SQLRecordStore.Settings(
                subscriptions: [Subscription(name: "cases")], blobs: place.folder.appending(path: "blobs"),
                key: place.key, makeToken: { SecureRandom.token() })
            do {
                let store = try await SQLRecordStore(FailingEngine(try await place.engine(), after: number), settings)
                await store.close()
                break
            } catch is FailingEngine.Failure {
                failures += 1
            }
        }
        // Three steps of the change among them, and its end.
        #expect(failures > 4)

        let again = try await place.open()
        var reasons: [String] = []
        while case let page = try await again.entries(of: "cases", in: .rejected, limit: 100, offset: reasons.count),
            !page.isEmpty
        {
            reasons += page.map { $0.reason ?? "" }
        }
        #expect(reasons.count == count && reasons.count { $0 == "attempts-used" } == 1)
        #expect(Set(reasons).count == count && reasons.count { $0.hasPrefix("Testsson ringer ") } == count - 1)
        #expect(try await again.damage() == [])
        await again.close()
        switch kind {
        case .sqlite:
            for name in ["bridge.db", "bridge.db-wal"] {
                let file = place.folder.appending(path: name)
                let bytes = FileManager.default.fileExists(atPath: file.path()) ? try Data(contentsOf: file) : Data()
                #expect(bytes.firstRange(of: Data("Testsson".utf8)) == nil, "\(name)")
            }
        case .postgres:
            let left = try await PrivatePostgres.shared().query(
                "SELECT count(*) FROM delivery WHERE reason LIKE '%Testsson%'", schema: place.schema)
            #expect(left == "0")
        }
    }
}
