import ESCLScanning
import Scanning

/// What a client asked for in its ScanSettings.
struct JobSettings: Sendable, Hashable {
    var source: ScanSource
    var sides: Int
    var mode: ScanMode
    var resolution: Int
    var format: String
    /// In 1/300 inch; no width or height means all there is.
    var x: Int
    var y: Int
    var width: Int
    var height: Int
    /// The device's own numbers by logical name.
    var values: [String: Int]

    /// `nil` when the document is none, or asks for what the device does not announce.
    init?(document: [UInt8], capabilities: ScannerCapabilities) {
        guard let root = try? XMLNode(document: document), root.name == "ScanSettings" else { return nil }
        source = root.text("InputSource") == "Feeder" ? .feeder : .platen
        sides = source == .feeder && root.text("Duplex") == "true" ? 2 : 1
        guard let announced = capabilities[source, sides] else { return nil }
        mode = root.text("ColorMode").flatMap(ESCLWords.mode) ?? .color
        resolution = root.integer("XResolution") ?? 300
        format = root.text("DocumentFormatExt") ?? root.text("DocumentFormat") ?? "image/jpeg"
        let region = root["ScanRegions"]?["ScanRegion"]
        x = region?.integer("XOffset") ?? 0
        y = region?.integer("YOffset") ?? 0
        width = region?.integer("Width") ?? 0
        height = region?.integer("Height") ?? 0
        values = [:]
        for (logical, element) in ESCLWords.adjustable { values[logical] = root.integer(element) }
        guard announced.modes.contains(mode), announced.resolutions.contains(resolution),
            announced.formats.contains(format), root.integer("YResolution") ?? resolution == resolution,
            x >= 0, y >= 0, ESCLCapabilities.millimetres(x + width) <= announced.maximumWidth + 0.01,
            ESCLCapabilities.millimetres(y + height) <= announced.maximumHeight + 0.01
        else { return nil }
    }
}
