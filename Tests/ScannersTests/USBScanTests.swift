import Foundation
import ImageCodecs
import Imaging
import Scanning
import Support
import TestSupport
import Testing
import VirtualMFP

/// The SHA-256 of a page file's pixels, whatever its format.
private func pixels(_ file: URL) throws -> String {
    SHA256.hexadecimal(of: try ImageCodec.decode([UInt8](Data(contentsOf: file))).pixels)
}

private func pages(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted().filter { $0.hasPrefix("page-") }
        .map { folder.appending(path: $0) }
}

@Suite(.temporaryDirectory, .needsUmockdev, .serialized) struct `A printer on the USB` {
    private static let device = "usb://1209:0001:X%201"
    private static let plugged = "name=mfp&serial=X%201"

    private func scan(_ printer: Printer, from device: String, into name: String) throws -> USBRig {
        try USBRig(
            "blankett",
            [
                "scan", "--device", device, "--profile", "form-a4", "--json", "--out",
                TemporaryDirectory.url.appending(path: name).path(),
            ], server: printer.hostAndPort, plugged: [Self.plugged])
    }

    @Test func `gives over its cable the pixels that it gives over the network`() async throws {
        let printer = try await Printer()
        try await printer.load(3)
        let report: JSONValue = try JSONCoding.decode(
            from: try await scan(printer, from: Self.device + "/eSCL", into: "usb").output())
        #expect(report["complete"] == .bool(true), "\(report)")
        try await printer.load(3)
        _ = try await scan(printer, from: printer.address, into: "tcp").output()
        let (usb, tcp) = (
            try pages(in: TemporaryDirectory.url.appending(path: "usb")),
            try pages(in: TemporaryDirectory.url.appending(path: "tcp"))
        )
        #expect(usb.count == 3)
        #expect(try usb.map(pixels) == tcp.map(pixels))
        #expect(try Set(usb.map(pixels)).count == 3)
    }

    @Test func `that is pulled out in mid-scan leaves an incomplete batch, and nothing hangs`() async throws {
        let printer = try await Printer()
        try await printer.load(5, ["chunk_delay": 0.5])
        let rig = try scan(printer, from: Self.device, into: "usb")
        let folder = TemporaryDirectory.url.appending(path: "usb")
        while try !FileManager.default.fileExists(atPath: folder.path()) || pages(in: folder).isEmpty {
            try await Task.sleep(for: .milliseconds(50))
        }
        try await rig.unplug("mfp")
        let report: JSONValue = try JSONCoding.decode(from: try await rig.output())
        #expect(report["complete"] == .bool(false))
        #expect(report["reason"] == "connection-lost")
        let kept = try pages(in: folder).count
        #expect(report["fromSheet"]?.numberValue == Double(kept + 1))
        #expect(kept < 5)
    }

    @Test(arguments: [("usb://1209:0001", false), ("usb://1209:0001@1-2", true), ("usb://1209:0001@1-3", true)])
    func `that is one of two without serial numbers is scanned from only by its socket`(
        device: String, isOne: Bool
    ) async throws {
        let printer = try await Printer()
        let rig = try USBRig(
            "blankett", ["scanners", "--json", "--device", device], server: printer.hostAndPort,
            plugged: ["name=a", "name=b"])
        let found: JSONValue = try JSONCoding.decode(from: try await rig.output())
        let error = found.arrayValue?.first?["error"]
        #expect((error == nil) == isOne, "\(found)")
        if !isOne { #expect("\(found)".contains("blankett scanners"), "\(found)") }
    }

    static let nonsense: [JSONValue] = [["status": 200, "body": "no XML"], ["status": 500], ["garbage": 5000]]

    @Test(arguments: nonsense)
    func `that answers nonsense once answers rightly the next time`(fault: JSONValue) async throws {
        let printer = try await Printer()
        var fault = fault.objectValue ?? [:]
        fault["match"] = "GET /eSCL/ScannerCapabilities"
        fault["times"] = 1
        try await printer.device.control(["faults": [.object(fault)]])
        let arguments = ["scanners", "--json", "--device", Self.device]
        for isFirst in [true, false] {
            let rig = try USBRig("blankett", arguments, server: printer.hostAndPort, plugged: [Self.plugged])
            let found: JSONValue = try JSONCoding.decode(from: try await rig.output())
            #expect((found.arrayValue?.first?["error"] == nil) == !isFirst, "\(found)")
        }
    }

    @Test func `is found without being named, and a scanner that only SANE knows with its driver`() async throws {
        let printer = try await Printer()
        let rig = try USBRig(
            "blankett", ["scanners", "--json", "--seconds", "1"], server: printer.hostAndPort,
            plugged: [
                Self.plugged, "name=old&kind=classic&id=04c5:11a2&serial=77&maker=Fujitsu&model=ScanSnap%20S1500",
                "name=stick&kind=classic&id=1209:0002&serial=1&maker=Acme&model=Stick",
            ])
        let found: JSONValue = try JSONCoding.decode(from: try await rig.output())
        let usb = (found.arrayValue ?? []).filter { $0["ways"]?.arrayValue?.first?["found"] == "usb" }
        #expect(
            usb.compactMap { $0["address"]?.stringValue } == [
                Self.device + "/eSCL", "sane:fujitsu:usb=04c5:11a2:77",
            ])
        #expect(usb.first?["serial"] != nil)
        #expect(usb.first?["profiles"]?.arrayValue?.contains("form-a4-duplex") == true)
    }
}
