package import Scanning

/// A device's ScannerCapabilities document.
package struct ESCLCapabilities: Sendable, Hashable {
    package var capabilities: ScannerCapabilities
    /// Such as `2.63`; what we write into our own documents.
    package var version: String
    /// Whether the device knows `DocumentFormatExt`, which is only sent when it does.
    package var knowsFormatExtension: Bool
    /// As the device sent it.
    package var document: [UInt8]

    /// Units of eSCL lengths in an inch.
    static let unitsPerInch = 300.0

    package static func millimetres(_ units: Int) -> Double { Double(units) / unitsPerInch * 25.4 }

    /// Rounded down, so that the edge of a sheet never lies outside what the device takes.
    package static func units(_ millimetres: Double) -> Int { Int(millimetres / 25.4 * unitsPerInch + 0.001) }

    package init(document bytes: [UInt8]) throws(XMLRefusal) {
        let root = try XMLNode(document: bytes)
        guard root.name == "ScannerCapabilities" else {
            throw XMLRefusal(description: "the document is a \(root.name.prefix(40)), not a ScannerCapabilities")
        }
        document = bytes
        version = root.text("Version") ?? "2.0"
        knowsFormatExtension = root.everything.contains { $0.name == "DocumentFormatExt" }
        let named = Self.namedProfiles(root)
        let adf = root["Adf"]
        let found: [(XMLNode?, ScanSource, Int)] = [
            (root["Platen"]?["PlatenInputCaps"], .platen, 1), (adf?["AdfSimplexInputCaps"], .feeder, 1),
            (adf?["AdfDuplexInputCaps"], .feeder, 2),
        ]
        let sources = found.compactMap { node, source, sides in
            node.flatMap { Self.source($0, source, sides, named: named, root: root) }
        }
        guard !sources.isEmpty else { throw XMLRefusal(description: "the document names no source that can scan") }
        capabilities = ScannerCapabilities(
            makeAndModel: root.text("MakeAndModel"), serial: root.text("SerialNumber"), uuid: root.text("UUID"),
            sources: sources)
    }

    /// Profiles that others refer to by `ref`; they may stand anywhere, also at the root.
    private static func namedProfiles(_ root: XMLNode) -> [String: XMLNode] {
        let profiles = root.everything.filter { $0.name == "SettingProfile" }
        return Dictionary(
            profiles.compactMap { profile in profile.attributes["name"].map { ($0, profile) } },
            uniquingKeysWith: { first, _ in first })
    }

    private static func source(
        _ node: XMLNode, _ source: ScanSource, _ sides: Int, named: [String: XMLNode], root: XMLNode
    ) -> SourceCapabilities? {
        let listed = node["SettingProfiles"]?.all("SettingProfile") ?? []
        let resolved = listed.compactMap { profile in profile.attributes["ref"].map { named[$0] } ?? profile }
        // eSCL 1.x has no profiles: their parts stand in the source itself.
        let profiles = resolved.isEmpty ? [node] : resolved
        let modes = profiles.flatMap(Self.modes)
        let resolutions = profiles.flatMap(Self.resolutions)
        guard !modes.isEmpty, !resolutions.isEmpty else { return nil }
        return SourceCapabilities(
            source: source, sides: sides, modes: unique(modes), formats: unique(profiles.flatMap(Self.formats)),
            resolutions: unique(resolutions).sorted(), minimumWidth: millimetres(node.integer("MinWidth") ?? 0),
            maximumWidth: millimetres(node.integer("MaxWidth") ?? 2480),
            minimumHeight: millimetres(node.integer("MinHeight") ?? 0),
            maximumHeight: millimetres(node.integer("MaxHeight") ?? 3507), ranges: ranges(node, root),
            switches: switches(node, source, root),
            capacity: source == .feeder ? root["Adf"]?.integer("FeederCapacity") : nil)
    }

    /// Every list of `name` directly in `profile`, whatever the list itself is called.
    private static func values(_ name: String, in profile: XMLNode) -> [String] {
        profile.children.flatMap { $0.all(name) }.map(\.text)
    }

    private static func modes(_ profile: XMLNode) -> [ScanMode] {
        values("ColorMode", in: profile).compactMap(ESCLWords.mode)
    }

    private static func formats(_ profile: XMLNode) -> [String] {
        values("DocumentFormat", in: profile) + values("DocumentFormatExt", in: profile)
    }

    private static func resolutions(_ profile: XMLNode) -> [Int] {
        let nodes = profile["SupportedResolutions"]?.everything ?? []
        let pairs = nodes.filter { $0.name == "DiscreteResolution" }.compactMap { pair -> Int? in
            guard let x = pair.integer("XResolution"), x == pair.integer("YResolution") else { return nil }
            return x
        }
        let across = offered(nodes.filter { ["XResolutionRange", "XResolution"].contains($0.name) })
        let down = offered(nodes.filter { ["YResolutionRange", "YResolution"].contains($0.name) })
        return pairs + (down.isEmpty ? across : across.filter(down.contains))
    }

    /// The usual resolutions that ranges allow, and each range's own normal, which need not lie on its steps.
    private static func offered(_ nodes: [XMLNode]) -> [Int] {
        let usual = [75, 100, 150, 200, 240, 300, 400, 500, 600, 1200]
        return nodes.flatMap { node -> [Int] in
            guard let range = range(node) else { return [] }
            let steps = usual.filter {
                (range.minimum...range.maximum).contains($0) && ($0 - range.minimum) % range.step == 0
            }
            return node.integer("Normal") == range.normal ? steps + [range.normal] : steps
        }
    }

    private static func ranges(_ source: XMLNode, _ root: XMLNode) -> [String: SourceCapabilities.Range] {
        var ranges: [String: SourceCapabilities.Range] = [:]
        for (logical, element) in ESCLWords.adjustable {
            ranges[logical] = (source["\(element)Support"] ?? root["\(element)Support"]).flatMap(range)
        }
        return ranges
    }

    /// Functions that are announced as `true`, at the source, at the feeder or at the root.
    private static func switches(_ node: XMLNode, _ source: ScanSource, _ root: XMLNode) -> Set<ScanSwitch> {
        let places = [node, source == .feeder ? root["Adf"] : root["Platen"], root].compactMap(\.self)
        let found = ESCLWords.switchable.filter { _, element in
            places.contains { place in
                [element, "\(element)Support"].contains { place.text($0)?.lowercased() == "true" }
            }
        }
        return Set(found.map(\.0))
    }

    private static func range(_ node: XMLNode) -> SourceCapabilities.Range? {
        guard let minimum = node.integer("Min"), let maximum = node.integer("Max"), minimum <= maximum else {
            return nil
        }
        let normal = min(maximum, max(minimum, node.integer("Normal") ?? (minimum + maximum) / 2))
        return SourceCapabilities.Range(
            minimum: minimum, normal: normal, maximum: maximum, step: max(1, node.integer("Step") ?? 1))
    }

    private static func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }
}

