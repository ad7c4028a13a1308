import Support

/// Reads one scan of a device profile, and refuses what no device can do.
enum ScanProfileLoader {
    static func profile(_ located: Located) -> ScanProfile? {
        guard let reader = ObjectReader(located, as: DeviceProfileFormat.scan) else { return nil }
        let size = reader.string("size", example: "\"A4\"")
        if let size, PaperSize(size) == nil {
            reader.report(
                "size", "\"\(size)\" is no paper size.",
                "Write \(PaperSize.named.keys.sorted().joined(separator: ", ")) or WIDTHxHEIGHT in millimetres.")
        }
        guard let source: ScanSource = reader.word("source") else { return nil }
        let levels = ScanLevel.allCases.compactMap { level in
            reader.integer(level.rawValue, in: -100...100, example: "0").map { (level, $0) }
        }
        let switches = DeviceProfileFormat.switches.compactMap { name in
            reader.bool(name.rawValue).map { (name, $0) }
        }
        let profile = ScanProfile(
            source: source, sides: reader.integer("sides", in: 1...2, example: "1") ?? 1,
            mode: reader.word("mode") ?? .gray,
            resolution: reader.integer("resolution", in: 50...2400, example: "300") ?? 300, size: size ?? "A4",
            levels: Dictionary(uniqueKeysWithValues: levels),
            quality: reader.integer("quality", in: 1...100, example: "85"),
            threshold: reader.integer("threshold", in: 0...255, example: "128"),
            switches: Dictionary(uniqueKeysWithValues: switches), multiFeed: reader.word("multiFeed"),
            blankPages: reader.word("blankPages"), trigger: reader.word("trigger"),
            sane: reader.located("sane").flatMap(SaneSettingsLoader.settings))
        check(profile, reader)
        return profile
    }

    /// What the words of the profile say against each other.
    private static func check(_ profile: ScanProfile, _ reader: ObjectReader) {
        if profile.source == .platen {
            if profile.sides == 2 {
                reader.report("sides", "The glass has one side.", "Write sides: 1, or source: \"feeder\".")
            }
            for key in ["multiFeed", "trigger"] where reader.has(key) {
                reader.report(key, "On the glass nothing is fed.", "Leave \(key) out, or write source: \"feeder\".")
            }
        }
        if profile.blankPages == .dropBacks, profile.sides == 1 {
            reader.report(
                "blankPages", "With sides: 1 there are no back sides.", "Write blankPages: \"keep\", or sides: 2.")
        }
        if profile.threshold != nil, profile.mode != .blackAndWhite {
            reader.report(
                "threshold", "Only black-and-white has a threshold.",
                "Leave it out, or write mode: \"black-and-white\".")
        }
    }
}

/// Reads what a profile says to SANE.
enum SaneSettingsLoader {
    /// Set from the profile's own values; a second opinion would change what a page is.
    private static let ours: Set = [
        "source", "mode", "resolution", "x-resolution", "y-resolution", "duplex", "adf-mode", "tl-x", "tl-y", "br-x",
        "br-y", "page-width", "page-height", "preview",
    ]

    static func settings(_ located: Located) -> SaneSettings? {
        guard let reader = ObjectReader(located, as: DeviceProfileFormat.sane) else { return nil }
        return SaneSettings(
            names: names(reader.located("names")), required: options(reader.located("required")),
            optional: options(reader.located("optional")))
    }

    private static func members(_ located: Located?) -> [(key: String, value: Located)] {
        guard let located else { return [] }
        guard let members = located.value.objectValue else {
            located.report("Here must be an object, not \(located.value.kindName).", "Write { NAME: VALUE }.")
            return []
        }
        return members.keys.sorted().compactMap { key in located.member(key).map { (key, $0) } }
    }

    private static func names(_ located: Located?) -> [SaneSettings.Meaning: String] {
        var names: [SaneSettings.Meaning: String] = [:]
        for (key, value) in members(located) {
            guard let meaning = SaneSettings.Meaning(rawValue: key) else {
                let known = SaneSettings.Meaning.allCases.map(\.rawValue)
                value.report("Unknown source or mode \"\(key)\".", Nearest.advice(for: key, among: known))
                continue
            }
            guard let name = value.value.stringValue, !name.isEmpty else {
                value.report("This must be SANE's name as a text.", "Write it as scanimage -A shows it.")
                continue
            }
            names[meaning] = name
        }
        return names
    }

    private static func options(_ located: Located?) -> [String: String] {
        var options: [String: String] = [:]
        for (key, value) in members(located) {
            if key.wholeMatch(of: /[a-z][a-z0-9-]*/) == nil {
                value.report("\"\(key)\" is no option of SANE.", "Write it as scanimage -A shows it, without dashes.")
            } else if ours.contains(key) {
                value.report("Blankett sets \"\(key)\" itself.", "Leave it out; the scan profile's own keys decide it.")
            }
            switch value.value {
            case .bool(let on): options[key] = on ? "yes" : "no"
            case .number(let number): options[key] = number.shortest
            case .string(let text): options[key] = text
            default:
                value.report("An option is a text, a number, true or false.", "Write it as scanimage -A shows it.")
            }
        }
        return options
    }
}
