public import Foundation
public import Support

extension AgentConfiguration {
    private static let file = ObjectShape(
        "the configuration", required: ["format", "station", "data", "forms"],
        optional: [
            "language", "confirm", "kiosk", "scanners", "discovery", "profiles", "profileKeys", "packageKeys", "models",
            "bridge",
            "keepDays", "diskReserve", "readers", "test", "municipality", "pagesPerDocument", "controlSample",
            "knownValues",
        ],
        examples: [
            "format": "Write format: \"blankett-agent/1\".", "station": "Write station: \"stadshuset-2\".",
            "data": "Write data: \"/var/lib/blankett-agent\".", "forms": "Write forms: [\"/etc/blankett/forms\"].",
        ])
    private static let kiosk = ObjectShape("kiosk", required: [], optional: ["port"])
    private static let scanner = ObjectShape("scanner", required: ["name", "address"], optional: ["profile"])
    private static let discovery = ObjectShape(
        "discovery", required: [], optional: ["usb", "network", "allow", "deny"],
        examples: ["usb": "Write usb: true.", "network": "Write network: true."])
    private static let bridge = ObjectShape(
        "bridge", required: ["url"],
        optional: ["tokenFile", "authorities", "pin", "certificate", "key", "enrolmentCode"])

    /// Reads a configuration file; paths in it are relative to its folder.
    ///
    /// - Parameter url: A JSON5 file.
    /// - Throws: ``BlankettError`` that tells all problems of the file at once.
    public init(file url: URL) throws(BlankettError) {
        self = try ConfigurationFile.read(url) { Self.read($0, beside: url.deletingLastPathComponent()) }
    }

    private static func read(_ located: Located, beside folder: URL) -> AgentConfiguration? {
        guard let reader = ObjectReader(located, as: file) else { return nil }
        if let format = reader.string("format"), format != "blankett-agent/1" {
            reader.report("format", "The format \"\(format)\" is not known.", "Write format: \"blankett-agent/1\".")
        }
        func path(_ text: String) -> URL { URL(filePath: text, relativeTo: folder).absoluteURL.standardizedFileURL }
        func paths(_ key: String) -> [URL] { (reader.strings(key) ?? []).map { path($0.text) } }

        var settings = StationSettings(name: reader.string("station", example: "\"stadshuset-2\"") ?? "")
        if reader.has("station"), settings.name.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,62}/) == nil {
            reader.report("station", "This is no name of a station.", "Use lower-case letters, digits and hyphens.")
        }
        if let language = reader.string("language", example: "\"sv\"") {
            if !["sv", "en"].contains(language) {
                reader.report("language", "There is no such language.", "Write sv or en.")
            }
            settings.language = language
        }
        if let confirm = reader.word("confirm", StationSettings.Confirm.self) { settings.confirm = confirm }
        if let days = reader.integer("keepDays", in: 0...3650, example: "7") { settings.keepDays = days }
        if let bytes = reader.integer("diskReserve", in: 0...(1 << 50), example: "268435456") {
            settings.diskReserve = bytes
        }
        if let count = reader.integer("readers", in: 1...32, example: "2") { settings.readers = count }
        settings.pagesPerDocument = reader.integer("pagesPerDocument", in: 1...200, example: "2")
        settings.test = reader.bool("test") ?? false
        // Of test documents nobody needs to know how well they are read.
        settings.controlSample =
            reader.integer("controlSample", in: 0...10_000, example: "50") ?? (settings.test ? 0 : 50)
        settings.knownValues = reader.bool("knownValues") ?? true
        settings.municipality = reader.string("municipality", example: "\"2281\"")

        let page = reader.located("kiosk").flatMap { ObjectReader($0, as: Self.kiosk) }
        return AgentConfiguration(
            settings: settings, dataFolder: path(reader.string("data") ?? "."),
            kioskPort: UInt16(page?.integer("port", in: 0...65535, example: "0") ?? 0),
            scanners: (reader.elements("scanners") ?? []).compactMap(readScanner),
            discovery: reader.located("discovery").flatMap(readDiscovery) ?? Discovery(), formFolders: paths("forms"),
            profileFolders: paths("profiles"), profileKeys: readKeys(reader, "profileKeys"),
            packageKeys: readKeys(reader, "packageKeys"),
            modelFolder: reader.string("models").map(path),
            bridge: reader.located("bridge").flatMap { readBridge($0, path) })
    }

    private static func readKeys(_ reader: ObjectReader, _ key: String) -> [PublicKey] {
        (reader.strings(key) ?? []).compactMap { text, located in
            let key = PublicKey(text)
            if key == nil {
                located.report(
                    "\"\(text)\" is no public key.",
                    "Write what blankett profiles key printed: ed25519: and 44 characters.")
            }
            return key
        }
    }

    private static func readScanner(_ located: Located) -> ScannerEntry? {
        guard let reader = ObjectReader(located, as: scanner), let name = reader.string("name"),
            let address = reader.string("address", example: "\"http://192.0.2.7/eSCL\"")
        else { return nil }
        if address.wholeMatch(of: /(https?:\/\/|unix:\/\/\/|usb:\/\/|sane:).+/) == nil {
            reader.report(
                "address", "This is no scanner's address.",
                "Write one such as http://192.0.2.7/eSCL, usb://04c5:132b or sane:BACKEND:NAME.")
        }
        return ScannerEntry(name: name, address: address, profile: reader.string("profile"))
    }

    private static func readDiscovery(_ located: Located) -> Discovery? {
        guard let reader = ObjectReader(located, as: discovery) else { return nil }
        var rules = Discovery()
        if let usb = reader.bool("usb") { rules.usb = usb }
        if let network = reader.bool("network") { rules.network = network }
        rules.allow = reader.strings("allow")?.map(\.text) ?? []
        rules.deny = reader.strings("deny")?.map(\.text) ?? []
        return rules
    }

    private static func readBridge(_ located: Located, _ path: (String) -> URL) -> Bridge? {
        guard let reader = ObjectReader(located, as: bridge), let url = reader.string("url") else { return nil }
        let isLoopback = url.firstMatch(of: /^(http:\/\/(127\.|localhost|\[::1\])|unix:\/\/\/)/) != nil
        if !url.hasPrefix("https://"), !isLoopback {
            reader.report("url", "Records would travel in clear.", "Write an https address.")
        }
        return Bridge(
            url: url, tokenFile: reader.string("tokenFile").map(path),
            authorities: reader.string("authorities").map(path),
            pin: reader.string("pin"), certificate: reader.string("certificate").map(path),
            key: reader.string("key").map(path), enrolmentCode: reader.string("enrolmentCode").map(path))
    }
}
