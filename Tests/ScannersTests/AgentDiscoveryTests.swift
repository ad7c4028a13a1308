import Foundation
import Support
import TestSupport
import Testing

@Suite(.temporaryDirectory, .needsUmockdev, .serialized) struct `The agent and the USB` {
    private static let mfp = "name=mfp&serial=X%201"
    private static let id = "usb:1209:0001:X%201"

    @Test func `see scanners come and go, and go on with a stack when its scanner is back`() async throws {
        let printer = try await Printer()
        let agent = try AgentFolder()
        let rig = try USBRig("blankett-agent", agent.arguments, server: printer.hostAndPort)
        try await agent.untilStarted()
        #expect(try await agent.devices.isEmpty)
        try await rig.plug(Self.mfp)
        try await agent.untilDevices("the printer is ready") { $0 == [Self.id: "ready"] }
        // Its driver gets no answer from this one, and nobody else waits for that.
        try await rig.plug("name=old&kind=classic&id=04c5:11a2&serial=77&maker=Fujitsu&model=ScanSnap%20S1500")
        try await agent.untilDevices("the old scanner is shown") { $0.keys.contains("usb:04c5:11a2:77") }

        try await printer.load(5, ["chunk_delay": 0.5])
        let batch = try #require(
            try await agent.post("/scans", ["device": .string(Self.id), "profile": "form-a4"])["id"]?.stringValue)
        try await agent.until("a page is here") { try await agent.batch(batch)["pages"]?.numberValue ?? 0 >= 1 }
        try await rig.unplug("mfp")
        let torn = try await agent.untilOver(batch)
        #expect(torn["state"] == "incomplete")
        #expect(torn["reason"] == "connection-lost")
        let kept = Int(torn["pages"]?.numberValue ?? 0)
        #expect(torn["fromSheet"]?.numberValue == Double(kept + 1))
        let trace = try agent.trace(try #require(torn["trace"]?.stringValue))
        #expect(trace["format"] == "blankett-trace/1")
        #expect(trace["end"]?["reason"] == "connection-lost")
        try await agent.untilDevices("the printer is gone") { !$0.keys.contains(Self.id) }

        try await printer.load(5 - kept, ["chunk_delay": 0])
        try await rig.plug(Self.mfp)
        try await agent.untilDevices("the printer is back") { $0[Self.id] == "ready" }
        _ = try await agent.post("/batches/\(batch)/continue")
        let whole = try await agent.untilOver(batch)
        #expect(whole["state"] != "incomplete", "\(whole)")
        #expect(whole["pages"]?.numberValue == 5)
    }

    @Test func `take a configured scanner for the one that is plugged in, and leave out what is denied`() async throws {
        let printer = try await Printer()
        let agent = try AgentFolder([
            "scanners": [["name": "Kopiator", "address": "usb://1209:0001"]],
            "discovery": ["deny": ["04c5:11a2"]],
        ])
        let rig = try USBRig("blankett-agent", agent.arguments, server: printer.hostAndPort)
        try await agent.untilStarted()
        try await agent.untilDevices("it is away") { $0 == ["Kopiator": "unreachable"] }
        try await rig.plug("name=old&kind=classic&id=04c5:11a2&serial=77&maker=Fujitsu&model=ScanSnap%20S1500")
        try await rig.plug(Self.mfp)
        try await agent.untilDevices("it is there") { $0 == ["Kopiator": "ready"] }
        try await rig.unplug("mfp")
        try await agent.untilDevices("it is away again") { $0 == ["Kopiator": "unreachable"] }
    }

    @Test func `know two of a kind without serial numbers as two, by their sockets`() async throws {
        let agent = try AgentFolder()
        let rig = try USBRig("blankett-agent", agent.arguments)
        try await agent.untilStarted()
        let kind = "kind=classic&id=04c5:11a2&maker=Fujitsu&model=ScanSnap%20S1500"
        try await rig.plug("name=left&\(kind)")
        try await agent.untilDevices("one is shown") { Array($0.keys) == ["usb:04c5:11a2"] }
        try await rig.plug("name=right&\(kind)")
        try await agent.untilDevices("both are shown") {
            $0.keys.sorted() == ["usb:04c5:11a2@1-2", "usb:04c5:11a2@1-3"]
        }
        try await rig.unplug("left")
        try await agent.untilDevices("the other one is shown") { Array($0.keys) == ["usb:04c5:11a2"] }
    }

