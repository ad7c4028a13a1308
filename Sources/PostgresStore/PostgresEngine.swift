public import Records
public import Support
import Synchronization

/// The bridge's tables in a PostgreSQL database, which several bridges can share.
///
/// A server that goes away is waited for: requests fail until it is back, and none is answered that is not stored.
public final class PostgresEngine: SQLEngine {
    private static let readerCount = 4

    private let information: String
    private let writer: PostgresWriter
    private let readers: [PostgresReader]
    private let turn = Mutex(0)
    /// Names this bridge to the others, from its start to its end.
    private let name = UUIDv7().description
    private let hasMet = Mutex(false)

    /// Whether the server keeps what it said is committed through a power cut; its settings can forbid that.
    public let isDurable: Bool

    /// Brings the tables up to date, or makes them.
    ///
    /// - Parameters:
    ///   - information: As libpq wants it, such as `host=/run/postgresql dbname=bridge`.
    ///   - committed: Told of each commit: how much work was in it, and how long it took.
    /// - Throws: ``BlankettError`` with exit `.storage`; `schema-newer`.
    public init(
        _ information: String, committed: @escaping @Sendable (_ works: Int, _ time: Duration) -> Void = { _, _ in }
    ) async throws {
        self.information = information
        writer = PostgresWriter(information, committed: committed)
        readers = (0..<Self.readerCount).map { _ in PostgresReader(information) }
        do {
            try await Self.migrate(writer)
            isDurable = try await readers[0].read { session in
                try session.query("SELECT setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes')", []) {
                    $0.text(0) == "on"
                }.allSatisfy(\.self)
            }
        } catch {
            await writer.close()
            for reader in readers { await reader.close() }
            throw Self.forPerson(error)
        }
    }

    public func submit<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result,
        then tell: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void
    ) {
        writer.submit(work) { tell($0.mapError(Self.forPerson)) }
    }

    public func read<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result {
        let number = turn.withLock { turn in
            turn = (turn + 1) % Self.readerCount
            return turn
        }
        do {
            return try await readers[number].read(work)
        } catch {
            throw Self.forPerson(error)
        }
    }

    public func survey<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws -> Result
    ) async throws -> Result {
        let reader = PostgresReader(information)
        do {
            let result = try await reader.read(work)
            await reader.close()
            return result
        } catch {
            await reader.close()
            throw Self.forPerson(error)
        }
    }

    /// Another bridge's record is seen after half a second at most.
    public var longestWait: Duration { .milliseconds(500) }

    public func meet(_ message: String) async throws -> [String] {
        hasMet.withLock { $0 = true }
        // The server's clock: those of the bridges may differ.
        let now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
        return try await write { [name] session in
            try session.run(
                """
                INSERT INTO peer(id, message, seen_at) VALUES($1, $2, \(now))
                ON CONFLICT(id) DO UPDATE SET message = excluded.message, seen_at = excluded.seen_at
                """, [.text(name), .text(message)])
            try session.run("DELETE FROM peer WHERE seen_at < \(now) - 3600000", [])
            return try session.query(
                "SELECT message FROM peer WHERE id <> $1 AND seen_at > \(now) - 30000", [.text(name)]
            ) { $0.text(0) ?? "" }
        }
    }

    public func isAlone() async throws -> Bool {
        do {
            return try await writer.isAlone()
        } catch {
            throw Self.forPerson(error)
        }
    }

    /// Old versions of rows lie in the tables until they are vacuumed.
    public func forgetDeleted() async throws {
        do {
            try await writer.alone(["VACUUM record", "VACUUM blob", "VACUUM page", "VACUUM delivery"])
        } catch {
            throw Self.forPerson(error)
        }
    }

    /// The server looks for damage in its pages itself, if it was set up with checksums.
    public func damage() async throws -> [String] { [] }

    /// Never: the server's disk is the server's matter, and it comes back.
    public func failed() async -> BlankettError? {
        await Bell().wait(after: 0)
        return nil
    }

    public func close() async {
        if hasMet.withLock({ $0 }) {
            _ = try? await write { [name] in try $0.run("DELETE FROM peer WHERE id = $1", [.text(name)]) }
        }
        await writer.close()
        for reader in readers { await reader.close() }
    }

    private static func migrate(_ writer: PostgresWriter) async throws {
        // Two bridges that start at once take turns; each step is a transaction.
        let lock = "SELECT pg_advisory_xact_lock(\(RecordSchema.applicationID))"
        try await writer.write { session in
            try session.script("\(lock); CREATE TABLE IF NOT EXISTS bridge(version BIGINT NOT NULL)")
        }
        while true {
            let isDone = try await writer.write { session -> Bool in
                try session.script(lock)
                let version = try session.query("SELECT max(version) FROM bridge", []) { $0.integer(0) }.first ?? 0
                guard version <= RecordSchema.postgres.count else {
                    throw BlankettError(
                        "schema-newer", exit: .storage, "The data was written by a newer version of this program.",
                        advice: "Install that version again, or restore a backup from before.")
                }
                if version == RecordSchema.postgres.count { return true }
                try session.script(RecordSchema.postgres[version])
                try session.script("INSERT INTO bridge VALUES(\(version + 1))")
                return false
            }
            if isDone { return }
        }
    }

    private static func forPerson(_ error: any Error) -> any Error {
        switch error {
        case let error as PostgresError: error.forPerson
        case is StoreClosed:
            BlankettError("storage-closed", exit: .storage, "The store is closed.", isTransient: true)
        default: error
        }
    }
}

extension SQLRecordStore {
    /// Opens a store in a PostgreSQL database.
    ///
    /// - Parameters:
    ///   - information: As libpq wants it, such as `host=/run/postgresql dbname=bridge`.
    ///   - settings: What else is needed; the same in all bridges that share the database.
    /// - Throws: ``BlankettError`` with exit `.storage`.
    public convenience init(postgres information: String, _ settings: Settings) async throws {
        try await self.init(try await PostgresEngine(information, committed: settings.reportCommit), settings)
    }
}
