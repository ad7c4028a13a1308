import Imaging
public import Support

extension ScanJob {
    /// Image formats whose wholeness can be checked, the preferred first.
    public static let checkableFormats = [ImageFormat.jpeg, .png, .pnm].map(\.mediaType)

    /// Fits what the office wants to what the device announces for that source.
    ///
    /// Nothing is rounded in silence: a value that came out otherwise stands in ``adjustments``.
    ///
    /// - Parameters:
    ///   - profile: What is wanted, in logical values.
    ///   - capabilities: What the device announces now.
    ///   - device: The profile of this device, for its deadlines and quirks.
    ///   - formats: Media types the caller can take, the preferred first.
    /// - Throws: ``BlankettError`` with code `profile-refused` when the device cannot do what is wanted.
    public init(
        fitting profile: ScanProfile, to capabilities: ScannerCapabilities, device: DeviceProfile? = nil,
        formats: [String] = checkableFormats
    ) throws(BlankettError) {
        let quirks = device?.quirks ?? []
        guard let source = capabilities[profile.source, profile.sides] else {
            throw Self.refusal(
                "cannot scan \(Self.name(profile.source, profile.sides))",
                "It offers: \(Self.list(capabilities.sources.map { Self.name($0.source, $0.sides) })).")
        }
        var adjustments: [Adjustment] = []
        let mode = try Self.mode(for: profile.mode, in: source, &adjustments)
        self.init(
            source: profile.source, sides: profile.sides, mode: mode,
            resolution: try Self.resolution(for: profile.resolution, in: source, quirks),
            format: try Self.format(in: source, formats), region: try Self.region(for: profile.size, in: source),
            values: Self.values(for: profile, mode: mode, in: source, quirks, &adjustments),
            switches: Self.switches(for: profile, in: source, &adjustments),
            blankPages: profile.blankPages ?? .keep,
            sane: (device?.sane ?? SaneSettings()).merged(with: profile.sane),
            deadlines: device?.deadlines ?? .standard, quirks: quirks)
        self.adjustments = adjustments
    }

    public func quirk(_ name: DeviceProfile.Quirk.Name) -> DeviceProfile.Quirk? { quirks.first { $0.name == name } }

    private static func mode(
        for wanted: ScanMode, in source: SourceCapabilities, _ adjustments: inout [Adjustment]
    ) throws(BlankettError) -> ScanMode {
        // Grey holds all that black and white does, and colour all that grey does; never the other way round.
        let richer: [ScanMode] =
            switch wanted {
            case .blackAndWhite: [.blackAndWhite, .gray, .color]
            case .gray: [.gray, .color]
            case .color: [.color]
            }
        guard let got = richer.first(where: source.modes.contains) else {
            throw refusal(
                "cannot scan in mode “\(wanted.rawValue)” from \(name(source.source, source.sides))",
                "It offers: \(list(source.modes.map(\.rawValue))).")
        }
        if got != wanted {
            adjustments.append(.init("mode", asked: wanted.rawValue, got: got.rawValue))
        }
        return got
    }

    private static func resolution(
        for wanted: Int, in source: SourceCapabilities, _ quirks: [DeviceProfile.Quirk]
    ) throws(BlankettError) -> Int {
        let highest = quirks.first { $0.name == .highestResolution }?.value ?? .max
        let offered = source.resolutions.filter { $0 <= highest }.sorted()
        guard offered.contains(wanted) else {
            throw refusal(
                "cannot scan \(wanted) dpi from \(name(source.source, source.sides))",
                "It offers: \(list(offered.map(String.init))).")
        }
        return wanted
    }

    private static func format(in source: SourceCapabilities, _ formats: [String]) throws(BlankettError) -> String {
        guard let format = formats.first(where: source.formats.contains) else {
            throw refusal(
                "sends no image format that can be checked for wholeness",
                "It offers: \(list(source.formats)); needed is one of: \(list(formats)).")
        }
        return format
    }

