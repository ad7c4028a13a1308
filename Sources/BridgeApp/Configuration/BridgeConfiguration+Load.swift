import Delivery
public import Foundation
import HTTPServer
import Sealing
public import Support

extension BridgeConfiguration {
    private static let file = ObjectShape(
        "the configuration", required: ["format", "data"],
        optional: [
            "listen", "tls", "certificates", "tokens", "subscriptions", "forms", "diskReserve", "largestBlob", "access",
            "rateLimits", "admin", "blobs", "key", "retention", "store", "backup", "connections",
        ],
        examples: [
            "format": "Write format: \"blankett-bridge/1\".", "data": "Write data: \"/var/lib/blankett-bridge\".",
        ])
    private static let listen = ObjectShape("listen", required: [], optional: ["address", "port"])
    private static let tls = ObjectShape("tls", required: ["certificate", "key"], optional: ["clientAuthorities"])
    private static let subscription = ObjectShape(
        "subscription", required: ["name"], optional: ["formTypes", "includeTest", "from", "hide", "wakeUp"])
    private static let wakeUp = ObjectShape(
        "wakeUp", required: ["url", "secret"], optional: [],
        examples: [
            "url": "Write url: \"https://case-system.example/blankett\".",
            "secret": "Write secret: \"wake-up.secret\", a file.",
        ])
    private static let admin = ObjectShape("admin", required: ["port"])
    private static let rates = ObjectShape(
        "rateLimits", required: [], optional: ["agent", "consumer", "operator", "stranger"])
    private static let store = ObjectShape(
        "store", required: ["postgres"], optional: [],
        examples: ["postgres": "Write postgres: \"host=/run/postgresql dbname=bridge\", or leave out store."])
    private static let backup = ObjectShape("backup", required: ["key"], optional: [])
    private static let retention = ObjectShape("retention", required: [], optional: ["days", "formTypes"])
    private static let certificate = ObjectShape(
        "certificate", required: ["certificate", "name"], optional: ["subscription"])

    /// Reads a configuration file; paths in it are relative to its folder.
    ///
    /// - Parameter url: A JSON5 file.
    /// - Throws: ``BlankettError`` that tells all problems of the file at once.
    public init(file url: URL) throws(BlankettError) {
        try self.init(ConfigurationSources(file: url))
    }

    /// What the sources say, with the subscriptions that commands have made.
    init(_ sources: ConfigurationSources) throws(BlankettError) {
        self = try sources.read { Self.read($0, beside: sources.file.deletingLastPathComponent()) }
        let named = Set(subscriptions.map(\.name))
        subscriptions += ManagedSubscriptions(subscriptionFile).entries.map(\.subscription).filter {
            !named.contains($0.name)
        }
    }

    /// - Throws: ``BlankettError`` unless the subscription stands in the configuration.
    func requireSubscription(_ name: String) throws(BlankettError) {
        guard subscriptions.contains(where: { $0.name == name }) else {
            throw .usage("There is no subscription \(name).", advice: "Name one that stands in the configuration.")
        }
    }

