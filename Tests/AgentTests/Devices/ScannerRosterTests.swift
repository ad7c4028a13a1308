import AgentApp
import Scanning
import Testing

private func usb(_ address: String, _ edition: String = "1-2", isCertain: Bool = true) -> ScannerSighting {
    var device = DeviceDescription(address: address, id: "usb", name: "Acme")
    device.serial = device.usbIdentity?.serial
    return ScannerSighting(.usb, device, isCertain: isCertain, edition: edition)
}

private func network(_ address: String, uuid: String? = nil, name: String = "Acme") -> ScannerSighting {
    ScannerSighting(.network, DeviceDescription(address: address, name: name), uuid: uuid, edition: address)
}

private func told(_ uuid: String? = nil) -> ScannerRoster.Answer {
    .told(ScannerCapabilities(makeAndModel: "Acme 4000", uuid: uuid, sources: []))
}

private func roster(
    _ configured: [String] = [], _ rules: AgentConfiguration.Discovery = AgentConfiguration.Discovery()
) -> ScannerRoster {
    ScannerRoster(configured: configured.map { .init(name: "own \($0)", address: $0) }, rules: rules)
}

extension ScannerRoster {
    /// Sees, and hears the answers to what is asked thereupon.
    fileprivate mutating func see(_ sightings: [ScannerSighting], _ answer: (ScannerSighting) -> Answer?) {
        see(sightings)
        for way in takeQuestions() {
            if let answer = answer(way) { hear(answer, from: way) }
        }
    }
}

@Suite struct `The roster of scanners` {
    private static let way = "usb://1209:0001:X1/eSCL"

    @Test func `shows a device only when it has answered, or is known to be a scanner`() {
        var roster = roster()
        roster.see([usb(Self.way, isCertain: false), usb("sane:fujitsu:usb=04c5:11a2:7")]) { _ in nil }
        #expect(roster.entries.map(\.id) == ["usb:04c5:11a2:7"])
        roster.hear(.refused, from: usb(Self.way, isCertain: false))
        #expect(roster.entries.map(\.id) == ["usb:04c5:11a2:7"])
        roster.hear(told(), from: usb(Self.way, isCertain: false))
        #expect(Set(roster.entries.map(\.id)) == ["usb:04c5:11a2:7", "usb:1209:0001:X1"])
    }

    @Test(arguments: [ScannerRoster.Answer.slow, .refused])
    func `shows a certain scanner that does not answer`(answer: ScannerRoster.Answer) {
        var roster = roster()
        roster.see([usb(Self.way)]) { _ in nil }
        #expect(roster.entries.isEmpty)
        roster.hear(answer, from: usb(Self.way))
        #expect(roster.entries.map(\.way.device.address) == [Self.way])
        #expect(roster.isOpen(usb(Self.way)))
    }

    @Test func `asks each way once for as long as it stays, and never a driver`() {
        var roster = roster(["http://192.0.2.9/eSCL"])
        roster.see([usb(Self.way), usb("sane:fujitsu:usb=04c5:11a2:7")])
        #expect(roster.takeQuestions().map(\.device.address) == ["http://192.0.2.9/eSCL", Self.way])
        roster.see([usb(Self.way)])
        #expect(roster.takeQuestions().isEmpty)
        roster.see([])
        #expect(!roster.isOpen(usb(Self.way)))
        roster.see([usb(Self.way, "1-3")])
        #expect(roster.takeQuestions().map(\.edition) == ["1-3"])
    }

    @Test func `makes one of a device that is configured and found, once it has told who it is`() {
        var roster = roster(["http://192.0.2.9/eSCL"])
        roster.see([usb(Self.way), network("https://192.0.2.9:443/eSCL", uuid: "abc")]) { way in
            way.device.address == Self.way ? told("ABC") : nil
        }
        // The announcement knows its address, and the cable's answer the announcement's UUID.
        #expect(roster.entries.map(\.id) == ["own http://192.0.2.9/eSCL"])
        #expect(roster.entries.map(\.way.device.address) == ["http://192.0.2.9/eSCL"])
        roster.see([])
        #expect(roster.entries.map(\.id) == ["own http://192.0.2.9/eSCL"])
    }

    @Test func `keeps every configured scanner, whether or not two are one device`() {
        let roster = roster(["usb://1209:0001:X1", Self.way])
        #expect(roster.entries.count == 2)
    }

    @Test func `keeps a device's id and its way when it is found in another way as well`() {
        var roster = roster()
        roster.see([network("http://192.0.2.7/eSCL", uuid: "abc")]) { _ in told("abc") }
        #expect(roster.entries.map(\.id) == ["uuid:abc"])
        let before = roster.entries
        roster.see([network("http://192.0.2.7/eSCL", uuid: "abc"), usb(Self.way)]) { _ in told("abc") }
        #expect(roster.entries.map(\.id) == ["uuid:abc"])
        #expect(roster.entries.map(\.way.device.address) == before.map(\.way.device.address))
        // Now only the cable is left.
        roster.see([usb(Self.way)])
        #expect(roster.entries.map(\.id) == ["uuid:abc"])
        #expect(roster.entries.map(\.way.device.address) == [Self.way])
        // And a stack that was begun under the other id still finds it, when it comes anew.
        roster.see([])
        roster.see([usb(Self.way, "1-9")]) { _ in told("abc") }
        #expect(roster.entries.map(\.id) == ["usb:1209:0001:X1"])
        #expect(roster.entries.first?.aliases.contains("uuid:abc") == true)
    }

    @Test func `is the same device after it was plugged in again, in another edition`() {
        var roster = roster(["usb://1209:0001:X2"])
        roster.see([usb(Self.way), usb("usb://1209:0001:X2/eSCL", "1-3")]) { _ in told() }
        let before = roster.entries
        roster.see([usb(Self.way, "1-7"), usb("usb://1209:0001:X2/eSCL", "1-8")]) { _ in told() }
        #expect(roster.entries.map(\.id) == before.map(\.id))
        #expect(before.map(\.edition) == ["1-3", "1-2"])
        #expect(roster.entries.map(\.edition) == ["1-8", "1-7"])
    }

    static let rules: [(allow: [String], deny: [String], isUsed: Bool)] = [
        ([], [], true), (["1209:0001"], [], true), (["1209:0001:x1"], [], true), (["X1"], [], true),
        (["ACME"], [], true), (["1209:0002"], [], false), ([], ["1209:0001"], false), ([], ["other"], true),
        (["acme"], ["1209:0001"], false), ([way], [], true),
    ]

    @Test(arguments: rules)
    func `takes what the rules allow`(allow: [String], deny: [String], isUsed: Bool) {
        var roster = roster([], AgentConfiguration.Discovery(allow: allow, deny: deny))
        roster.see([usb(Self.way)]) { _ in .refused }
        #expect(roster.entries.isEmpty == !isUsed)
    }

    @Test func `tells two of a kind apart by name`() {
        var roster = roster()
        roster.see([usb(Self.way), usb("usb://1209:0001:X2/eSCL")]) { _ in told() }
        #expect(roster.entries.map(\.name) == ["Acme 4000 (X1)", "Acme 4000 (X2)"])
    }
}
