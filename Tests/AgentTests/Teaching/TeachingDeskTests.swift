import AgentApp
import Forms
import Foundation
import HTTP
import KioskApp
import Sealing
import Support
import Teaching
import TestSupport
import Testing

/// A desk with one draft that is ready, as after a proposal; it lies in clear, as those of earlier versions.
struct TeachingSetup {
    let base: DeskSetup
    let folder: URL
    let id = UUIDv7()
    private let key = SealingKey()
    /// Of an agent that has run from the start.
    let desk: TeachingDesk

    init(stage: Draft.Stage = .ready) throws {
        base = try DeskSetup()
        folder = TemporaryDirectory.url.appending(path: "drafts", directoryHint: .isDirectory)
        desk = Self.desk(folder, key, base)
        var draft = Draft(id: id, formID: "tiny", name: "Liten", sources: 1, from: nil, by: "ada", at: Date())
        draft.stage = stage
        let place = folder.appending(path: "\(id)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try FileManager.default.moveItem(at: TinyForm().write(), to: place.appending(path: "package"))
        try Data(JSONCoding.encode(draft)).write(to: place.appending(path: "draft.json"))
    }

    private static func desk(_ folder: URL, _ key: SealingKey, _ base: DeskSetup) -> TeachingDesk {
        TeachingDesk(
            folder: folder, sealer: key, station: base.station, forms: base.desk,
            worker: Checkout.programs.appending(path: "blankett-read-worker").path())
    }

    /// Of an agent that starts now, and has looked at what it finds; with another key where one is given.
    func restarted(key other: SealingKey? = nil) async throws -> TeachingDesk {
        let desk = Self.desk(folder, other ?? key, base)
        try await desk.recover()
        return desk
    }

    func form() async throws -> [String: JSONValue] { try #require(try await desk.view(id).form?.objectValue) }

    func code(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? BlankettError)?.code
        }
    }
}

