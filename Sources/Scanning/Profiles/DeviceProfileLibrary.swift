public import Foundation
import Support

/// The device profiles at hand, and which of them is for a given device.
public struct DeviceProfileLibrary: Sendable, Hashable {
    public let files: [DeviceProfileFile]

    /// - Parameter files: Those that count more come first.
    public init(_ files: [DeviceProfileFile]) {
        self.files = files
        devices = Self.newest(files)
    }

    /// Reads every `*.json5` in the folders; one that does not exist is passed over.
    ///
    /// - Parameter folders: Those that count more come first.
    /// - Throws: ``DeviceProfileProblems`` for the first file that is wrong.
    public init(folders: [URL]) throws(DeviceProfileProblems) {
        var files: [DeviceProfileFile] = []
        for folder in folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
            for name in names.sorted() where name.hasSuffix(".json5") {
                files.append(try DeviceProfileFile(contentsOf: folder.appending(path: name)))
            }
        }
        self.init(files)
    }

    /// Where the profiles that came with Blankett lie: `$BLANKETT_PROFILES`, else what is installed beside the program,
    /// else the checkout it was built in.
    public static func shippedFolder(environment: [String: String]) -> URL? {
        if let folder = environment["BLANKETT_PROFILES"], !folder.isEmpty { return URL(filePath: folder) }
        let program = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var places = [program.appending(path: "../../share/blankett/device-profiles").standardized]
        var folder = program.deletingLastPathComponent()
        while folder.path().count > 1 {
            places.append(folder.appending(path: "device-profiles"))
            folder.deleteLastPathComponent()
        }
        return places.first { FileManager.default.fileExists(atPath: $0.path()) }
    }

    /// Of entries with the same name only the highest version, and of those the first.
    public let devices: [DeviceProfile]

    private static func newest(_ files: [DeviceProfileFile]) -> [DeviceProfile] {
        struct Name: Hashable { var maker, device: String }
        var places: [Name: Int] = [:]
        var devices: [DeviceProfile] = []
        for file in files {
            for device in file.devices {
                let name = Name(maker: file.maker, device: device.name)
                if let place = places[name] {
                    if device.version > devices[place].version { devices[place] = device }
                } else {
                    places[name] = devices.count
                    devices.append(device)
                }
            }
        }
        return devices
    }

    /// The profile for a device: by its USB identity, else its SANE name, else its model, else a generic one that has
    /// its connection.
    ///
    /// - Parameters:
    ///   - device: As it was found.
    ///   - model: What the device calls itself when it was asked, such as its MakeAndModel.
    ///   - capabilities: What it announced; tells a flatbed from a scanner with a feeder.
    /// - Returns: The profile; `nil` when there is none, not even a generic one.
    public func profile(
        for device: DeviceDescription, model: String? = nil, capabilities: ScannerCapabilities? = nil
    ) -> DeviceProfile? {
        let models = [model ?? capabilities?.makeAndModel, device.model, device.name].compactMap(\.self)
        let byUSB = devices.first { profile in
            device.usb.map { profile.match.usb?.contains($0) == true } == true
        }
        if let byUSB { return byUSB }
        if device.connection == .sane,
            let bySANE = devices.first(where: { Self.matches($0.match.sane, [Self.saneName(device)]) })
        {
            return bySANE
        }
        if let byModel = devices.first(where: { Self.matches($0.match.model, models, without: device.make) }) {
            return byModel
        }
        let hasFeeder = capabilities.map { $0.sources.contains { $0.source == .feeder } }
        let generic = devices.filter { profile in
            profile.match.isGeneric && profile.connection.contains { Self.reaches($0, device) }
        }
        return generic.first { $0.match.feeder != nil && $0.match.feeder == hasFeeder }
            ?? generic.first { $0.match.feeder == nil }
    }

    private static func matches(_ pattern: String?, _ names: [String], without make: String? = nil) -> Bool {
        guard let pattern, let regex = try? Regex(pattern) else { return false }
        return names.contains { name in
            // Some devices put their maker before the model's name, some do not.
            let shorter = name.split(separator: " ", maxSplits: 1).last.map(String.init) ?? name
            let bare = make.map { name.hasPrefix($0 + " ") ? String(name.dropFirst($0.count + 1)) : name } ?? name
            return [name, shorter, bare].contains { (try? regex.firstMatch(in: $0)) != nil }
        }
    }

    private static func reaches(_ connection: String, _ device: DeviceDescription) -> Bool {
        switch device.connection {
        case .escl, .esclUSB: connection == device.connection.rawValue
        case .sane: connection == "sane" || saneName(device).hasPrefix(connection.dropFirst("sane:".count) + ":")
        }
    }

    private static func saneName(_ device: DeviceDescription) -> String {
        device.address.hasPrefix("sane:") ? String(device.address.dropFirst("sane:".count)) : device.address
    }
}
