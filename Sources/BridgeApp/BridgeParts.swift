import Certificates
import Delivery
import Forms
import Foundation
import HTTPServer
import Sealing
import Support
import Synchronization

/// What a bridge keeps from its start on, whatever is read anew: the store, its own authority, and what was counted.
struct BridgeParts: Sendable {
    let store: any RecordStore
    let authority: CertificateAuthority
    let registry: AccessRegistry
    let board: AgentBoard
    let metrics: Metrics
    let neighbours = Neighbours()
    private let limiter: RateLimiter
    private let sealer: any Sealer
    private let log: Logger
    private let now: @Sendable () -> Date

    init(
        _ configuration: BridgeConfiguration, store: any RecordStore, metrics: Metrics, log: Logger,
        now: @escaping @Sendable () -> Date
    ) throws {
        self.store = store
        self.metrics = metrics
        self.log = log
        self.now = now
        limiter = RateLimiter(now: now)
        if let folder = configuration.accessFolder { try DurableFile.makeFolder(folder) }
        authority = try OwnAuthority.open(configuration.authorityFile)
        registry = AccessRegistry(configuration.registryFile, now: now)
        sealer = try SealingKey(file: configuration.tokenKeyFile)
        board = AgentBoard(configuration.stationFolder)
    }

    /// The API as a configuration wants it.
    func bridge(_ configuration: BridgeConfiguration) throws -> Bridge {
        let forms: FormLibrary
        do {
            forms = try FormLibrary.load(configuration.formFolders)
        } catch {
            throw BlankettError(
                "forms-broken", exit: .badInput, "\(error)", advice: "Mend them; see blankett forms check.")
        }
        // Shown now, not when the first record comes.
        for wish in configuration.wakeUps.values { _ = try wish.signature() }
        let access = Access(
            tokens: configuration.acceptsTokens ? TokenFile(configuration.tokenFile) : nil,
            certificates: configuration.certificates, registry: registry, authority: authority, sealer: sealer, now: now
        )
        return Bridge(
            store: store, access: access, configuration: configuration, forms: forms,
            documents: try DocumentCheck(forms), limiter: limiter, metrics: metrics, board: board, log: log)
    }

    func context(
        _ configuration: BridgeConfiguration, subscriptions: @escaping @Sendable () -> [Subscription]
    ) -> AdminContext {
        let shown = (configuration.tls?.certificate).flatMap { try? String(contentsOf: $0, encoding: .utf8) }
        return AdminContext(
            store: store, registry: registry, board: board, metrics: metrics, neighbours: neighbours,
            dataFolder: configuration.dataFolder,
            diskReserve: configuration.diskReserve,
            shelf: PackageShelf(configuration.packageFolder), subscriptions: subscriptions,
            serverCertificateEnd: shown.flatMap { try? Certificate(pem: $0).notAfter }, now: now)
    }
}

/// The API that answers now: replaced as a whole, between two requests.
final class CurrentBridge: Sendable {
    private let state: Mutex<(bridge: Bridge, configuration: BridgeConfiguration)>

    init(_ bridge: Bridge, _ configuration: BridgeConfiguration) {
        state = Mutex((bridge, configuration))
    }

    var bridge: Bridge { state.withLock { $0.bridge } }
    var configuration: BridgeConfiguration { state.withLock { $0.configuration } }

    func replace(with bridge: Bridge, _ configuration: BridgeConfiguration) {
        state.withLock { $0 = (bridge, configuration) }
    }
}

extension BridgeConfiguration {
    /// Keys that differ from those of the start, and count only from the next start on.
    func needsRestart(since start: BridgeConfiguration) -> [String] {
        let changes = [
            ("data", dataFolder != start.dataFolder), ("store", store != start.store), ("blobs", blobs != start.blobs),
            ("key", key != start.key), ("listen", listen != start.listen), ("tls", tls != start.tls),
            ("access", accessFolder != start.accessFolder), ("admin", adminPort != start.adminPort),
            ("largestBlob", largestBlob != start.largestBlob), ("connections", connections != start.connections),
        ]
        return changes.filter(\.1).map(\.0)
    }
}
