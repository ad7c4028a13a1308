import AgentApp
import Foundation
import HTTP
import HTTPClient
import HTTPServer
import Scanning
import Support
import TestSupport
import Testing
import VirtualMFP

@Suite(.temporaryDirectory, .timeLimit(.minutes(1))) struct `The certificate of a scanner` {
    private static let other = "sha256//" + String(repeating: "A", count: 43) + "="

    @Test func `is accepted as it was shown, not as it is by then, and that is written down`() async throws {
        let server = try HTTPServer(.init(tls: try SelfSignedCertificate.make(in: TemporaryDirectory.url))) { _ in
            Response(status: 404)
        }
        let keys = KnownKeys(file: TemporaryDirectory.url.appending(path: "keys.json"))
        let known = try #require(PublicKeyPin(Self.other))
        try keys.keep(known, of: server.origin)
        let setup = TestStation(
            journal: MemoryJournal(), certificate: DeviceCertificate(address: server.origin, keys: keys))
        try await setup.run { station in
            let view = try await station.certificate(ofDevice: "fake")
            #expect(view.known == Self.other)
            #expect(!view.isTrusted)
            let error = await #expect(throws: BlankettError.self) {
                try await station.trust(Self.other, ofDevice: "fake")
            }
            #expect(error?.code == "certificate-changed")
            #expect(try keys[server.origin] == known)

            #expect(try await station.trust(view.shown, ofDevice: "fake").isTrusted)
            #expect(try keys[server.origin]?.description == view.shown)
            let events = await (setup.journal as? MemoryJournal)?.events.filter { $0.action == "scanner-trusted" }
            #expect(events?.map(\.outcome) == [view.shown])
            #expect(events?.map(\.object) == ["fake"])
            #expect(events?.map(\.actor) == ["technician"])
        }
    }

    @Test func `stays as it was where the journal cannot note it`() async throws {
        let server = try HTTPServer(.init(tls: try SelfSignedCertificate.make(in: TemporaryDirectory.url))) { _ in
            Response(status: 404)
        }
        let keys = KnownKeys(file: TemporaryDirectory.url.appending(path: "keys.json"))
        let journal = MemoryJournal()
        let setup = TestStation(
            journal: journal, certificate: DeviceCertificate(address: server.origin, keys: keys))
        try await setup.run { station in
            let view = try await station.certificate(ofDevice: "fake")
            await journal.fail(nextWith: .storageFailed())
            await #expect(throws: BlankettError.self) { try await station.trust(view.shown, ofDevice: "fake") }
            #expect(try keys[server.origin] == nil)
        }
    }

    @Test func `is none where the scanner is not reached over HTTPS`() async throws {
        try await TestStation().run { station in
            let error = await #expect(throws: BlankettError.self) { try await station.certificate(ofDevice: "fake") }
            #expect(error?.code == "no-certificate")
        }
    }
}
