import Foundation
import NetworkDiscovery
import Scanning
import Support
import TestSupport
import Testing

private func sighting(
    _ origin: ScannerSighting.Origin, _ address: String, uuid: String? = nil, serial: String? = nil,
    hosts: [String] = [], model: String? = nil
) -> ScannerSighting {
    var device = DeviceDescription(address: address)
    (device.serial, device.model) = (serial, model)
    return ScannerSighting(origin, device, uuid: uuid, hosts: hosts)
}

struct `A USB identity` {
    @Test(arguments: [
        ("04c5:132b", "04c5:132b"), ("04C5:132B:A-1", "04c5:132b:A-1"), ("0482:069d:a%20b%2Fc", "0482:069d:a%20b%2Fc"),
        ("04C5:132B@1-2.3", "04c5:132b@1-2.3"), ("04c5:132b:A@1-2", "04c5:132b:A%401-2"),
    ])
    func `is read and written`(text: String, written: String) throws {
        let identity = try #require(USBIdentity(text))
        #expect(identity.description == written)
        #expect(USBIdentity(identity.description) == identity)
    }

    @Test(arguments: [
        "", "04c5", "04c5:132", "04c5:132b:", "04c5:132b:a b", "04c5:132b:%zz", "04c5:132b:%ff", "x:y",
        "04c5:132b@", "04c5:132b@2", "04c5:132b@1-2.", "04c5:132b@../1-2",
    ])
    func `is refused where it is none`(text: String) {
        #expect(USBIdentity(text) == nil)
    }

    @Test func `without a serial number names any device of its kind`() {
        let (any, one) = (USBIdentity(vendor: 1, product: 2), USBIdentity(vendor: 1, product: 2, serial: "a"))
        #expect(any.names(one))
        #expect(!one.names(any))
        #expect(!any.names(USBIdentity(vendor: 1, product: 3)))
    }

    @Test func `with a socket names only the device that is in it`() {
        let here = USBIdentity(vendor: 1, product: 2, socket: "1-2")
        #expect(USBIdentity(vendor: 1, product: 2).names(here))
        #expect(!here.names(USBIdentity(vendor: 1, product: 2)))
        #expect(!here.names(USBIdentity(vendor: 1, product: 2, socket: "1-3")))
    }

    @Test func `tells devices apart by their sockets only where nothing else does`() {
        let (twin, named) = (USBIdentity(vendor: 1, product: 2), USBIdentity(vendor: 1, product: 2, serial: "a"))
        let other = USBIdentity(vendor: 1, product: 3)
        let devices = [(twin, "1-1"), (twin, "1-2.4"), (named, "1-3"), (named, "1-4"), (other, "1-5")].map {
            USBDevice(bus: 1, address: 2, identity: $0.0, socket: $0.1)
        }
        #expect(
            USBDevice.toldApart(devices).map(\.identity.description)
                == ["0001:0002@1-1", "0001:0002@1-2.4", "0001:0002:a", "0001:0002:a", "0001:0003"])
    }
}

struct `An IEEE-1284 id` {
    @Test(arguments: [
        ("MFG:Acme;MDL:M 1;SN:0815;", IEEE1284ID(manufacturer: "Acme", model: "M 1", serial: "0815")),
        (
            "MANUFACTURER:Acme; MODEL: M;CMD:PDF;SERN:1;SN:",
            IEEE1284ID(manufacturer: "Acme", model: "M", serial: "1")
        ), ("", IEEE1284ID()), (";;:;x", IEEE1284ID()),
    ])
    func `is read with long and short keys`(text: String, expected: IEEE1284ID) {
        #expect(IEEE1284ID(text) == expected)
    }
}

struct `Scanners that were seen in several ways` {
    @Test func `are one by UUID, by serial number, or by address, and the configured way wins`() {
        let groups = FoundScanner.grouped([
            sighting(.network, "http://192.0.2.7/eSCL", uuid: "urn:uuid:ABC", hosts: ["printer.local"]),
            sighting(.network, "https://192.0.2.7:443/eSCL", uuid: "abc"),
            sighting(.usb, "usb://0482:069d:SER1/eSCL", serial: "SER1"),
            sighting(.usb, "sane:kyocera:usb=0482:069d:SER1", serial: "SER1"),
            sighting(.network, "http://192.0.2.8/eSCL", uuid: "def", serial: "SER1"),
            sighting(.configured, "http://printer.local/eSCL"),
            sighting(.configured, "http://printer.local:8080/eSCL"),
        ])
        #expect(
            groups.map { $0.sightings.map(\.device.address) } == [
                ["http://printer.local/eSCL", "https://192.0.2.7:443/eSCL", "http://192.0.2.7/eSCL"],
                ["http://192.0.2.8/eSCL", "usb://0482:069d:SER1/eSCL", "sane:kyocera:usb=0482:069d:SER1"],
                ["http://printer.local:8080/eSCL"],
            ])
        #expect(groups[1].id == "usb:0482:069d:SER1")
    }

    @Test func `are two where their UUIDs differ, or all devices have the same serial number`() {
        #expect(
            FoundScanner.grouped([
                sighting(.network, "http://192.0.2.7/eSCL", uuid: "a1"),
                sighting(.network, "http://192.0.2.7/eSCL", uuid: "a2"),
                sighting(.network, "http://192.0.2.8/eSCL", serial: "0000000000"),
                sighting(.network, "http://192.0.2.9/eSCL", serial: "0000000000"),
            ]).count == 4)
    }

    @Test func `become one when a third way tells that they are`() {
        let groups = FoundScanner.grouped([
            sighting(.network, "http://192.0.2.7/eSCL", uuid: "a"),
            sighting(.usb, "usb://0482:069d/eSCL", serial: "SER1"),
            sighting(.network, "http://192.0.2.9/eSCL", uuid: "a", serial: "SER1"),
        ])
        #expect(groups.map(\.sightings.count) == [3])
    }
}

