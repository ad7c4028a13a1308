import Certificates
import Delivery
import Forms
public import Foundation
import HTTP
import HTTPClient
public import HTTPServer
import Records
import Sealing
public import Support
import Synchronization

/// A running bridge: the store, the API, and the administrator's side.
public final class BridgeService: Sendable {
    /// Where the API is reached, such as `http://127.0.0.1:41234`.
    public var origin: String { server.origin }

    /// Where the admin page is; `nil` where the configuration has none.
    public var adminOrigin: String? { page?.origin }

    /// Method and pattern of all that the API answers, such as `GET /v1/records/{id}`.
    public var routes: [String] { current.bridge.router.list }

    /// As it was at the start; what can change while the bridge runs is in ``current``.
    private let configuration: BridgeConfiguration
    private let log: Logger
    private let store: any RecordStore
    private let parts: BridgeParts
    private let current: CurrentBridge
    private let server: HTTPServer
    private let admin: HTTPServer
    private let page: HTTPServer?
    private let reread: (@Sendable () throws -> BridgeConfiguration)?

    /// Opens the data folder and starts to listen.
    ///
    /// - Parameters:
    ///   - configuration: As it stands at the start.
    ///   - log: Where to say what happens.
    ///   - now: The time, by which leases, codes and tokens end.
    ///   - sockets: What systemd has opened: one named `admin` is for the admin page, another one for the API.
    ///   - reread: Reads the configuration anew.
    ///   - around: Goes around what answers the API's requests from outside.
    /// - Throws: ``BlankettError``.
    public init(
        _ configuration: BridgeConfiguration, log: Logger = .standardError,
        now: @escaping @Sendable () -> Date = { Date() }, sockets: [InheritedSocket] = [],
        reread: (@Sendable () throws -> BridgeConfiguration)? = nil,
        around: (@escaping HTTPServer.Handler) -> HTTPServer.Handler = { $0 }
    ) async throws {
        self.configuration = configuration
        self.log = log
        self.reread = reread
        let folder = configuration.dataFolder
        OpenFiles.allowAll()
        try DurableFile.makeFolder(folder)
        let metrics = Metrics()
        let store = try await configuration.openTables(create: true, log: log, metrics: metrics, now: now)
        self.store = store
        // What a killed process left would lead scripts to a dead port.
        try? FileManager.default.removeItem(at: configuration.addressFile)
        try? FileManager.default.removeItem(at: configuration.adminAddressFile)
        do {
            let parts = try BridgeParts(configuration, store: store, metrics: metrics, log: log, now: now)
            self.parts = parts
            let current = CurrentBridge(try parts.bridge(configuration), configuration)
            self.current = current
            let context = parts.context(configuration) { current.configuration.subscriptions }
            admin = try Self.makeAdmin(configuration, store, context)
            page = try Self.makePage(
                configuration, context, inherited: sockets.first { $0.name == "admin" }?.descriptor)
            var tls = configuration.tls
            tls?.ownAuthority = parts.authority.pem
            let inherited = sockets.first { $0.name != "admin" }?.descriptor
            var serving = HTTPServer.Configuration(
                listen: inherited.map { .inherited(descriptor: $0) } ?? configuration.listen, tls: tls, threads: 3,
                maximumConnections: configuration.connections, maximumBody: configuration.largestBlob)
            serving.handlesOnServerThread = true
            server = try HTTPServer(
                serving, doorkeeper: { current.bridge.refusal(of: &$0) },
                handler: around { await current.bridge.respond(to: $0) })
        } catch {
            await store.close()
            throw error
        }
        try DurableFile.write(Array("\(server.origin)\n".utf8), to: configuration.addressFile, permissions: 0o644)
        if let page {
            try DurableFile.write(
                Array("\(page.origin)/\n".utf8), to: configuration.adminAddressFile, permissions: 0o644)
        }
        log.log(.info, "started", .name("version", BridgeProgram.version), .count("port", Int(server.port)))
    }

    /// Answers a request of this process, with nothing around it.
    func answer(_ request: Request) async -> Response {
        await current.bridge.respond(to: request)
    }

    /// Serves until the end is wished, or the disk has failed.
    ///
    /// - Parameters:
    ///   - termination: The wish.
    ///   - reloading: Rings when the configuration is to be read anew.
    /// - Throws: What made it impossible to go on.
    public func run(until termination: Termination, reloading: Bell = Bell()) async throws {
        await writeChanges()
        await parts.neighbours.look(store, log)
        ServiceState.ready()
        let end = await withTaskGroup(of: BlankettError?.self) { group in
            group.addTask {
                await termination.requested()
                return nil
            }
            group.addTask { [store] in await store.failed() }
            group.addTask { await self.sweepForever() }
            group.addTask { await self.beatForever() }
            group.addTask { await self.reloadForever(reloading) }
            group.addTask { await self.callForever() }
            let end = await group.next() ?? nil
            termination.request()
            group.cancelAll()
            return end
        }
        await stop()
        if let end { throw end }
    }

    /// Takes no more requests, lets those in work finish, and closes the files.
    public func stop() async {
        ServiceState.stopping()
        await server.stop()
        await page?.stop(grace: .seconds(2))
        await admin.stop()
        await store.close()
        try? FileManager.default.removeItem(at: configuration.addressFile)
        try? FileManager.default.removeItem(at: configuration.adminAddressFile)
        log.log(.info, "stopped")
    }

