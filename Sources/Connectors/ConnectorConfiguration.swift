public import Foundation
import HTTPClient
public import Support

/// What a connector does: the file `blankett-connector/1`.
///
/// Either `folder` or `rest` says where records go; docs/integrate describes both.
public struct ConnectorConfiguration: Sendable {
    private var origin = ""
    private var subscription = ""
    private var source = BridgeCredentials.Source.tokenFile(URL(filePath: "/"))
    private var bridgeAuthorities: String?
    /// How long the bridge waits for a connector that has died before it gives a record to another.
    private(set) var leaseSeconds = 300
    /// Records in one claim.
    private(set) var atOnce = 10
    private var targetAuthorities: String?
    private var makeTaker: @Sendable (TLSTrust) -> (any Taker)? = { _ in nil }

    private static let file = ObjectShape(
        "the connector", required: ["format", "bridge"], optional: ["$schema", "folder", "rest"],
        examples: ["format": "Write format: \"blankett-connector/1\"."])
    private static let bridge = ObjectShape(
        "bridge", required: ["address", "subscription"],
        optional: ["tokenFile", "client", "secretFile", "authorities", "leaseSeconds", "atOnce"])
    private static let folder = ObjectShape("folder", required: ["path"], optional: ["format", "columns", "receipts"])
    private static let column = ObjectShape("column", required: ["name", "value"])
    private static let rest = ObjectShape(
        "rest", required: ["address", "find", "create"],
        optional: ["headers", "tokenFile", "authorities", "attachments", "receipt"])
    private static let find = ObjectShape("find", required: ["path", "items", "caseId"])
    private static let create = ObjectShape("create", required: ["path", "body"])
    private static let attachments = ObjectShape(
        "attachments", required: ["path", "part", "hash"], optional: ["parts", "pages", "document"])

    /// All of them, for who compares them with the schema in docs/schemas.
    package static let objects = [file, bridge, folder, column, rest, find, create, attachments]

    /// Reads a file; paths in it are relative to its folder.
    ///
    /// - Throws: ``BlankettError`` that tells all problems of the file at once.
    public init(file url: URL) throws(BlankettError) {
        self = try ConfigurationFile.read(url) { Self.read($0, beside: url.deletingLastPathComponent()) }
    }

    func parts() throws(BlankettError) -> (BridgeConsumer, any Taker) {
        func trust(_ authorities: String?) -> TLSTrust {
            TLSTrust(server: authorities.map { .authorities(file: $0) } ?? .system)
        }
        guard let taker = makeTaker(trust(targetAuthorities)) else {
            throw BlankettError("configuration-broken", exit: .badInput, "The connector has nowhere to bring records.")
        }
        let consumer = BridgeConsumer(
            origin: origin, subscription: subscription, credentials: BridgeCredentials(source),
            transport: CurlTransport(trust: trust(bridgeAuthorities)))
        return (consumer, taker)
    }

    private static func read(_ located: Located, beside base: URL) -> ConnectorConfiguration? {
        guard let reader = ObjectReader(located, as: file) else { return nil }
        if let format = reader.string("format"), format != "blankett-connector/1" {
            reader.report("format", "The format \"\(format)\" is not known.", "Write format: \"blankett-connector/1\".")
        }
        func url(_ text: String) -> URL { URL(filePath: text, relativeTo: base).absoluteURL.standardizedFileURL }
        func path(_ text: String) -> String { url(text).path(percentEncoded: false) }
        var configuration = ConnectorConfiguration()
        if let bridge = reader.located("bridge").flatMap({ ObjectReader($0, as: Self.bridge) }) {
            configuration.origin = address(bridge)
            configuration.subscription = bridge.string("subscription") ?? ""
            configuration.bridgeAuthorities = bridge.string("authorities").map(path)
            configuration.leaseSeconds = bridge.integer("leaseSeconds", in: 10...3600, example: "300") ?? 300
            configuration.atOnce = bridge.integer("atOnce", in: 1...100, example: "10") ?? 10
            if let client = bridge.string("client"), let secret = bridge.string("secretFile") {
                configuration.source = .client(id: client, secretFile: url(secret))
            } else if let file = bridge.string("tokenFile") {
                configuration.source = .tokenFile(url(file))
            } else {
                bridge.report(
                    "tokenFile", "The bridge will not know who asks.",
                    "Write client: \"NAME\", secretFile: \"FILE\", or tokenFile: \"FILE\".")
            }
        }
        switch (reader.located("folder"), reader.located("rest")) {
        case (let folder?, nil): configuration.makeTaker = readFolder(folder, url)
        case (nil, let rest?):
            configuration.targetAuthorities = rest.value["authorities"]?.stringValue.map(path)
            configuration.makeTaker = readREST(rest, url)
        default:
            reader.report("rest", "Records go to one place.", "Write either folder: { … } or rest: { … }.")
        }
        return configuration
    }

