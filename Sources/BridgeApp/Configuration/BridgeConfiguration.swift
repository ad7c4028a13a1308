public import Delivery
public import Foundation
public import HTTPServer
import Support

/// How a bridge is set up: what stands in its file, `bridge.json5`.
public struct BridgeConfiguration: Sendable {
    public var listen: HTTPServer.Listen
    /// The one folder that holds all the bridge keeps.
    public var dataFolder: URL
    public var store: StoreChoice
    /// Where the page images lie, if not in the data folder; with several bridges, on storage that they share.
    public var blobs: URL?
    /// The file of the key that seals all contents, if it is not in the data folder.
    public var key: URL?
    /// Whom backups are sealed for: a public key, in hexadecimal digits.
    public var backupKey: String?
    /// How long contents are kept after they were delivered.
    public var retention: Retention
    public var tls: HTTPServer.TLS?
    /// Which client certificates stand for whom.
    public var certificates: [String: Caller]
    /// Whether tokens are accepted; without them only certificates are.
    public var acceptsTokens: Bool
    public var subscriptions: [Subscription]
    /// Form packages, or folders of them, whose schemas are served.
    public var formFolders: [URL]
    /// Bytes of the disk to keep free; `nil` is 5 %, at most 256 MiB.
    public var diskReserve: Int?
    /// Bytes of the largest page image.
    public var largestBlob: Int
    /// How many connections are served at once; long polls hold one each.
    public var connections = 1024
    /// By subscription: where its consumer is told that records wait.
    var wakeUps: [String: WakeUp] = [:]
    /// Where it is kept who may come in; `nil` is the data folder.
    ///
    /// Several bridges can share it.
    public var accessFolder: URL?
    var rateLimits = RateLimits()
    /// Where the admin page is, on the loopback; `nil` has none, 0 lets the system choose.
    public var adminPort: UInt16?

    public init(
        listen: HTTPServer.Listen = .tcp(host: "127.0.0.1", port: 0), dataFolder: URL, store: StoreChoice = .sqlite,
        blobs: URL? = nil, key: URL? = nil, retention: Retention = Retention(), tls: HTTPServer.TLS? = nil,
        certificates: [String: Caller] = [:], acceptsTokens: Bool = true, subscriptions: [Subscription] = [],
        formFolders: [URL] = [], diskReserve: Int? = nil, largestBlob: Int = 32 << 20
    ) {
        self.listen = listen
        self.dataFolder = dataFolder
        self.store = store
        self.blobs = blobs
        self.key = key
        self.retention = retention
        self.tls = tls
        self.certificates = certificates
        self.acceptsTokens = acceptsTokens
        self.subscriptions = subscriptions
        self.formFolders = formFolders
        self.diskReserve = diskReserve
        self.largestBlob = largestBlob
    }

    // What lies in the data folder.
    var tokenFile: URL { (accessFolder ?? dataFolder).appending(path: "tokens.json") }
    var registryFile: URL { (accessFolder ?? dataFolder).appending(path: "access.json") }
    var authorityFile: URL { (accessFolder ?? dataFolder).appending(path: "authority.pem") }
    var subscriptionFile: URL { (accessFolder ?? dataFolder).appending(path: "subscriptions.json") }
    /// What was published for kiosks.
    var packageFolder: URL { (accessFolder ?? dataFolder).appending(path: "packages") }
    /// What kiosks told of themselves.
    var stationFolder: URL { (accessFolder ?? dataFolder).appending(path: "stations") }
    /// Where the admin page is; there while the bridge runs.
    var adminAddressFile: URL { dataFolder.appending(path: "admin.address") }
    /// Seals tokens of fifteen minutes.
    var tokenKeyFile: URL { (accessFolder ?? dataFolder).appending(path: "token.key") }
    /// The named file, else the credential that systemd hands over, else the one in the data folder.
    var keyFile: URL {
        if let key { return key }
        if let folder = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] {
            let credential = URL(filePath: folder).appending(path: "bridge.key")
            if FileManager.default.fileExists(atPath: credential.path()) { return credential }
        }
        return dataFolder.appending(path: "bridge.key")
    }
    var blobFolder: URL { blobs ?? dataFolder.appending(path: "blobs") }
    /// Where the bridge is reached, for scripts; there while it runs.
    var addressFile: URL { dataFolder.appending(path: "bridge.address") }
    var adminSocket: URL { dataFolder.appending(path: "admin.sock") }
}