    /// Reads the configuration anew, and takes it over as a whole; what cannot be used changes nothing.
    ///
    /// - Returns: Keys whose change counts from the next start only.
    /// - Throws: ``BlankettError`` that tells what is wrong.
    @discardableResult
    public func reload() async throws -> [String] {
        guard let reread else { return [] }
        let new = try reread()
        let bridge = try parts.bridge(new)
        let left = new.needsRestart(since: configuration)
        let (before, configured) = (current.bridge, current.configuration)
        // First what hides fields, then who gets them.
        current.replace(with: bridge, new)
        do {
            try await store.adopt(new.subscriptions)
        } catch {
            current.replace(with: before, configured)
            throw error
        }
        return left
    }

    /// Each time the bell rings, or a command has changed the subscriptions.
    private func reloadForever(_ bell: Bell) async -> BlankettError? {
        let managed = ManagedSubscriptions(configuration.subscriptionFile)
        var known = managed.entries
        var seen = bell.count
        while !Task.isCancelled {
            let rung = await bell.wait(after: seen, atMost: .seconds(2))
            let entries = managed.entries
            guard !Task.isCancelled, rung > seen || entries != known else { continue }
            (seen, known) = (rung, entries)
            do {
                for key in try await reload() { log.log(.warning, "needs-restart", .name("key", key)) }
                log.log(.info, "reloaded")
                parts.metrics.count("blankett_reloads_total", ["outcome": "done"])
            } catch {
                log.log(.error, "reload-refused", .error(error))
                // Texts of the configuration, for who asked: the log takes only codes.
                FileHandle.standardError.write(Data("\(error)\n".utf8))
                parts.metrics.count("blankett_reloads_total", ["outcome": "refused"])
            }
        }
        return nil
    }

    /// Blobs that no record came to name within a day are leftovers of an interrupted transfer; contents that were kept
    /// for as long as they should be are erased.
    private func sweepForever() async -> BlankettError? {
        while !Task.isCancelled {
            do {
                let removed = try await store.sweepBlobs(storedBefore: Date(timeIntervalSinceNow: -86400))
                if removed > 0 { log.log(.info, "blobs-swept", .count("removed", removed)) }
                let erased = try await store.eraseExpired(
                    current.configuration.retention, by: Origin(actor: "retention", request: UUIDv7()))
                if erased > 0 { log.log(.info, "records-erased", .count("erased", erased)) }
            } catch {
                log.log(.warning, "sweep-failed", .error(error))
            }
            try? await Task.sleep(for: .seconds(3600))
        }
        return nil
    }

    /// What commands did becomes lines of the audit log; rather twice than never.
    private func writeChanges() async {
        guard let changes = parts.registry.contents.changes, !changes.isEmpty else { return }
        do {
            for change in changes {
                try await store.note(
                    change.action, object: change.object, outcome: "done",
                    by: Origin(actor: change.actor, request: change.id))
            }
            try parts.registry.forget(changes)
        } catch {
            log.log(.warning, "changes-not-noted", .error(error))
        }
    }

    /// Consumers that want to be told when records wait.
    private func callForever() async -> BlankettError? {
        await WakeUpCalls(
            store: store, metrics: parts.metrics, log: log, transport: CurlTransport(),
            wishes: { [current] in current.configuration.wakeUps }
        ).run()
        return nil
    }

    /// Tells systemd only after a commit that the service is alive.
    private func beatForever() async -> BlankettError? {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(10))
            guard !Task.isCancelled, (try? await store.probe()) != nil else { continue }
            await writeChanges()
            await parts.neighbours.look(store, log)
            ServiceState.alive()
        }
        return nil
    }

    /// A socket file that only this user can open: health for systemd and the administrator.
    private static func makeAdmin(
        _ configuration: BridgeConfiguration, _ store: SQLRecordStore, _ context: AdminContext
    ) throws -> HTTPServer {
        var router = Router()
        context.addHealth(to: &router)
        StoreRoutes(
            store: store, archive: { try await store.archive(to: $0, for: configuration.backupRecipient()) }
        ).add(to: &router)
        let routes = router
        return try HTTPServer(
            HTTPServer.Configuration(
                listen: .unix(path: configuration.adminSocket.path()), threads: 1, maximumBody: 65_536)
        ) { await routes.respond(to: $0) }
    }

    /// The admin page on the loopback, with health and metrics beside it.
    private static func makePage(
        _ configuration: BridgeConfiguration, _ context: AdminContext, inherited: Int32?
    ) throws -> HTTPServer? {
        guard configuration.adminPort != nil || inherited != nil else { return nil }
        var router = Router()
        context.addHealth(to: &router)
        let health = router
        // Its port is known only when the server listens, and the guard needs it.
        let page = LaterPage()
        let listen = inherited.map { HTTPServer.Listen.inherited(descriptor: $0) }
        let server = try HTTPServer(
            HTTPServer.Configuration(
                listen: listen ?? .tcp(host: "127.0.0.1", port: configuration.adminPort ?? 0), threads: 1,
                maximumBody: FormFields.largest)
        ) { request in
            guard let page = page.value else {
                return .problem(Problem("not-ready", status: 503, title: "The bridge is starting", retryAfter: 1))
            }
            return await page.respond(to: request, health: health)
        }
        page.set(
            AdminPage(
                context, guardian: AdminGuard(port: server.port, registry: context.registry, now: context.now)))
        return server
    }
}

/// The admin page, once there is one.
private final class LaterPage: Sendable {
    private let page = Mutex<AdminPage?>(nil)

    var value: AdminPage? { page.withLock { $0 } }
    func set(_ value: AdminPage) { page.withLock { $0 = value } }
}
