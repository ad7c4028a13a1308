import ESCLScanning
import Foundation
import Scanning
import Support
import TestSupport
import Testing

struct `A capability document` {
    struct Device: Sendable, CustomTestStringConvertible {
        var file: String
        /// Source and sides as announced: P, A, D.
        var sources: String
        var modes: [ScanMode]
        var feederResolutions: [Int]
        var ranges: [String]

        var testDescription: String { file }
    }

    // The facts of the reference, taken by hand from the same documents.
    static let devices = [
        Device(
            file: "HP-LaserJet-MFP-M426fdn-ScannerCapabilities.xml", sources: "PAD", modes: [.color, .gray],
            feederResolutions: [75, 200, 300], ranges: ["contrast"]),
        Device(
            file: "HP-Smart-Tank-Plus-570-ScannerCapabilities.xml", sources: "PA",
            modes: [.blackAndWhite, .gray, .color],
            feederResolutions: [75, 100, 150, 200, 300], ranges: ["brightness", "contrast", "threshold"]),
        Device(
            file: "Kyocera-ECOSYS-M2040dn-ScannerCapabilities.xml", sources: "PAD",
            modes: [.blackAndWhite, .gray, .color], feederResolutions: [200, 300, 400, 600],
            ranges: ["compression", "sharpen"]),
        Device(
            file: "gpl/Brother-MFC-L8690CDW-ScannerCapabilities.xml", sources: "PAD",
            modes: [.blackAndWhite, .gray, .color], feederResolutions: [100, 200, 300, 600], ranges: []),
    ]

    @Test(.needsSharedData, arguments: devices) func `of a real device is understood`(_ device: Device) throws {
        let announced = try Self.announced(device.file)
        let letters = announced.sources.map { $0.source == .platen ? "P" : $0.sides == 2 ? "D" : "A" }
        #expect(letters.joined() == device.sources)
        for source in announced.sources { #expect(Set(source.modes) == Set(device.modes)) }
        let feeder = try #require(announced[.feeder, 1])
        #expect(Set(device.feederResolutions).isSubset(of: feeder.resolutions))
        #expect(feeder.ranges.keys.sorted() == device.ranges)
        #expect(feeder.formats.contains("image/jpeg"))
    }

    @Test(.needsSharedData, arguments: devices) func `lets the shipped profiles be fitted`(_ device: Device) throws {
        let announced = try Self.announced(device.file)
        let library = try DeviceProfileLibrary(folders: [Checkout.root.appending(path: "device-profiles")])
        let found = DeviceDescription(id: "x", name: "x", connection: .escl, address: "http://127.0.0.1/eSCL")
        let profile = try #require(library.profile(for: found, model: announced.makeAndModel))
        #expect(!profile.match.isGeneric, "\(announced.makeAndModel ?? "")")
        for (name, scan) in profile.profiles {
            let job = try ScanJob(fitting: scan, to: announced, device: profile)
            #expect(job.format == "image/jpeg", "\(name)")
            #expect(job.adjustments.isEmpty, "\(name): \(job.adjustments)")
        }
    }

    @Test(.needsSharedData) func `may keep its profiles elsewhere and refer to them`() throws {
        let announced = try Self.announced("gpl/HP-Photosmart-C4760-ScannerCapabilities.xml")
        #expect(announced[.platen, 1]?.modes.isEmpty == false)
        #expect(announced[.platen, 1]?.resolutions.isEmpty == false)
    }

    /// Documents that a strict reader refuses, all with one source: the platen in grey at 300 dpi.
    static let oddities: [(name: String, text: String)] = [
        (
            "no namespace, no profiles (eSCL 1.x), no limits",
            """
            <ScannerCapabilities><Version>1.0</Version><Platen><PlatenInputCaps>
            <ColorModes><ColorMode>Grayscale8</ColorMode></ColorModes>
            <DocumentFormats><DocumentFormat>image/jpeg</DocumentFormat></DocumentFormats>
            <SupportedResolutions><DiscreteResolutions><DiscreteResolution><XResolution>300</XResolution>
            <YResolution>300</YResolution></DiscreteResolution></DiscreteResolutions></SupportedResolutions>
            </PlatenInputCaps></Platen></ScannerCapabilities>
            """
        ),
        (
            "an encoding that does not exist, instructions, foreign prefixes, a comment first, words never heard of",
            """
            <?xml version="1.0" encoding="UTF8"?><?page?><?style of it?><!-- x --><a:ScannerCapabilities xmlns:a="urn:x" xmlns:b="urn:y">
            <a:Camera/><a:Platen><a:PlatenInputCaps><b:MaxWidth>2550</b:MaxWidth><a:SettingProfiles><a:SettingProfile>
            <a:ColorModes><a:ColorMode>Grayscale8</a:ColorMode><a:ColorMode>Ultraviolet</a:ColorMode></a:ColorModes>
            <a:DocumentFormats><b:DocumentFormat>image/jpeg</b:DocumentFormat></a:DocumentFormats>
            <a:SupportedResolutions><a:DiscreteResolutions><a:DiscreteResolution><a:XResolution>300</a:XResolution>
            <a:YResolution>300</a:YResolution></a:DiscreteResolution><a:DiscreteResolution>
            <a:XResolution>200</a:XResolution><a:YResolution>100</a:YResolution></a:DiscreteResolution>
            </a:DiscreteResolutions></a:SupportedResolutions></a:SettingProfile></a:SettingProfiles>
            </a:PlatenInputCaps></a:Platen></a:ScannerCapabilities>
            """
        ),
    ]

    @Test(arguments: oddities.indices) func `is read generously`(_ index: Int) throws {
        let announced = try ESCLCapabilities(document: Array(Self.oddities[index].text.utf8)).capabilities
        #expect(announced.sources.count == 1)
        let platen = try #require(announced[.platen, 1])
        #expect(platen.modes == [.gray])
        #expect(platen.resolutions == [300])
        #expect(platen.formats == ["image/jpeg"])
    }

    static let refused = [
        "", "<html><body>Log in</body></html>", "<ScannerCapabilities>", "<ScannerCapabilities/>",
        "<!DOCTYPE x [<!ENTITY a \"b\">]><ScannerCapabilities>&a;</ScannerCapabilities>",
        "<?page?><?", "<a><?page",
        String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100),
    ]