@Suite(.temporaryDirectory, .timeLimit(.minutes(5))) struct `A form that is being taught` {
    @Test func `is changed by one window at a time`() async throws {
        let setup = try TeachingSetup()
        var form = try await setup.form()
        form["name"] = ["sv": "Ändrad"]
        let saved = try await setup.desk.save(.object(form), schema: nil, revision: 1, of: setup.id)
        #expect(saved.draft.revision == 2 && saved.problems.isEmpty)
        form["name"] = ["sv": "Den andra"]
        #expect(
            await setup.code { _ = try await setup.desk.save(.object(form), schema: nil, revision: 1, of: setup.id) }
                == "draft-changed")
        #expect(try await setup.form()["name"]?["sv"] == "Ändrad")
        #expect(
            await setup.code { _ = try await setup.desk.goLive(setup.id, revision: 1, reason: "x") } == "draft-changed")
    }

    @Test func `keeps its own pages, and tells what is wrong`() async throws {
        let setup = try TeachingSetup()
        var form = try await setup.form()
        form["pages"] = [["image": "../../journal.key", "width": 210, "height": 297]]
        form["fields"] = [
            ["name": "a", "page": 1, "kind": "text", "box": [20, 20, 80, 8]],
            ["name": "a", "page": 1, "kind": "text", "box": [200, 20, 80, 8]],
        ]
        let saved = try await setup.desk.save(.object(form), schema: nil, revision: 1, of: setup.id)
        #expect(saved.form?["pages"]?[0]?["image"] == "page-1.png")
        #expect(Set(saved.problems.map(\.path)).contains("fields[1].name"))
        #expect(await setup.code { try await setup.desk.certify(setup.id, copies: 1) } == "form-not-usable")
        #expect(
            await setup.code { _ = try await setup.desk.goLive(setup.id, revision: 2, reason: "x") }
                == "form-not-usable")
        #expect(
            await setup.code { _ = try await setup.desk.save([], schema: nil, revision: 2, of: setup.id) } == "bad-form"
        )
    }

    @Test func `keeps a schema beside it, and holds its places against it`() async throws {
        let setup = try TeachingSetup()
        let form = try await setup.form()
        let schema: JSONValue = [
            "properties": ["applicant": ["properties": ["name": ["type": "string"]]]], "additionalProperties": false,
        ]
        let saved = try await setup.desk.save(.object(form), schema: schema, revision: 1, of: setup.id)
        #expect(saved.schema == schema && saved.problems.count == 1)
        let without = try await setup.desk.save(.object(form), schema: .null, revision: 2, of: setup.id)
        #expect(without.schema == nil && without.problems.isEmpty)
        #expect(
            await setup.code { _ = try await setup.desk.save(.object(form), schema: [1], revision: 3, of: setup.id) }
                == "bad-schema")
    }

    @Test func `goes into force with a reason, and is no draft any more`() async throws {
        let setup = try TeachingSetup()
        #expect(
            await setup.code { _ = try await setup.desk.goLive(setup.id, revision: 1, reason: nil) } == "reason-needed")
        #expect(await setup.desk.summaries.map(\.id) == [setup.id])
        let view = try await Acting.$person.withValue("tove") {
            try await setup.desk.goLive(setup.id, revision: 1, reason: "a trial")
        }
        #expect(view.id == "tiny" && view.version == 1)
        #expect(await setup.desk.summaries.isEmpty)
        #expect(setup.base.afterRestart == [FormKey(id: "tiny", version: 1)])
        #expect(await setup.base.journal.events.last { $0.action == "form-loaded-unproved" }?.actor == "tove")
    }

    @Test func `says why a blank cannot be used, also after a stop in between`() async throws {
        let setup = try TeachingSetup(stage: .proposing)
        let place = setup.folder.appending(path: "\(setup.id)")
        try FileManager.default.removeItem(at: place.appending(path: "package"))
        try Data("no picture".utf8).write(to: place.appending(path: "source-1"))
        let running = Task { try await setup.desk.run() }
        defer { running.cancel() }
        let another = try await setup.desk.begin(
            DraftWish(
                name: "../Årets <b>blankett", files: [TeachingFile(name: "../../x.pdf", content: Data("%PDF-".utf8))]))
        while await setup.desk.summaries.contains(where: { $0.stage == .proposing }) {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await setup.desk.view(setup.id).draft.failure == "not-an-image")
        let view = try await setup.desk.view(another)
        #expect(view.draft.stage == .failed && view.draft.failure != nil)
        #expect(view.draft.formID == "arets-b-blankett" && view.draft.name == "../Årets <b>blankett")
    }

    @Test(arguments: [
        (1, []), (0, [[10, 10, 20, 8]]), (2, [[10, 10, 20, 8]]), (1, [[10, 10, 0, 8]]), (1, [[1e9, 10, 20, 8]]),
        (1, [[.nan, 10, 20, 8]]), (1, Array(repeating: [10, 10, 20, 8], count: 201)),
    ])
    func `has no likes of a place that it has not`(_ page: Int, _ boxes: [[Double]]) async throws {
        let setup = try TeachingSetup()
        let wish = AlikeWish(
            page: page, kind: .text,
            boxes: boxes.map { MillimetreRect(x: $0[0], y: $0[1], width: $0[2], height: $0[3]) })
        #expect(await setup.code { _ = try await setup.desk.places(alike: wish, of: setup.id) } == "bad-place")
    }

    @Test func `has no likes before its blank was looked at, and none on white paper`() async throws {
        let wish = AlikeWish(page: 1, kind: .text, boxes: [.init(x: 10, y: 10, width: 20, height: 8)])
        let early = try TeachingSetup(stage: .proposing)
        #expect(await early.code { _ = try await early.desk.places(alike: wish, of: early.id) } == "not-now")
        #expect(await early.code { _ = try await early.desk.places(alike: wish, of: UUIDv7()) } == "not-found")
        let setup = try TeachingSetup()
        #expect(try await setup.desk.places(alike: wish, of: setup.id).isEmpty)
    }

    @Test func `is refused where there is too much of it`() async throws {
        let setup = try TeachingSetup()
        #expect(await setup.code { _ = try await setup.desk.begin(DraftWish()) } == "no-blank")
        let large = TeachingFile(name: "x", content: Data(count: TeachingDesk.largestUpload / 2 + 1))
        #expect(
            await setup.code { _ = try await setup.desk.begin(DraftWish(files: [large, large])) } == "upload-too-large")
        #expect(
            await setup.code {
                _ = try await setup.desk.begin(
                    DraftWish(id: "../x", files: [TeachingFile(name: "x", content: Data([1]))]))
            } == "bad-id")
        #expect(
            await setup.code {
                _ = try await setup.desk.begin(
                    DraftWish(
                        files: [TeachingFile(name: "x", content: Data([1]))], from: FormKey(id: "none", version: 1)))
            } == "not-found")
        var begun = 0
        while await setup.code({
            _ = try await setup.desk.begin(DraftWish(files: [TeachingFile(name: "x", content: Data([1]))]))
        }) == nil {
            begun += 1
        }
        #expect(begun == 39)
        try await setup.desk.remove(setup.id)
        #expect(await setup.code { _ = try await setup.desk.view(setup.id) } == "not-found")
    }
}