    private init() {}

    private static func address(_ reader: ObjectReader) -> String {
        let text = reader.string("address", example: "\"https://bridge.kommun.se\"") ?? ""
        if text.wholeMatch(of: /https?:\/\/[A-Za-z0-9.\-\[\]:]+/) == nil {
            reader.report(
                "address", "“\(text)” is no address.", "Write scheme, host and port only: \"https://bridge.kommun.se\"."
            )
        }
        return text
    }

    private static func readFolder(_ located: Located, _ url: (String) -> URL) -> @Sendable (TLSTrust) -> (any Taker)? {
        guard let reader = ObjectReader(located, as: folder) else { return { _ in nil } }
        let columns = (reader.elements("columns") ?? []).compactMap { element -> (String, JSONPointer)? in
            guard let column = ObjectReader(element, as: Self.column), let name = column.string("name"),
                let place = column.pointer("value")
            else { return nil }
            return (name, place)
        }
        let taker = DropFolder(
            folder: url(reader.string("path") ?? "."), format: reader.word("format") ?? .json, columns: columns,
            waitsForReceipt: reader.bool("receipts") ?? true)
        return { _ in taker }
    }

    private static func readREST(_ located: Located, _ url: (String) -> URL) -> @Sendable (TLSTrust) -> (any Taker)? {
        guard let reader = ObjectReader(located, as: rest),
            let find = reader.located("find").flatMap({ ObjectReader($0, as: Self.find) }),
            let create = reader.located("create").flatMap({ ObjectReader($0, as: Self.create) })
        else { return { _ in nil } }
        var body: Template?
        do throws(TemplateFault) {
            body = try Template(create.located("body")?.value ?? [:])
        } catch {
            create.report("body", error.message, "Places look like {/data/document/applicant/name}.")
        }
        let items = find.pointer("items") ?? JSONPointer(tokens: [])
        let caseId = find.pointer("caseId") ?? JSONPointer(tokens: ["id"])
        var headers: [String: String] = [:]
        for (name, value) in reader.located("headers")?.value.objectValue ?? [:] {
            headers[name] = value.stringValue
        }
        let tokenFile = reader.string("tokenFile").map(url)
        let attachments = reader.located("attachments").flatMap { ObjectReader($0, as: Self.attachments) }.map {
            RESTTarget.Attachments(
                path: $0.string("path") ?? "", part: $0.string("part") ?? "file",
                hash: $0.pointer("hash") ?? JSONPointer(tokens: ["hash"]),
                parts: ($0.located("parts")?.value.objectValue ?? [:]).compactMapValues(\.stringValue),
                sendsPages: $0.bool("pages") ?? true, sendsDocument: $0.bool("document") ?? false)
        }
        let receipt = reader.pointer("receipt")
        let origin = address(reader)
        let paths = (find: find.string("path") ?? "", create: create.string("path") ?? "")
        guard let body else { return { _ in nil } }
        return { [headers] trust in
            var headers = headers
            if let file = tokenFile, let text = try? String(contentsOf: file, encoding: .utf8) {
                headers["Authorization"] = "Bearer \(text.trimmingCharacters(in: .whitespacesAndNewlines))"
            }
            return RESTTarget(
                origin: origin, headers: headers, find: (paths.find, items, caseId), create: (paths.create, body),
                attachments: attachments, receipt: receipt, transport: CurlTransport(trust: trust))
        }
    }
}