struct `An announced scanner` {
    private func announced(_ address: String, port: UInt16 = 80, isSecure: Bool = false, _ text: [String: String] = [:])
        -> ScannerSighting?
    {
        Announcement(
            name: "Acme\u{1B}[2J 1", isSecure: isSecure, host: "acme.local", address: address, port: port, text: text
        ).sighting
    }

    @Test(arguments: [
        ("192.0.2.7", "eSCL", "http://192.0.2.7:80/eSCL"), ("192.0.2.7", "/a/b/", "http://192.0.2.7:80/a/b"),
        ("2001:db8::1", "", "http://[2001:db8::1]:80/eSCL"), ("fe80::1%eth0", "x", "http://[fe80::1%25eth0]:80/x"),
        ("127.0.0.1", "eSCL", "http://localhost:80/eSCL"), ("192.0.2.7", "a b?c#d", "http://192.0.2.7:80/eSCL"),
    ])
    func `has an address of checked parts`(address: String, root: String, expected: String) {
        #expect(announced(address, ["rs": root])?.device.address == expected)
    }

    @Test func `with TLS has an https address`() {
        #expect(announced("192.0.2.7", port: 443, isSecure: true)?.device.address == "https://192.0.2.7:443/eSCL")
    }

    @Test func `that would confuse a terminal or an address is cleaned or passed over`() {
        #expect(announced("192.0.2.7")?.device.name == "Acme[2J 1")
        #expect(announced("evil/host") == nil)
        #expect(announced("192.0.2.7", port: 0) == nil)
        #expect(announced("192.0.2.7", ["uuid": "x y"])?.uuid == nil)
        #expect(announced("192.0.2.7", ["uuid": "4509A320-00A0-008F-00B6-002507510ECA"])?.uuid?.first == "4")
    }
}

struct `The table of SANE's devices` {
    private let table = SaneDeviceTable(folders: [Checkout.root.appending(path: "device-profiles")])

    @Test(arguments: [
        ("04c5:11a2", "fujitsu", "ScanSnap S1500"), ("04a9:190f", "genesys", "LiDE 220"),
        ("03f0:0101", "hp", "ScanJet 4100C"),
    ])
    func `knows the backend of`(id: String, backend: String, model: String) throws {
        let identity = try #require(USBIdentity(id))
        let entry = try #require(table[identity].first)
        #expect(entry.backend == backend)
        #expect(entry.models.contains(model))
    }

    @Test func `is large, and bears lines that are none`() {
        #expect(table.count > 1500)
        #expect(SaneDeviceTable("x\n\n04c5:0001\ta\tb\tc\td\n04c5:0002\tfujitsu\tgood\tsane\tX").count == 1)
    }

    @Test(.needsSharedData) func `is what the device list gives`() throws {
        _ = try BackgroundProgram.output(
            of: Checkout.root.appending(path: "scripts/sane-devices"), ["--check"])
    }

    @Test func `gives a USB device its ways, the profile's first`() throws {
        let scanner = USBDevice(
            bus: 1, address: 2, identity: try #require(USBIdentity("04c5:11a2:7")), product: "ScanSnap S1500",
            interfaces: [.init(number: 0, kind: [255, 255, 255])])
        let profiles = DeviceProfileLibrary([])
        #expect(
            scanner.sightings(profiles: profiles, table: table) { _ in true }.map(\.device.address)
                == ["sane:fujitsu:usb=04c5:11a2:7"])
        #expect(scanner.sightings(profiles: profiles, table: table) { _ in false }.isEmpty)
        var printer = scanner
        printer.interfaces.append(.init(number: 1, kind: [7, 1, 4]))
        #expect(
            printer.sightings(profiles: profiles, table: table) { _ in true }.first?.device.address
                == "usb://04c5:11a2:7/eSCL")
        #expect(
            printer.sightings(profiles: profiles, table: SaneDeviceTable()) { _ in true }.map(\.isCertain) == [false])
    }
}