@Suite(.temporaryDirectory) struct `The page on which forms are taught` {
    private static let good: Headers = [
        "Host": "127.0.0.1:4711", "Origin": "http://127.0.0.1:4711", "Sec-Fetch-Site": "same-origin",
        "X-Blankett": "1", "Content-Type": "application/json",
    ]

    private func page(_ setup: TeachingSetup, _ operators: Operators = Operators()) async -> (KioskPage, Headers) {
        let page = KioskPage(
            setup.base.station, guardian: KioskGuard(port: 4711, secret: "s3cret"), operators: operators,
            teaching: .init(forms: setup.base.desk, drafts: setup.desk))
        let response = await page.respond(
            to: Request("POST", "/api/session", headers: Self.good, body: Array(#"{"secret":"s3cret"}"#.utf8)))
        var headers = Self.good
        headers["Cookie"] = response.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init)
        return (page, headers)
    }

    @Test func `takes a large body only from a session that may teach`() async throws {
        let setup = try TeachingSetup()
        let (page, headers) = await page(setup)
        func refusal(_ path: String, _ change: [String: String?] = [:]) -> Int? {
            var headers = headers
            headers["Content-Length"] = "1000000"
            for (name, value) in change { headers[name] = value }
            return page.refusal(of: Request("POST", path, headers: headers))?.status
        }
        #expect(refusal("/api/teach/drafts") == nil)
        #expect(refusal("/api/scans") == 413)
        #expect(refusal("/api/scans", ["Content-Length": "60000"]) == nil)
        #expect(refusal("/api/teach/drafts", ["Cookie": "blankett-4711=x"]) == 401)
        #expect(refusal("/api/teach/drafts", ["Origin": "http://evil.example"]) == 403)
        #expect(refusal("/api/teach/drafts", ["Transfer-Encoding": "chunked", "Content-Length": nil]) == 411)
        let operators = try Operators(TemporaryDirectory.url.appending(path: "operators.json"))
        _ = try operators.add("Ada", role: .administrator, pin: "4718", account: nil)
        let (guarded, stranger) = await self.page(setup, operators)
        var long = stranger
        long["Content-Length"] = "1000000"
        #expect(guarded.refusal(of: Request("POST", "/api/teach/drafts", headers: long))?.status == 401)
    }

    @Test(arguments: [
        ("GET", "/api/teach/drafts/x", 404), ("GET", "/api/teach/drafts/01890a5d-ac96-774b-bcce-b302099a8057", 404),
        ("GET", "/api/teach/drafts/01890a5d-ac96-774b-bcce-b302099a8057/pages/1", 404),
        ("POST", "/api/teach/drafts/01890a5d-ac96-774b-bcce-b302099a8057/fly", 404),
        ("POST", "/api/teach/drafts", 422), ("GET", "/api/forms", 200),
    ])
    func `answers with a code`(method: String, path: String, status: Int) async throws {
        let (page, headers) = await page(try TeachingSetup())
        let response = await page.respond(to: Request(method, path, headers: headers, body: Array("{}".utf8)))
        #expect(response.status == status)
    }

    @Test func `shows the sheet and saves the form over HTTP`() async throws {
        let setup = try TeachingSetup()
        let (page, headers) = await page(setup)
        let address = "/api/teach/drafts/\(setup.id)"
        let sheet = await page.respond(to: Request("GET", address + "/pages/1", headers: headers))
        #expect(sheet.status == 200 && sheet.headers["Content-Type"] == "image/png")
        #expect(await page.respond(to: Request("GET", address + "/pages/2", headers: headers)).status == 404)
        let body = try JSONCoding.encode(JSONValue.object(["revision": 1, "form": .object(try await setup.form())]))
        let saved = await page.respond(to: Request("POST", address + "/form", headers: headers, body: body))
        #expect(saved.status == 200)
        let again = await page.respond(to: Request("POST", address + "/form", headers: headers, body: body))
        #expect(again.status == 409)
        // Whoever says nothing of the schema leaves it as it is.
        func save(_ revision: Int, _ more: [String: JSONValue]) async throws -> JSONValue? {
            let wish: [String: JSONValue] = [
                "revision": .number(Double(revision)), "form": .object(try await setup.form()),
            ]
            let answer = await page.respond(
                to: Request(
                    "POST", address + "/form", headers: headers, body: try JSONCoding.encode(wish.merging(more) { $1 }))
            )
            let view: JSONValue = try JSONCoding.decode(from: answer.bytes ?? [])
            return view["schema"]
        }
        #expect(try await save(2, ["schema": ["type": "object"]]) == ["type": "object"])
        #expect(try await save(3, [:]) == ["type": "object"])
        #expect(try await save(4, ["schema": .null]) == nil)
    }
}
