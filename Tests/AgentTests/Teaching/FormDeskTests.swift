import AgentApp
import Delivery
import Forms
import Foundation
import HTTP
import Scanning
import Support
import Synchronization
import Teaching
import TestSupport
import Testing

/// A package of one field on a page of the smallest picture that a package takes, written anew for each version.
struct TinyForm {
    var version = 1
    var label = "Namn"

    /// Writes the package into a new folder.
    func write(certified passes: Bool? = nil) throws -> URL {
        let folder = TemporaryDirectory.url.appending(path: "tiny-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(contentsOf: Checkout.root.appending(path: "forms/exempelstad-bistand/page-1.png"))
            .write(to: folder.appending(path: "page-1.png"))
        try Data(
            """
            { format: "blankett-form/1", id: "tiny", version: \(version), name: { sv: "Liten" },
              pages: [{ image: "page-1.png", width: 210, height: 297 }],
              fields: [{ name: "name", label: "\(label)", page: 1, kind: "text", box: [20, 20, 80, 8] }] }
            """.utf8
        ).write(to: folder.appending(path: "form.json5"))
        if let passes { try Self.certify(folder, passes: passes) }
        return folder
    }

    static func certify(_ folder: URL, passes: Bool) throws {
        let package = try FormPackage.load(folder)
        var certificate = Certificate(package.template, package: package.fingerprint, seed: 1, made: Date())
        certificate.copies = 1
        certificate.count(
            "name", written: "A", read: passes ? "A" : "B", isCertain: true, reason: nil, copy: "1 typed clean")
        try Data(JSONCoding.encode(certificate)).write(to: folder.appending(path: Certificate.fileName))
    }

    static func pack(_ folder: URL) throws -> Package {
        let key = try FormPackage.load(folder).template.key
        return try Package(packing: folder, kind: .form, id: key.id, version: key.version)
    }
}

/// A station without forms, its desk of forms, and how often its read-workers were started anew.
struct DeskSetup {
    let journal = MemoryJournal()
    let station: Station
    let desk: FormDesk
    let restarts: Counter

    final class Counter: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func count() { number.withLock { $0 += 1 } }
    }

    init(configured: [URL] = []) throws {
        let sources = FormSources(
            configured: configured, published: nil, shelf: FormShelf(TemporaryDirectory.url.appending(path: "shelf")))
        try sources.shelf.makeReady()
        let restarts = Counter()
        station = TestStation(journal: journal).makeStation()
        desk = FormDesk(sources, library: sources.examine().library, station: station) { restarts.count() }
        self.restarts = restarts
    }

    /// What is in force after a restart.
    var afterRestart: [FormKey] { desk.sources.examine().library.packages.map(\.template.key) }

    func refusal(_ package: Package, reason: String? = nil) async -> String? {
        do {
            _ = try await desk.take(package, reason: reason)
            return nil
        } catch {
            return (error as? BlankettError)?.code
        }
    }
}

@Suite(.temporaryDirectory) struct `Taking a form into force` {
    @Test func `needs a reason where nothing is proved, and writes it down`() async throws {
        let setup = try DeskSetup()
        let package = try TinyForm.pack(try TinyForm().write())
        #expect(await setup.refusal(package) == "reason-needed")
        #expect(await setup.refusal(package, reason: " \n ") == "reason-needed")
        #expect(setup.afterRestart.isEmpty && setup.restarts.value == 0)
        let view = try await Acting.$person.withValue("ada") {
            try await setup.desk.take(package, reason: "the old\nform ends today")
        }
        #expect(view.standing == .notCertified && view.origin == .station)
        #expect(setup.station.rules.templates.keys.map(\.id) == ["tiny"])
        #expect(setup.afterRestart == [FormKey(id: "tiny", version: 1)])
        #expect(setup.restarts.value == 1)
        let event = try #require(await setup.journal.events.last { $0.action == "form-loaded-unproved" })
        #expect(event.actor == "ada" && event.object == "tiny-1")
        #expect(event.outcome == "not-certified: the old form ends today")
    }

