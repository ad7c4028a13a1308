import Dispatch
public import Foundation
import Support
import Synchronization

/// A PostgreSQL server of the tests' own on a UNIX socket, from Debian's package; it ends with the tests.
///
/// PostgreSQL does not run as root: it is started as the package's user then.
public final class PrivatePostgres: Sendable {
    /// The server of all tests that are not about power cuts: it syncs nothing.
    public static func shared() async throws -> PrivatePostgres {
        try await onThread { try running.get() }
    }

    /// Starting a server and asking psql block, and the tests' threads are few.
    private static func onThread<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    private static let queue = DispatchQueue(label: "private-postgres", attributes: .concurrent)

    private static let running = Result { try PrivatePostgres() }

    public let folder: URL
    private let settings: [String]
    private let program = Mutex<BackgroundProgram?>(nil)

    /// Sets up a server and starts it; `syncs` says whether commits are synced to the disk.
    public init(syncs: Bool = false) throws {
        // A socket's path has at most 107 characters.
        folder = URL(filePath: "/tmp").appending(path: "blankett-pg-\(UUIDv7().description.suffix(12))")
        settings = [
            "-c", "listen_addresses=", "-c", "unix_socket_directories=\(folder.path())", "-c", "max_connections=200",
            "-c", "shared_buffers=32MB", "-c", "fsync=\(syncs ? "on" : "off")",
        ]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        if getuid() == 0 { try Self.run("/usr/bin/chown", ["postgres:", folder.path()]) }
        try Self.run(
            Self.asUser + [
                Self.tool("initdb"), "-D", "\(folder.path())/data", "-A", "trust", "-U", "blankett", "-E", "UTF8",
                "--locale=C", "--no-sync", "-k",
            ])
        try start()
    }

    deinit {
        program.withLock { $0 }?.stop()
    }

    /// How libpq reaches it; `schema` holds the tables, so that tests do not meet.
    public func information(schema: String) -> String {
        "host=\(folder.path()) user=blankett dbname=postgres options='-c search_path=\(schema)'"
    }

    /// An empty schema, by its name.
    public func makeSchema() async throws -> String {
        let name = "t\(UUIDv7().description.replacing("-", with: ""))"
        try await query("CREATE SCHEMA \(name)")
        return name
    }

    /// What psql prints: one line a row, columns with `|` between them.
    @discardableResult public func query(_ sql: String, schema: String = "public") async throws -> String {
        try await Self.onThread { [self] in try ask(sql, schema) }
    }

    private func ask(_ sql: String, _ schema: String) throws -> String {
        try BackgroundProgram.output(
            of: URL(filePath: Self.tool("psql")),
            ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", information(schema: schema), "-c", sql])
    }

    public func start() throws {
        // The server gets a signal that ends it at once when this process is gone, and leaves nothing behind.
        let script = """
            dir=$1; shift; "$@" & pid=$!; trap 'kill -INT $pid' INT TERM; trap 'kill -9 $pid' USR1
            wait $pid; wait $pid; [ -e "$dir/stay" ] || rm -rf "$dir"
            """
        let words =
            Self.asUser + ["/bin/sh", "-c", script, "sh", folder.path(), Self.tool("postgres"), "-D"]
            + ["\(folder.path())/data"] + settings
        // After a kill it is refused for as long as a process of the old server still ends; meanwhile the files stay.
        defer { try? FileManager.default.removeItem(at: folder.appending(path: "stay")) }
        for _ in 0..<20 {
            let started = try BackgroundProgram(
                URL(filePath: words[0]), Array(words.dropFirst()), log: folder.appending(path: "log-\(UUIDv7())"))
            program.withLock { $0 = started }
            for _ in 0..<600 {
                if (try? ask("SELECT 1", "public")) == "1" { return }
                guard started.isRunning else { break }
                usleep(50_000)
            }
            guard !started.isRunning else { break }
            usleep(500_000)
        }
        throw BlankettError("program-not-started", exit: .fault, "PostgreSQL did not start.")
    }

    /// Ends the server as a crash would, and leaves its files.
    public func kill() throws {
        guard let running = program.withLock({ $0 }) else { return }
        _ = FileManager.default.createFile(atPath: folder.appending(path: "stay").path(), contents: nil)
        running.send(signal: SIGUSR1)
        running.waitForExit(before: .now + .seconds(10))
    }

    private static let asUser =
        getuid() == 0
        ? [
            "/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=TERM", "--",
        ] : ["/usr/bin/setpriv", "--pdeathsig=TERM", "--"]

    private static func tool(_ name: String) -> String {
        let base = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        let newest = versions.compactMap { Int($0) }.max() ?? 15
        return "\(base)/\(newest)/bin/\(name)"
    }

    private static func run(_ words: [String]) throws {
        try run(words[0], Array(words.dropFirst()))
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        _ = try BackgroundProgram.output(of: URL(filePath: program), arguments)
    }
}
