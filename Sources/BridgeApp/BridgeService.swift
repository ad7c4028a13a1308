import Certificates
import Delivery
import Forms
public import Foundation
import HTTP
import HTTPServer
import SQLiteStore
import Sealing
public import Support

/// A running bridge: the store, the API, and the administrator's socket.
public struct BridgeService: Sendable {
    /// Where the API is reached, such as `http://127.0.0.1:41234`.
    public var origin: String { server.origin }

    /// Method and pattern of all that the API answers, such as `GET /v1/records/{id}`.
    public let routes: [String]

    private let configuration: BridgeConfiguration
    private let log: Logger
    private let store: any RecordStore
    private let server: HTTPServer
    private let admin: HTTPServer

    /// Opens the data folder and starts to listen.
    ///
    /// - Parameters:
    ///   - configuration: As it stands at the start.
    ///   - log: Where to say what happens.
    ///   - now: The time, by which leases, codes and tokens end.
    /// - Throws: ``BlankettError``.
    public init(
        _ configuration: BridgeConfiguration, log: Logger = .standardError,
        now: @escaping @Sendable () -> Date = { Date() }
    ) async throws {
        self.configuration = configuration
        self.log = log
        let folder = configuration.dataFolder
        try DurableFile.makeFolder(folder)
        let store = try SQLiteRecordStore(
            folder, subscriptions: configuration.subscriptions,
            sealer: try SealingKey(file: configuration.keyFile, create: Self.isNew(folder)),
            makeToken: { SecureRandom.bytes(16).hexadecimal }, now: now)
        self.store = store
        // What a killed process left would lead scripts to a dead port.
        try? FileManager.default.removeItem(at: configuration.addressFile)
        do {
            if let folder = configuration.accessFolder { try DurableFile.makeFolder(folder) }
            let access = Access(
                tokens: configuration.acceptsTokens ? TokenFile(configuration.tokenFile) : nil,
                certificates: configuration.certificates,
                registry: AccessRegistry(configuration.registryFile, now: now),
                authority: try OwnAuthority.open(configuration.authorityFile),
                sealer: try SealingKey(file: configuration.tokenKeyFile), now: now)
            let bridge = Bridge(
                store: store, access: access, configuration: configuration,
                forms: try Self.forms(in: configuration.formFolders), limiter: RateLimiter(), log: log)
            var tls = configuration.tls
            tls?.ownAuthority = access.authority.pem
            routes = bridge.router.list
            admin = try Self.makeAdmin(configuration, store)
            server = try HTTPServer(
                HTTPServer.Configuration(
                    listen: configuration.listen, tls: tls, threads: 3,
                    maximumBody: configuration.largestBlob),
                doorkeeper: { bridge.refusal(of: $0) }, handler: { await bridge.respond(to: $0) })
        } catch {
            await store.close()
            throw error
        }
        try DurableFile.write(Array("\(server.origin)\n".utf8), to: configuration.addressFile, permissions: 0o644)
        log.log(.info, "started", .name("version", BridgeProgram.version), .count("port", Int(server.port)))
    }

    /// Serves until the end is wished, or the disk has failed.
    ///
    /// - Parameter termination: The wish.
    /// - Throws: What made it impossible to go on.
    public func run(until termination: Termination) async throws {
        ServiceState.ready()
        let end = await withTaskGroup(of: BlankettError?.self) { group in
            group.addTask {
                await termination.requested()
                return nil
            }
            group.addTask { await store.failed() }
            group.addTask { await sweepForever() }
            group.addTask { await beatForever() }
            let end = await group.next() ?? nil
            termination.request()
            group.cancelAll()
            return end
        }
        await stop()
        if let error = end { throw error }
    }

    /// Takes no more requests, lets those in work finish, and closes the files.
    public func stop() async {
        ServiceState.stopping()
        await server.stop()
        await admin.stop()
        await store.close()
        try? FileManager.default.removeItem(at: configuration.addressFile)
        log.log(.info, "stopped")
    }

    /// Blobs that no record came to name within a day are leftovers of an interrupted transfer.
    private func sweepForever() async -> BlankettError? {
        while !Task.isCancelled {
            do {
                let removed = try await store.sweepBlobs(storedBefore: Date(timeIntervalSinceNow: -86400))
                if removed > 0 { log.log(.info, "blobs-swept", .count("removed", removed)) }
            } catch {
                log.log(.warning, "sweep-failed", .error(error))
            }
            try? await Task.sleep(for: .seconds(3600))
        }
        return nil
    }

    /// Tells systemd only after a commit that the service is alive.
    private func beatForever() async -> BlankettError? {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(10))
            guard !Task.isCancelled, (try? await store.probe()) != nil else { continue }
            ServiceState.alive()
        }
        return nil
    }

    private static func forms(in folders: [URL]) throws(BlankettError) -> FormLibrary {
        do {
            return try FormLibrary.load(folders)
        } catch {
            throw BlankettError(
                "forms-broken", exit: .badInput, "\(error)", advice: "Mend them; see blankett forms check.")
        }
    }

    private static func isNew(_ folder: URL) -> Bool {
        !FileManager.default.fileExists(atPath: folder.appending(path: "bridge.db").path())
    }

    /// A socket file that only this user can open: health for systemd and the administrator.
    private static func makeAdmin(_ configuration: BridgeConfiguration, _ store: any RecordStore) throws -> HTTPServer {
        var router = Router()
        router.on("GET", "/healthz") { _, _ in try .json(["status": "alive"]) }
        router.on("GET", "/readyz") { _, _ in
            var reasons: [String] = []
            if (try? await store.probe()) == nil { reasons.append("database-not-writable") }
            let space = try DiskSpace(of: configuration.dataFolder)
            if space.free < configuration.diskReserve ?? space.reserve { reasons.append("disk-low") }
            return try .json(
                [
                    "status": .string(reasons.isEmpty ? "ready" : "not-ready"),
                    "reasons": .array(reasons.map { .string($0) }),
                ]
                    as JSONValue, status: reasons.isEmpty ? 200 : 503)
        }
        router.on("GET", "/audit") { _, _ in
            let (rows, broken) = try await store.verifyAudit()
            return try .json(
                ["rows": .number(Double(rows)), "broken": broken.map { .number(Double($0)) } ?? .null] as JSONValue)
        }
        let routes = router
        return try HTTPServer(
            HTTPServer.Configuration(listen: .unix(path: configuration.adminSocket.path()), threads: 1, maximumBody: 0)
        ) { await routes.respond(to: $0) }
    }
}
