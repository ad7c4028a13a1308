import ESCLScanning
import Foundation
import Scanning
import Support
import TestSupport
import Testing

struct `The device profiles that are shipped` {
    static let folder = Checkout.root.appending(path: "device-profiles")
    /// Read once: there are a hundred of them.
    private static let shared = Result { try DeviceProfileLibrary(folders: [folder]) }
    private let library: DeviceProfileLibrary

    init() throws {
        library = try Self.shared.get()
    }

    @Test func `are for at least twelve makers and forty models, and for any other device`() {
        let makers = library.files.filter { !["any", "Blankett"].contains($0.maker) }
        let models = makers.flatMap(\.devices).filter { !$0.match.isGeneric }
        #expect(makers.count >= 12)
        #expect(models.count >= 40)
        #expect(library.devices.count { $0.match.isGeneric } >= 3)
    }

    @Test func `name where each fact comes from`() {
        for device in library.devices {
            #expect(device.facts != nil, "\(device.name)")
            for quirk in device.quirks ?? [] { #expect(!quirk.why.isEmpty) }
        }
    }

    @Test func `never claim the same USB identity twice`() {
        var seen: [String: String] = [:]
        for device in library.devices {
            for usb in device.match.usb ?? [] {
                #expect(seen[usb] == nil, "\(usb): \(device.name) and \(seen[usb] ?? "")")
                seen[usb] = device.name
            }
        }
    }

    /// A device as it is found, and the profile it gets.
    static let devices: [(device: DeviceDescription, model: String?, profile: String?)] = [
        (found(.escl, usb: "0482:069d"), nil, "Kyocera ECOSYS M2040dn"),
        (found(.escl), "Kyocera ECOSYS M2040dn", "Kyocera ECOSYS M2040dn"),
        (found(.escl), "ECOSYS M2040dn", "Kyocera ECOSYS M2040dn"),
        (found(.escl), "Brother MFC-L8690CDW", "Brother MFC-L8690CDW"),
        (found(.escl), "Brother MFC-L3770CDW", "Brother, other models"),
        (found(.escl), "HP Color LaserJet Flow MFP M578", "HP LaserJet MFP M630 and Flow MFP M578"),
        (found(.escl), "HP Color LaserJet Flow X677", "HP Color LaserJet Flow X677"),
        (found(.escl), "EPSON DS-570W", "Epson DS-570W"),
        (found(.escl), "Blankett Virtual MFP", "Blankett Virtual MFP"),
        (found(.escl), "Nobody's Scanner 9", "Any eSCL scanner"),
        (found(.esclUSB), nil, "Any eSCL scanner"),
        (found(.sane, address: "sane:fujitsu:fi-8170:12"), "fi-8170", "Fujitsu fi-8170"),
        (found(.sane, address: "sane:fujitsu:ScanSnap S1500:8176"), nil, "Fujitsu ScanSnap S1500"),
        (found(.sane, usb: "04c5:132f", address: "sane:fujitsu:libusb:001:004"), nil, "Fujitsu fi-7260"),
        (found(.sane, address: "sane:canon_dr:libusb:001:004"), "CANON DR-C125", "Canon imageFORMULA DR-C125"),
        (found(.sane, address: "sane:brother4:bus9;dev1"), nil, "Brother, through its own SANE driver"),
        (
            found(.sane, address: "sane:magicolor:libusb:001:002"), "KONICA MINOLTA magicolor 1690MF",
            "Konica Minolta magicolor 1690MF"
        ),
        (found(.sane, address: "sane:nobody:1"), "Nobody 9", "Any SANE scanner"),
    ]

    static func found(
        _ connection: DeviceDescription.Connection, usb: String? = nil, address: String = "http://127.0.0.1/eSCL"
    ) -> DeviceDescription {
        DeviceDescription(id: "x", name: "x", connection: connection, address: address, usb: usb)
    }

    @Test(arguments: devices.indices) func `are found by`(_ index: Int) throws {
        let (device, model, profile) = Self.devices[index]
        #expect(library.profile(for: device, model: model)?.name == profile)
    }

    /// What an unknown device announces, and the generic profile it gets.
    static let unknown: [(connection: DeviceDescription.Connection, sources: [ScanSource], profile: String)] = [
        (.escl, [.platen], "Any flatbed"), (.sane, [.platen], "Any flatbed"),
        (.sane, [.feeder], "Any SANE scanner with a feeder"),
        (.sane, [.platen, .feeder], "Any SANE scanner with a feeder"), (.escl, [.platen, .feeder], "Any eSCL scanner"),
    ]

    @Test(arguments: unknown) func `tell a flatbed from a scanner with a feeder`(
        _ connection: DeviceDescription.Connection, _ sources: [ScanSource], _ profile: String
    ) {
        let capabilities = ScannerCapabilities(
            makeAndModel: "Nobody's",
            sources: sources.map {
                SourceCapabilities(
                    source: $0, sides: 1, modes: [.gray], formats: ["image/jpeg"], resolutions: [300], minimumWidth: 0,
                    maximumWidth: 210, minimumHeight: 0, maximumHeight: 297)
            })
        let device = Self.found(connection, address: connection == .sane ? "sane:nobody:1" : "http://127.0.0.1/eSCL")
        #expect(library.profile(for: device, capabilities: capabilities)?.name == profile)
    }

    /// Lists of a real device's options, as `scanimage -A` prints them, and the profile that must suit.
    static let lists: [(file: String, device: String)] = [
        ("scanservjs-a12-adf", "Fujitsu fi-7260"), ("scanservjs-a14", "Fujitsu ScanSnap S1500"),
        ("scanservjs-a10", "Fujitsu ScanSnap S1300i"), ("scanservjs-a6", "Brother, through its own SANE driver"),
    ]

    @Test(.needsSharedData, arguments: lists)
    func `use the words that the driver has`(_ list: String, _ name: String) throws {
        let device = try #require(library.devices.first { $0.name == name })
        let folder = try #require(Checkout.sharedData).appending(path: "scanners/caps/gpl/scanimage-A")
        let text = try String(contentsOf: folder.appending(path: list + ".txt"), encoding: .utf8)
        func values(_ option: String) -> [Substring] {
            let line = text.split(separator: "\n").first {
                $0.firstMatch(of: /^ +--/) != nil && $0.contains("--\(option)")
            }
            return line?.trimmingPrefix { $0 == " " }.dropFirst("--\(option)".count).split(separator: " [")[0]
                .trimmingPrefix { " =[(".contains($0) }.split(separator: "|") ?? []
        }
        for (meaning, word) in device.sane?.names ?? [:] {
            let option = ["platen", "feeder"].contains { meaning.rawValue.hasPrefix($0) } ? "source" : "mode"
            #expect(values(option).contains { $0 == word }, "\(meaning): \(values(option))")
        }
        for (option, value) in device.sane?.optional ?? [:] {
            let offered = values(option)
            let isOnOff = offered.contains { $0.hasPrefix("yes") }
            #expect(isOnOff ? ["yes", "no"].contains(value) : offered.contains { $0 == value }, "\(option) \(offered)")
        }
        let resolutions = values("resolution").joined(separator: "|")
        if let range = resolutions.firstMatch(of: /([0-9]+)\.\.([0-9]+)dpi/), let low = Int(range.1),
            let high = Int(range.2)
        {
            for profile in device.profiles.values { #expect((low...high).contains(profile.resolution)) }
        } else {
            for profile in device.profiles.values { #expect(resolutions.contains("\(profile.resolution)")) }
        }
    }
}
