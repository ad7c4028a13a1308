package import Support

/// Which keys the objects of a device profile file have: the loader's knowledge as data.
///
/// `docs/schemas/blankett-device.schema.json` says the same to editors; a test compares the two.
package enum DeviceProfileFormat {
    package static let file = ObjectShape(
        "file", required: ["format", "maker", "devices"], optional: ["$schema"],
        examples: [
            "format": "Add format: \"\(DeviceProfileFile.formatName)\".",
            "maker": "Add who makes these devices, such as maker: \"Kyocera\".",
            "devices": "Add devices: [ … ] with at least one device.",
        ])
    package static let device = ObjectShape(
        "device", required: ["name", "version", "match", "connection", "profiles"],
        optional: ["facts", "deadlines", "quirks", "sane"],
        examples: [
            "version": "Add version: 1, and count up with each change.",
            "match": "Add match: { model: \"^ECOSYS M2040dn\" }; an empty one is for any device.",
            "connection": "Add connection: [\"escl\", \"sane:airscan\"], in the order to try.",
            "profiles": "Add profiles: { \"form-a4\": { source: \"feeder\", … } }.",
        ])
    package static let match = ObjectShape("match", required: [], optional: ["usb", "model", "sane", "feeder"])
    package static let scan = ObjectShape(
        "scan", required: ["source"],
        optional: ["sides", "mode", "resolution", "size", "quality", "threshold"] + ScanLevel.allCases.map(\.rawValue)
            + switches.map(\.rawValue) + ["multiFeed", "blankPages", "trigger", "sane"],
        examples: ["source": "Add source: \"feeder\" or \"platen\"."])
    /// Those that a profile may name; the others follow from what it says of blank pages and multi-feed.
    package static let switches: [ScanSwitch] = [.autoCrop, .autoExposure, .blankPageDetection]
    package static let deadlines = ObjectShape(
        "deadlines", required: [], optional: ["open", "start", "idle", "cancel"])
    package static let quirk = ObjectShape(
        "quirk", required: ["name", "why"], optional: ["milliseconds", "value"],
        examples: ["why": "Add the symptom, and where it was seen."])
    package static let sane = ObjectShape("sane", required: [], optional: ["names", "required", "optional"])

    package static let objects = [file, device, match, scan, deadlines, quirk, sane]
    /// No device may keep a kiosk waiting for longer.
    package static let longestDeadline = 600.0
    /// A file of profiles has some ten thousand bytes.
    package static let largestFile = 1 << 20
}