    private static func region(for size: String, in source: SourceCapabilities) throws(BlankettError) -> MillimetreRect
    {
        guard let paper = PaperSize(size) else {
            throw BlankettError(
                "profile-refused", exit: .badInput, "“\(size)” is no paper size.",
                advice: "Write \(list(PaperSize.named.keys.sorted())) or WIDTHxHEIGHT in millimetres.")
        }
        // Devices count in 1/300 inch and some end a unit before A4 does: what is lost is less than a pen stroke.
        let tolerance = 0.5
        guard paper.width <= source.maximumWidth + tolerance, paper.height <= source.maximumHeight + tolerance else {
            throw refusal(
                "cannot take \(size) in \(name(source.source, source.sides))",
                "The largest is \(source.maximumWidth.shortest) × \(source.maximumHeight.shortest) mm.")
        }
        guard paper.width >= source.minimumWidth - tolerance, paper.height >= source.minimumHeight - tolerance else {
            throw refusal(
                "cannot take \(size) in \(name(source.source, source.sides))",
                "The smallest is \(source.minimumWidth.shortest) × \(source.minimumHeight.shortest) mm.")
        }
        return MillimetreRect(
            x: 0, y: 0, width: min(paper.width, source.maximumWidth), height: min(paper.height, source.maximumHeight))
    }

    private static func values(
        for profile: ScanProfile, mode: ScanMode, in source: SourceCapabilities, _ quirks: [DeviceProfile.Quirk],
        _ adjustments: inout [Adjustment]
    ) -> [String: Int] {
        var values: [String: Int] = [:]
        func note(_ name: String, asked: Int, got: Int?) {
            if got != asked { adjustments.append(.init(name, asked: String(asked), got: got.map(String.init))) }
        }
        // 0 is the device's normal: nothing is sent for it.
        for (level, asked) in profile.levels.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where asked != 0 {
            guard let range = source.ranges[level.rawValue] else {
                note(level.rawValue, asked: asked, got: nil)
                continue
            }
            let number = LogicalRange.balanced.announced(asked, in: range)
            values[level.rawValue] = number
            note(level.rawValue, asked: asked, got: LogicalRange.balanced.logical(number, in: range))
        }
        if let asked = profile.quality {
            let isReversed = quirks.contains { $0.name == .compressionIsQuality }
            let scale = ["compression", "quality"].compactMap { name in
                source.ranges[name].map {
                    (name, QualityScale(range: $0, isCompression: name == "compression" && !isReversed))
                }
            }.first
            if let (name, scale) = scale {
                let number = scale.announced(asked)
                values[name] = number
                note("quality", asked: asked, got: scale.quality(of: number))
            } else {
                note("quality", asked: asked, got: nil)
            }
        }
        if let asked = profile.threshold {
            if mode == .blackAndWhite, let range = source.ranges["threshold"] {
                let number = LogicalRange.threshold.announced(asked, in: range)
                values["threshold"] = number
                note("threshold", asked: asked, got: LogicalRange.threshold.logical(number, in: range))
            } else {
                note("threshold", asked: asked, got: nil)
            }
        }
        return values
    }

    private static func switches(
        for profile: ScanProfile, in source: SourceCapabilities, _ adjustments: inout [Adjustment]
    ) -> [ScanSwitch: Bool] {
        var wanted = profile.switches
        if let multiFeed = profile.multiFeed { wanted[.multiFeedDetection] = multiFeed == .stop }
        for (name, isOn) in wanted.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where !source.switches.contains(name) {
            wanted[name] = nil
            // What it cannot do is off already.
            if isOn { adjustments.append(.init(name.rawValue, asked: "on", got: nil)) }
        }
        return wanted
    }

    private static func refusal(_ what: String, _ offered: String) -> BlankettError {
        BlankettError(
            "profile-refused", exit: .badInput, "The scanner \(what).",
            advice: "\(offered) Change the profile, or use another one.")
    }

    private static func name(_ source: ScanSource, _ sides: Int) -> String {
        switch source {
        case .platen: "the glass"
        case .feeder: sides == 2 ? "the feeder, both sides" : "the feeder, one side"
        }
    }

    private static func list(_ words: [String]) -> String { words.isEmpty ? "nothing" : words.joined(separator: ", ") }
}

extension ScanJob.Adjustment {
    fileprivate init(_ name: String, asked: String, got: String?) {
        self.init(name: name, asked: asked, got: got ?? "the device's own")
    }
}
