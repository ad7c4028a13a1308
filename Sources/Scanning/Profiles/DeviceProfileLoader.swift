import Support

/// Reads a device profile file and reports everything that is wrong with it at once.
struct DeviceProfileLoader {
    static func load(_ located: Located) -> DeviceProfileFile? {
        guard let reader = ObjectReader(located, as: DeviceProfileFormat.file) else { return nil }
        // A later format may mean other things by the same keys: nothing else in it can be judged.
        guard let format = reader.string("format") else { return nil }
        guard format == DeviceProfileFile.formatName else {
            reader.report(
                "format", "The format \"\(format)\" is not known here.",
                "This Blankett reads \"\(DeviceProfileFile.formatName)\"; a newer one may be needed.")
            return nil
        }
        let maker = reader.string("maker")
        let elements = reader.elements("devices")
        if elements?.isEmpty == true { reader.report("devices", "There is no device.", "Add at least one.") }
        var seen: Set<String> = []
        let devices = (elements ?? []).compactMap { element -> DeviceProfile? in
            let device = self.device(element)
            if let device, !seen.insert(device.name).inserted {
                element.report("\"\(device.name)\" stands twice.", "Give each device its own name.")
            }
            return device
        }
        return maker.map { DeviceProfileFile(maker: $0, devices: devices) }
    }

    private static func device(_ located: Located) -> DeviceProfile? {
        guard let reader = ObjectReader(located, as: DeviceProfileFormat.device) else { return nil }
        let name = reader.string("name")
        let version = reader.integer("version", in: 1...999_999, example: "1")
        let match = reader.located("match").flatMap(self.match)
        let connection = self.connection(reader)
        let profiles = self.profiles(reader)
        let deadlines = reader.located("deadlines").flatMap(self.deadlines)
        let quirks = reader.elements("quirks")?.compactMap(quirk)
        let sane = reader.located("sane").flatMap(SaneSettingsLoader.settings)
        if sane != nil, !connection.contains(where: { $0.hasPrefix("sane") }) {
            reader.report("sane", "This device is not reached through SANE.", "Add sane:BACKEND to connection.")
        }
        checkResolutions(profiles, quirks ?? [], reader)
        guard let name, let version, let match else { return nil }
        return DeviceProfile(
            name: name, version: version, facts: reader.string("facts"), match: match, connection: connection,
            profiles: profiles, deadlines: deadlines, quirks: quirks, sane: sane)
    }

    /// What a quirk says that the device cannot do, its own profiles must not ask for.
    private static func checkResolutions(
        _ profiles: [String: ScanProfile], _ quirks: [DeviceProfile.Quirk], _ reader: ObjectReader
    ) {
        guard let highest = quirks.first(where: { $0.name == .highestResolution })?.value else { return }
        for (name, profile) in profiles.sorted(by: { $0.key < $1.key }) where profile.resolution > highest {
            reader.located("profiles")?.member(name)?.report(
                "\(profile.resolution) dpi is more than this device can: its quirk says \(highest).",
                "Write resolution: \(highest), or less.")
        }
    }

    private static func match(_ located: Located) -> DeviceProfile.Match? {
        guard let reader = ObjectReader(located, as: DeviceProfileFormat.match) else { return nil }
        // A kind of identity that the maker does not have may be written as null.
        func given(_ key: String) -> Bool { located.value[key] != .null }
        let usb = given("usb") ? reader.strings("usb") : nil
        for (text, element) in usb ?? [] where text.wholeMatch(of: /[0-9a-f]{4}:[0-9a-f]{4}/) == nil {
            element.report(
                "\"\(text)\" is no USB identity.", "Write VID:PID in small hexadecimal digits, such as \"0482:069d\".")
        }
        func pattern(_ key: String) -> String? {
            guard given(key), let text = reader.string(key) else { return nil }
            if (try? Regex(text)) == nil {
                reader.report(key, "\"\(text)\" is no regular expression.", "Write one such as \"^ECOSYS M2040dn\".")
            }
            return text
        }
        let match = DeviceProfile.Match(
            usb: usb?.map(\.text), model: pattern("model"), sane: pattern("sane"), feeder: reader.bool("feeder"))
        if match.feeder != nil, !match.isGeneric {
            reader.report("feeder", "A device that is known by name is not chosen by its feeder.", "Leave feeder out.")
        }
        return match
    }

    private static func connection(_ reader: ObjectReader) -> [String] {
        let connections = reader.strings("connection") ?? []
        if connections.isEmpty, reader.located("connection")?.value.arrayValue != nil {
            reader.report("connection", "There is no connection.", "Write [\"escl\"], or [\"sane:BACKEND\"].")
        }
        for (text, element) in connections where text.wholeMatch(of: /escl|escl-usb|sane(:[a-z0-9_]+)?/) == nil {
            element.report("Unknown connection \"\(text)\".", "Write escl, escl-usb, sane or sane:BACKEND.")
        }
        for (text, element) in connections where text == "sane:escl" {
            element.report(
                "The SANE backend escl loses pages and crashes.", "Write escl, which is Blankett's own, instead.")
        }
        return connections.map(\.text)
    }

    private static func profiles(_ reader: ObjectReader) -> [String: ScanProfile] {
        guard let located = reader.located("profiles") else { return [:] }
        guard let members = located.value.objectValue, !members.isEmpty else {
            located.report("There is no profile.", "Add at least one, such as \"form-a4\": { source: \"feeder\" }.")
            return [:]
        }
        return Dictionary(
            uniqueKeysWithValues: members.keys.sorted().compactMap { name in
                if name.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,63}/) == nil {
                    located.member(name)?.report(
                        "\"\(name)\" cannot be a profile's name.", "Use small letters a-z, digits and -.")
                }
                return located.member(name).flatMap(ScanProfileLoader.profile).map { (name, $0) }
            })
    }

    private static func deadlines(_ located: Located) -> DeviceProfile.Deadlines? {
        guard let reader = ObjectReader(located, as: DeviceProfileFormat.deadlines) else { return nil }
        let standard = DeviceProfile.Deadlines.standard
        func seconds(_ key: String, _ standard: Double) -> Double {
            guard let seconds = reader.number(key, above: 0, example: standard.shortest) else { return standard }
            if seconds > DeviceProfileFormat.longestDeadline {
                reader.report(
                    key, "Nobody waits \(seconds.shortest) seconds for a scanner.",
                    "Write \(key): \(standard.shortest), and at most \(DeviceProfileFormat.longestDeadline.shortest).")
            }
            return seconds
        }
        return DeviceProfile.Deadlines(
            open: seconds("open", standard.open), start: seconds("start", standard.start),
            idle: seconds("idle", standard.idle), cancel: seconds("cancel", standard.cancel))
    }

    private static func quirk(_ located: Located) -> DeviceProfile.Quirk? {
        guard let reader = ObjectReader(located, as: DeviceProfileFormat.quirk) else { return nil }
        let name: DeviceProfile.Quirk.Name? = reader.word("name")
        let milliseconds = reader.integer("milliseconds", in: 1...60_000, example: "500")
        let value = reader.integer("value", in: 1...100_000, example: "300")
        if name == .pauseBeforeNextPage, milliseconds == nil {
            located.report("\"milliseconds\" is missing.", "Add how long to wait, such as milliseconds: 500.")
        }
        if name == .highestResolution, value == nil {
            located.report("\"value\" is missing.", "Add the highest resolution in dpi, such as value: 300.")
        }
        guard let name, let why = reader.string("why") else { return nil }
        return DeviceProfile.Quirk(name, milliseconds: milliseconds, value: value, why: why)
    }
}