    @Test(arguments: refused) func `is refused when it is none`(_ text: String) {
        #expect(throws: XMLRefusal.self) { try ESCLCapabilities(document: Array(text.utf8)) }
    }

    @Test func `leaves no memory behind where it is none`() throws {
        func pages() throws -> Int {
            let words = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
            return try #require(Int(words[1]))
        }
        // Of values that do not end FoundationXML keeps 14 kB here.
        let broken = Array(("<a b='c'>" + String(repeating: "<b c='d", count: 50)).utf8)
        func refuse(_ count: Int) {
            for _ in 0..<count { #expect(throws: XMLRefusal.self) { try XMLNode(document: broken) } }
        }
        refuse(200)
        let before = try pages()
        refuse(4000)
        // A broken device is asked each second for years. In pages of 4 kB; other tests run beside this one.
        #expect(try pages() - before < 5000)
    }

    static func announced(_ file: String) throws -> ScannerCapabilities {
        let folder = try #require(Checkout.sharedData)
        let data = try Data(contentsOf: folder.appending(path: "scanners/caps/\(file)"))
        return try ESCLCapabilities(document: [UInt8](data)).capabilities
    }
}

struct `A status document` {
    @Test(.needsSharedData) func `of a real device is understood`() throws {
        let folder = try #require(Checkout.sharedData)
        let data = try Data(
            contentsOf: folder.appending(path: "scanners/caps/Kyocera-ECOSYS-M2040dn-ScannerStatus.xml"))
        let status = try ESCLStatus(document: [UInt8](data))
        #expect(status.status == ScannerStatus(state: .processing, feeder: .processing))
        #expect(status.jobs.count == 5)
        let running = status.job("http://other/eSCL/ScanJobs/urn:uuid:4509a320-00a0-008f-00b6-00559a327d32")
        #expect(running?.isOpen == true)
        #expect(running?.imagesCompleted == 0)
    }
}
