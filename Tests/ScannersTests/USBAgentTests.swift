import Support
import TestSupport
import Testing

@Suite(.temporaryDirectory, .needsUmockdev, .serialized) struct `The agent and the USB` {
    private static let mfp = "name=mfp&serial=X%201"
    private static let id = "usb:1209:0001:X%201"

    @Test func `see scanners come and go, and go on with a stack when its scanner is back`() async throws {
        let printer = try await Printer()
        let agent = try await USBAgent(before: printer)
        #expect(try await agent.devices.isEmpty)
        try await agent.plug(Self.mfp)
        try await agent.untilDevices("the printer is ready") { $0 == [Self.id: "ready"] }
        // Its driver gets no answer from this one, and nobody else waits for that.
        try await agent.plug("name=old&kind=classic&id=04c5:11a2&serial=77&maker=Fujitsu&model=ScanSnap%20S1500")
        try await agent.untilDevices("the old scanner is shown") { $0.keys.contains("usb:04c5:11a2:77") }

        try await printer.load(5, ["chunk_delay": 0.5])
        let batch = try #require(
            try await agent.post("/scans", ["device": .string(Self.id), "profile": "form-a4"])["id"]?.stringValue)
        try await agent.until("a page is here") { try await agent.batch(batch)["pages"]?.numberValue ?? 0 >= 1 }
        try await agent.unplug("mfp")
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
        try await agent.plug(Self.mfp)
        try await agent.untilDevices("the printer is back") { $0[Self.id] == "ready" }
        _ = try await agent.post("/batches/\(batch)/continue")
        let whole = try await agent.untilOver(batch)
        #expect(whole["state"] != "incomplete", "\(whole)")
        #expect(whole["pages"]?.numberValue == 5)
    }

    @Test func `take a configured scanner for the one that is plugged in, and leave out what is denied`() async throws {
        let printer = try await Printer()
        let agent = try await USBAgent(
            before: printer,
            [
                "scanners": [["name": "Kopiator", "address": "usb://1209:0001"]],
                "discovery": ["deny": ["04c5:11a2"]],
            ])
        try await agent.untilDevices("it is away") { $0 == ["Kopiator": "unreachable"] }
        try await agent.plug("name=old&kind=classic&id=04c5:11a2&serial=77&maker=Fujitsu&model=ScanSnap%20S1500")
        try await agent.plug(Self.mfp)
        try await agent.untilDevices("it is there") { $0 == ["Kopiator": "ready"] }
        try await agent.unplug("mfp")
        try await agent.untilDevices("it is away again") { $0 == ["Kopiator": "unreachable"] }
    }
}