    private static func read(_ located: Located, beside folder: URL) -> BridgeConfiguration? {
        guard let reader = ObjectReader(located, as: file) else { return nil }
        if let format = reader.string("format"), format != "blankett-bridge/1" {
            reader.report("format", "The format \"\(format)\" is not known.", "Write format: \"blankett-bridge/1\".")
        }
        func path(_ text: String) -> URL { URL(filePath: text, relativeTo: folder).absoluteURL.standardizedFileURL }
        var configuration = BridgeConfiguration(
            dataFolder: path(reader.string("data", example: "\"/var/lib/blankett-bridge\"") ?? "."))
        if let listen = reader.located("listen").flatMap({ ObjectReader($0, as: listen) }) {
            configuration.listen = .tcp(
                host: listen.string("address", example: "\"127.0.0.1\"") ?? "127.0.0.1",
                port: UInt16(listen.integer("port", in: 0...65535, example: "8443") ?? 0))
        }
        if let tls = reader.located("tls").flatMap({ ObjectReader($0, as: tls) }) {
            configuration.tls = HTTPServer.TLS(
                certificate: path(tls.string("certificate") ?? ""), key: path(tls.string("key") ?? ""),
                clientAuthorities: tls.string("clientAuthorities").map(path))
        }
        if let store = reader.located("store").flatMap({ ObjectReader($0, as: store) }),
            let information = store.string("postgres", example: "\"host=/run/postgresql dbname=bridge\"")
        {
            configuration.store = .postgres(information)
        }
        if let backup = reader.located("backup").flatMap({ ObjectReader($0, as: backup) }) {
            configuration.backupKey = backup.string("key")
            if let key = configuration.backupKey, !BackupKey.isPublicKey(key) {
                backup.report("key", "This is no public key.", "Write what blankett-bridge backup-key has printed.")
            }
        }
        configuration.blobs = reader.string("blobs").map(path)
        configuration.key = reader.string("key").map(path)
        configuration.retention = reader.located("retention").flatMap(readRetention) ?? Retention()
        configuration.acceptsTokens = reader.bool("tokens") ?? true
        configuration.formFolders = (reader.strings("forms") ?? []).map { path($0.text) }
        configuration.diskReserve = reader.integer("diskReserve", in: 0...(1 << 50), example: "268435456")
        configuration.connections =
            reader.integer("connections", in: 16...10_000, example: "1024") ?? configuration.connections
        configuration.largestBlob =
            reader.integer("largestBlob", in: 1024...(1 << 30), example: "33554432") ?? configuration.largestBlob
        configuration.accessFolder = reader.string("access").map(path)
        if let admin = reader.located("admin").flatMap({ ObjectReader($0, as: admin) }) {
            configuration.adminPort = admin.integer("port", in: 0...65535, example: "9443").map { UInt16($0) }
        }
        if let rates = reader.located("rateLimits").flatMap({ ObjectReader($0, as: rates) }) {
            // 0 stands for any number.
            func rate(_ key: String, or standard: Int?) -> Int? {
                guard let number = rates.integer(key, in: 0...1_000_000_000, example: "6000") else { return standard }
                return number == 0 ? nil : number
            }
            let standard = RateLimits()
            configuration.rateLimits = RateLimits(
                agent: rate("agent", or: standard.agent), consumer: rate("consumer", or: standard.consumer),
                operator: rate("operator", or: standard.operator), stranger: rate("stranger", or: standard.stranger))
        }
        for element in reader.elements("subscriptions") ?? [] {
            guard let subscription = readSubscription(element) else { continue }
            if configuration.subscriptions.contains(where: { $0.name == subscription.name }) {
                element.report("The name \"\(subscription.name)\" stands twice.", "Give each subscription its own.")
            }
            configuration.subscriptions.append(subscription)
            configuration.wakeUps[subscription.name] = element.member("wakeUp").flatMap { readWakeUp($0, path) }
        }
        for element in reader.elements("certificates") ?? [] {
            guard let reader = ObjectReader(element, as: certificate), let shown = reader.string("certificate"),
                let name = reader.string("name")
            else { continue }
            configuration.certificates[shown] = Caller(
                name: name, scope: reader.string("subscription").map { .consumer(subscription: $0) } ?? .agent)
        }
        if !configuration.certificates.isEmpty, configuration.tls?.clientAuthorities == nil {
            reader.report(
                "certificates", "Nobody vouches for client certificates.",
                "Write tls: { …, clientAuthorities: \"ca.pem\" }.")
        }
        if case .tcp(let host, _) = configuration.listen, configuration.tls == nil, !isLoopback(host) {
            reader.report(
                "listen", "Without TLS the bridge listens on this host only.",
                "Add tls, or write address: \"127.0.0.1\".")
        }
        return configuration
    }

    private static func readSubscription(_ element: Located) -> Subscription? {
        guard let reader = ObjectReader(element, as: subscription), let name = reader.string("name") else { return nil }
        if !Caller.isName(name) {
            reader.report("name", "\"\(name)\" is no name.", "Write letters a to z, digits and hyphens.")
        }
        return Subscription(
            name: name, formTypes: reader.strings("formTypes").map { Set($0.map(\.text)) },
            includesTest: reader.bool("includeTest") ?? false, start: reader.word("from") ?? .now,
            hiddenFields: Set((reader.strings("hide") ?? []).map(\.text)))
    }

    private static func readWakeUp(_ located: Located, _ path: (String) -> URL) -> WakeUp? {
        guard let reader = ObjectReader(located, as: wakeUp), let url = reader.string("url"),
            let secret = reader.string("secret")
        else { return nil }
        let wish = WakeUp(address: url, secret: path(secret))
        if wish == nil {
            reader.report("url", "This address cannot be called.", "Write one that begins with https://.")
        }
        return wish
    }

    private static func readRetention(_ located: Located) -> Retention? {
        guard let reader = ObjectReader(located, as: retention) else { return nil }
        var read = Retention(days: reader.integer("days", in: days, example: "30"))
        guard let types = reader.located("formTypes") else { return read }
        guard let members = types.value.objectValue else {
            types.report("Here must be an object.", "Write formTypes: { bygglov: 90 }.")
            return read
        }
        for (type, value) in members.sorted(by: { $0.key < $1.key }) {
            if let number = value.numberValue, let whole = Int(exactly: number), days.contains(whole) {
                read.formTypes[type] = whole
            } else {
                types.member(type)?.report("Here must be a number of days.", "Write \(type): 30.")
            }
        }
        return read
    }

    private static let days = 1...36500

    private static func isLoopback(_ host: String) -> Bool {
        host == "::1" || host.hasPrefix("127.")
    }
}