    @Test func `say where they cannot look`() async throws {
        let agent = try AgentFolder(["discovery": ["network": true]])
        let rig = try USBRig(
            "blankett-agent", agent.arguments, inside: ["env", "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent"])
        try await agent.untilStarted()
        try await agent.until("the failure is told") {
            try await agent.get("/status")["notSearched"] == ["network": "no-avahi"]
        }
        let status = try BackgroundProgram.output(
            of: Checkout.programs.appending(path: "blankett"),
            ["status", "--socket", agent.url.appending(path: "agent/control.sock").path(), "--language", "en"])
        #expect(status.contains("not looked for on the network (no-avahi)"), "\(status)")
        #expect(!status.contains("All is well"))
        withExtendedLifetime(rig) {}
    }

    /// Through SANE's own driver for such scanners, which asks the device over USB.
    @Test func `wake the page for the scan button and for paper, and reset a scanner whose driver was killed`()
        async throws
    {
        let agent = try AgentFolder()
        let rig = try USBRig("blankett-agent", agent.arguments, programs: USBRig.programsWithWorker())
        try await agent.untilStarted()
        try await rig.plug("name=feeder&kind=feeder&id=04c5:132e&serial=77&maker=Fujitsu&model=fi-7160")
        let id = "usb:04c5:132e:77"
        try await agent.untilDevices("the scanner is ready") { $0 == [id: "ready"] }
        #expect(try await agent.signal == nil)
        for (number, event) in [(1, "scan-button"), (2, "paper-loaded"), (3, "scan-button")] {
            // A sensor counts when it changes while it is watched.
            let seen = try await rig.sensorReadings
            try await agent.until("the sensors are watched") { try await rig.sensorReadings >= seen + 3 }
            try await event == "scan-button" ? rig.press("feeder") : rig.load("feeder")
            try await agent.until("\(event) is told") {
                try await agent.signal?["number"]?.numberValue ?? 0 >= Double(number)
            }
            let signal = try #require(try await agent.signal)
            #expect(signal["number"]?.numberValue == Double(number))
            #expect(signal["cause"]?.stringValue == event)
            #expect(signal["device"]?.stringValue == id)
        }
        #expect(try await agent.get("/status")["batches"]?.arrayValue ?? [] == [], "nothing is scanned by itself")

        #expect(try await rig.resets == 0, "a driver that ends in peace leaves the device in order")
        for id in rig.scanWorkers { kill(id, SIGKILL) }
        try await agent.until("the device is reset") { try await rig.resets == 1 }
        let seen = try await rig.sensorReadings
        try await agent.until("it is watched again") { try await rig.sensorReadings >= seen + 3 }
        #expect(try await agent.devices == [id: "ready"])
    }
}

@Suite(.temporaryDirectory, .needsLonelyNetwork) struct `The agent and the network` {
    private static let printer =
        #""Acme MFP" _uscan._tcp 8095 rs=eSCL "ty=Acme MFP 1" uuid=7c9e6679-7425-40de-944b-e07fc1f90ae7"#
    private static let id = "uuid:7c9e6679-7425-40de-944b-e07fc1f90ae7"

    @Test func `see announced scanners come and go, where the configuration wants it`() async throws {
        let agent = try AgentFolder(["discovery": ["network": true]])
        let network = try LonelyNetwork([
            ["virtual-mfp", "--port", "8095"], ["blankett-agent"] + agent.arguments,
        ])
        try await agent.untilStarted()
        #expect(try await agent.devices.isEmpty)
        for _ in 1...2 {
            try network.announce(Self.printer)
            try await agent.untilDevices("the printer is ready") { $0 == [Self.id: "ready"] }
            try network.announce(nil)
            try await agent.untilDevices("the printer is gone") { $0.isEmpty }
        }
    }

    @Test func `take a scanner that is configured by its address for the one that is announced`() async throws {
        let agent = try AgentFolder([
            "discovery": ["network": true],
            "scanners": [["name": "Kopiator", "address": "http://127.0.0.1:8095/eSCL"]],
        ])
        let network = try LonelyNetwork([
            ["virtual-mfp", "--port", "8095"], ["blankett-agent"] + agent.arguments,
        ])
        try await agent.untilStarted()
        try await agent.untilDevices("the configured one is ready") { $0 == ["Kopiator": "ready"] }
        try network.announce(Self.printer.replacing("8095", with: "8096").replacing("7c9e", with: "0000"))
        try await agent.untilDevices("another is announced") { $0.count == 2 }
        try network.announce(Self.printer)
        try await agent.untilDevices("it is the same") { $0 == ["Kopiator": "ready"] }
    }
}