    @Test func `needs none where its certificate is of this very content and keeps the target`() async throws {
        let setup = try DeskSetup()
        let folder = try TinyForm().write(certified: true)
        #expect(try await setup.desk.take(try TinyForm.pack(folder)).standing == .passed)

        let poor = try TinyForm(version: 2).write(certified: false)
        #expect(await setup.refusal(try TinyForm.pack(poor)) == "reason-needed")

        // A certificate of what the form was before somebody changed it proves nothing.
        let changed = try TinyForm(version: 2).write(certified: true)
        let file = changed.appending(path: "form.json5")
        let text = try String(contentsOf: file, encoding: .utf8).replacing("[20, 20, 80, 8]", with: "[21, 20, 80, 8]")
        try Data(text.utf8).write(to: file)
        #expect(await setup.refusal(try TinyForm.pack(changed)) == "reason-needed")
    }

    @Test func `keeps every version, and replaces none`() async throws {
        let setup = try DeskSetup()
        let second = try TinyForm.pack(try TinyForm(version: 2).write())
        _ = try await setup.desk.take(second, reason: "new")
        _ = try await setup.desk.take(second)
        #expect(setup.restarts.value == 1, "the same once more changes nothing")
        let other = try TinyForm.pack(try TinyForm(version: 2, label: "Annat").write())
        #expect(await setup.refusal(other, reason: "new") == "version-taken")
        let older = try TinyForm.pack(try TinyForm(version: 1).write())
        #expect(await setup.refusal(older, reason: "new") == "version-too-low")
        _ = try await setup.desk.take(try TinyForm.pack(try TinyForm(version: 3).write()), reason: "newer")
        #expect(setup.afterRestart.map(\.version) == [2, 3])
        #expect(
            setup.desk.sources.examine().library[FormKey(id: "tiny", version: 2)]?.template.fields[0].label == "Namn")
    }

    @Test func `does not replace what the configuration names`() async throws {
        let folder = try TinyForm().write()
        let setup = try DeskSetup(configured: [folder])
        #expect(
            await setup.refusal(try TinyForm.pack(try TinyForm(label: "Annat").write()), reason: "x") == "version-taken"
        )
        #expect(await setup.desk.views.map(\.origin) == [.configuration])
    }

    @Test func `leaves nothing of what cannot be used`() async throws {
        let setup = try DeskSetup()
        let folder = try TinyForm().write()
        var broken = try TinyForm.pack(folder)
        broken.files.removeAll { $0.name == "page-1.png" }
        #expect(await setup.refusal(broken, reason: "x") == "forms-broken")
        var misnamed = try TinyForm.pack(folder)
        misnamed.id = "other"
        #expect(await setup.refusal(misnamed, reason: "x") == "package-broken")
        var climbing = try TinyForm.pack(folder)
        climbing.files[0].name = "../form.json5"
        #expect(await setup.refusal(climbing, reason: "x") == "package-broken")
        let left = try FileManager.default.contentsOfDirectory(
            atPath: TemporaryDirectory.url.appending(path: "shelf").path())
        #expect(left.isEmpty && setup.restarts.value == 0)
    }

    @Test func `goes over the control socket`() async throws {
        let setup = try DeskSetup()
        let router = ControlRoutes(
            setup.station,
            profiles: DeviceProfileStore(
                storeFile: URL(filePath: "/nonexistent/profiles.json"), folders: [], trusted: []),
            operators: Operators(), forms: setup.desk
        ).router
        func post(_ body: [String: JSONValue]) async throws -> Response {
            await router.respond(
                to: Request(
                    "POST", "/forms", headers: ["Content-Type": "application/json"], body: try JSONCoding.encode(body)))
        }
        let package: JSONValue = try JSONCoding.decode(
            from: JSONCoding.encode(try TinyForm.pack(try TinyForm().write())))
        #expect(try await post(["package": package]).status == 422)
        #expect(try await post(["package": package, "reason": "first"]).status == 201)
        #expect(await setup.journal.events.last?.actor == "owner")
        let list = await router.respond(to: Request("GET", "/forms"))
        let views: [FormDesk.View] = try JSONCoding.decode(from: list.bytes ?? [])
        #expect(views.map(\.id) == ["tiny"])
    }
}
