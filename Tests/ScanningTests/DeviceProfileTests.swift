import Foundation
import Scanning
import Support
import TestSupport
import Testing

private func text(_ device: String) -> String {
    """
    {
      format: "blankett-device/1", maker: "Acme",
      devices: [
        \(device)
      ],
    }
    """
}

private let good = """
    { name: "Acme 1", version: 1, match: { usb: ["0482:069d"], model: "^Acme 1$", sane: null },
      connection: ["escl", "sane:airscan"], profiles: { "form-a4": { source: "feeder", sides: 2 } },
      quirks: [{ name: "pause-before-next-page", milliseconds: 500, why: "lost pages, 2024" }] }
    """

struct `A device profile file` {
    @Test func `is read with its defaults`() throws {
        let file = try DeviceProfileFile(Array(text(good).utf8), file: "acme.json5")
        let device = try #require(file.devices.first)
        #expect(device.profiles["form-a4"] == ScanProfile(source: .feeder, sides: 2))
        #expect(device.quirks?.first?.name == .pauseBeforeNextPage)
    }

    /// A change to the good device, and the problem's whole text.
    static let mistakes: [(old: String, new: String, says: String)] = [
        ("sides: 2", "side: 2", #"5: devices[0].profiles["form-a4"].side: Unknown key "side". Did you mean "sides"?"#),
        (
            "\"feeder\"", "\"feder\"",
            #"5: devices[0].profiles["form-a4"].source: Unknown source "feder". Did you mean "feeder"?"#
        ),
        (
            "sides: 2", "sides: 3",
            #"5: devices[0].profiles["form-a4"].sides: "sides" is 3; it must be from 1 to 2. Write sides: 1."#
        ),
        (
            "sides: 2", "size: \"A44\"",
            #"5: devices[0].profiles["form-a4"].size: "A44" is no paper size. Write A3, A4, A5, A6, legal, letter or WIDTHxHEIGHT in millimetres."#
        ),
        (
            "0482:069d", "482:69D",
            #"4: devices[0].match.usb[0]: "482:69D" is no USB identity. Write VID:PID in small hexadecimal digits, such as "0482:069d"."#
        ),
        (
            "sane:airscan", "sane:escl",
            #"5: devices[0].connection[1]: The SANE backend escl loses pages and crashes. Write escl, which is Blankett's own, instead."#
        ),
        (
            "milliseconds: 500, ", "",
            #"6: devices[0].quirks[0]: "milliseconds" is missing. Add how long to wait, such as milliseconds: 500."#
        ),
        (
            "^Acme 1$", "Acme (1",
            #"4: devices[0].match.model: "Acme (1" is no regular expression. Write one such as "^ECOSYS M2040dn"."#
        ),
    ]

    @Test(arguments: mistakes.indices) func `says what is wrong, where, and what to write`(_ index: Int) throws {
        let (old, new, says) = Self.mistakes[index]
        let bad = text(good.replacing(old, with: new))
        let problems = #expect(throws: DeviceProfileProblems.self) {
            try DeviceProfileFile(Array(bad.utf8), file: "acme.json5")
        }
        #expect(problems?.description == "acme.json5:" + says)
    }

    @Test func `has the keys and words that its schema has`() throws {
        let url = Checkout.root.appending(path: "docs/schemas/blankett-device.schema.json")
        let schema = try JSONCoding.decode(JSONValue.self, from: Data(contentsOf: url))
        for object in DeviceProfileFormat.objects {
            let definition = schema["$defs"]?[object.name]
            #expect(Set(definition?["properties"]?.objectValue?.keys ?? [:].keys) == Set(object.keys), "\(object.name)")
            let required = definition?["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(Set(required) == Set(object.required), "\(object.name)")
        }
        let quirks = schema["$defs"]?["quirk"]?["properties"]?["name"]?["enum"]?.arrayValue?.compactMap(\.stringValue)
        #expect(quirks == DeviceProfile.Quirk.Name.allCases.map(\.rawValue))
    }
}

struct `The device profiles that are shipped` {
    static let folder = Checkout.root.appending(path: "device-profiles")

    /// A device as it is found, and the profile it gets.
    static let devices: [(device: DeviceDescription, model: String?, profile: String?)] = [
        (found(.escl, usb: "0482:069d"), nil, "Kyocera ECOSYS M2040dn"),
        (found(.escl), "Kyocera ECOSYS M2040dn", "Kyocera ECOSYS M2040dn"),
        (found(.escl), "ECOSYS M2040dn", "Kyocera ECOSYS M2040dn"),
        (found(.escl), "Brother MFC-L8690CDW", "Brother MFC-L8690CDW"),
        (found(.escl), "Brother MFC-L2710DW", "Brother, other models"),
        (found(.escl), "HP Color LaserJet Flow MFP M578", "HP LaserJet MFP M630 and Flow MFP M578"),
        (found(.escl), "Blankett Virtual MFP", "Blankett Virtual MFP"),
        (found(.escl), "Nobody's Scanner 9", "Any eSCL scanner"),
        (found(.esclUSB), nil, "Any eSCL scanner"),
        (found(.sane, address: "sane:fujitsu:fi-8170:12"), "fi-8170", "Any SANE scanner"),
    ]

    static func found(
        _ connection: DeviceDescription.Connection, usb: String? = nil, address: String = "http://127.0.0.1/eSCL"
    ) -> DeviceDescription {
        DeviceDescription(id: "x", name: "x", connection: connection, address: address, usb: usb)
    }

    @Test(arguments: devices.indices) func `are found by`(_ index: Int) throws {
        let (device, model, profile) = Self.devices[index]
        let library = try DeviceProfileLibrary(folders: [Self.folder])
        #expect(library.profile(for: device, model: model)?.name == profile)
    }
}