/// What eSCL calls the things that profiles and jobs name.
package enum ESCLWords {
    private static let modes: [(ScanMode, String)] = [
        (.blackAndWhite, "BlackAndWhite1"), (.gray, "Grayscale8"), (.color, "RGB24"),
    ]

    package static func mode(_ word: String) -> ScanMode? { modes.first { $0.1 == word }?.0 }

    package static func word(_ mode: ScanMode) -> String { modes.first { $0.0 == mode }?.1 ?? "Grayscale8" }

    /// Logical names and elements, in the order in which settings carry them behind `Duplex`.
    ///
    /// CompressionFactor stands earlier; a small factor is little compression.
    package static let adjustable: [(String, String)] = [
        ("compression", "CompressionFactor"), ("brightness", "Brightness"), ("contrast", "Contrast"),
        ("threshold", "Threshold"), ("gamma", "Gamma"), ("sharpen", "Sharpen"), ("highlight", "Highlight"),
        ("shadow", "Shadow"), ("noiseRemoval", "NoiseRemoval"), ("blankPageSensitivity", "BlankPageSensitivity"),
        ("colorSensitivity", "ColorSensitivity"), ("colorRange", "ColorRange"), ("overscan", "OverscanLength"),
    ]

    /// What a device does by itself, as elements with true or false, in their order in settings.
    package static let switchable: [(ScanSwitch, String)] = [
        (.blankPageDetection, "BlankPageDetection"), (.blankPageRemoval, "BlankPageDetectionAndRemoval"),
        (.multiFeedDetection, "MultipickDetection"), (.autoCrop, "AutoCrop"), (.autoExposure, "AutoExposure"),
    ]
}
