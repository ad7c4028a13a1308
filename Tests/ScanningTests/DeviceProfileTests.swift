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

    @Test func `may say all that a device can be told`() throws {
        let scan = """
            source: "feeder", sides: 2, sharpen: 20, gamma: -5, noiseRemoval: 10, autoCrop: true, multiFeed: "stop",
            blankPages: "drop-backs", trigger: "paper",
            sane: { names: { "feeder-both-sides": "ADF Duplex" }, required: { "df-action": "Stop", ald: false },
                    optional: { "buffermode": "On", "threshold-curve": 55 } }
            """
        let file = try DeviceProfileFile(
            Array(text(good.replacing("source: \"feeder\", sides: 2", with: scan)).utf8), file: "acme.json5")
        let profile = try #require(file.devices.first?.profiles["form-a4"])
        #expect(profile.levels == [.sharpen: 20, .gamma: -5, .noiseRemoval: 10])
        #expect(profile.switches == [.autoCrop: true])
        #expect(profile.multiFeed == .stop)
        #expect(profile.blankPages == .dropBacks)
        #expect(profile.trigger == .paper)
        #expect(
            profile.sane
                == SaneSettings(
                    names: [.feederBothSides: "ADF Duplex"], required: ["df-action": "Stop", "ald": "no"],
                    optional: ["buffermode": "On", "threshold-curve": "55"]))
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
            "sides: 2", "brightness: 101",
            #"5: devices[0].profiles["form-a4"].brightness: "brightness" is 101; it must be from -100 to 100. Write brightness: 0."#
        ),
        (
            "\"feeder\", sides: 2", "\"platen\", sides: 2",
            #"5: devices[0].profiles["form-a4"].sides: The glass has one side. Write sides: 1, or source: "feeder"."#
        ),
        (
            "sides: 2", "resolution: 30000",
            #"5: devices[0].profiles["form-a4"].resolution: "resolution" is 30000; it must be from 50 to 2400. Write resolution: 300."#
        ),
        (
            "sides: 2", "threshold: 99",
            #"5: devices[0].profiles["form-a4"].threshold: Only black-and-white has a threshold. Leave it out, or write mode: "black-and-white"."#
        ),
        (
            "sides: 2", "blankPages: \"drop-backs\"",
            #"5: devices[0].profiles["form-a4"].blankPages: With sides: 1 there are no back sides. Write blankPages: "keep", or sides: 2."#
        ),
        (
            "\"feeder\", sides: 2", "\"platen\", trigger: \"paper\"",
            #"5: devices[0].profiles["form-a4"].trigger: On the glass nothing is fed. Leave trigger out, or write source: "feeder"."#
        ),
        (
            "sides: 2", "sane: { required: { resolution: 600 } }",
            #"5: devices[0].profiles["form-a4"].sane.required.resolution: Blankett sets "resolution" itself. Leave it out; the scan profile's own keys decide it."#
        ),
        (
            "sides: 2", "sane: { names: { grey: \"True Gray\" } }",
            #"5: devices[0].profiles["form-a4"].sane.names.grey: Unknown source or mode "grey". Did you mean "gray"?"#
        ),
        (
            "version: 1", "version: 1, deadlines: { open: 3600 }",
            #"4: devices[0].deadlines.open: Nobody waits 3600 seconds for a scanner. Write open: 15, and at most 600."#
        ),
        (
            "name: \"pause-before-next-page\", milliseconds: 500", "name: \"highest-resolution\", value: 200",
            #"5: devices[0].profiles["form-a4"]: 300 dpi is more than this device can: its quirk says 200. Write resolution: 200, or less."#
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
