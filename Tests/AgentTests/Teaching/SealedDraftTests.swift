import AgentApp
import Forms
import Foundation
import Sealing
import Support
import Teaching
import TestSupport
import Testing

@Suite(.temporaryDirectory, .timeLimit(.minutes(5))) struct `What is kept of a form that is being taught` {
    private static let signs = [
        "%PDF-", "\u{89}PNG\r\n\u{1A}\n", "Liten", "Hemlig rubrik", "blankett-draft/1", "createdBy", "schemaword",
    ]

    /// Files of the folder in which something can be read, by their paths in it.
    private static func readable(in folder: URL) throws -> [String] {
        let names = try #require(FileManager.default.enumerator(atPath: folder.path(percentEncoded: false)))
        return names.compactMap { $0 as? String }.filter { name in
            guard let data = try? Data(contentsOf: folder.appending(path: name)) else { return false }
            return signs.contains { sign in data.range(of: Data(sign.unicodeScalars.map { UInt8($0.value) })) != nil }
        }.sorted()
    }

    /// What is left in memory of the drafts of this folder.
    private static func left(of setup: TeachingSetup) throws -> [String] {
        let hash = SHA256.hexadecimal(of: Array(setup.folder.standardized.path(percentEncoded: false).utf8))
        return try FileManager.default.contentsOfDirectory(atPath: MemoryFolder.place().path(percentEncoded: false))
            .filter { $0.hasPrefix("blankett-draft-\(hash.prefix(16))-") }
    }

    @Test func `cannot be read on the disk`() async throws {
        let setup = try TeachingSetup()
        let desk = try await setup.restarted()
        var form = try await setup.form()
        form["name"] = ["sv": "Hemlig rubrik"]
        let schema: JSONValue = ["type": "object", "description": "schemaword"]
        let saved = try await desk.save(.object(form), schema: schema, revision: 1, of: setup.id)
        #expect(saved.form?["name"]?["sv"] == "Hemlig rubrik" && saved.schema == schema && saved.problems.isEmpty)
        // Two that nobody looks at, as before a read-worker has come to it.
        let page = try Data(contentsOf: Checkout.root.appending(path: "forms/exempelstad-bistand/page-1.png"))
        for content in [Data("%PDF-1.7 Hemlig rubrik".utf8), page] {
            _ = try await desk.begin(DraftWish(name: "Liten", files: [.init(name: "Liten.pdf", content: content)]))
        }
        #expect(try await desk.page(1, of: setup.id) == [UInt8](page))
        _ = try? await desk.attempt([.init(name: "x.png", content: page)], pages: [], with: setup.id)
        _ = try await desk.places(
            alike: .init(page: 1, kind: .text, boxes: [.init(x: 10, y: 10, width: 20, height: 8)]), of: setup.id)
        #expect(try Self.readable(in: setup.folder) == [])
        #expect(try Self.left(of: setup) == [])
        #expect(await desk.summaries.count == 3)
    }

    @Test func `is sealed at the next save where an earlier version left it in clear`() async throws {
        let setup = try TeachingSetup()
        #expect(try Self.readable(in: setup.folder).count == 3)
        let saved = try await setup.desk.save(
            .object(try await setup.form()), schema: nil, revision: 1, of: setup.id)
        #expect(saved.draft.revision == 2 && saved.problems.isEmpty)
        #expect(try Self.readable(in: setup.folder) == [])
    }

    /// In the order in which they are sealed.
    private static let files = ["source-1", "package/form.json5", "package/page-1.png", "draft.json"]

    @Test(arguments: 0...files.count)
    func `opens and is sealed wherever that was killed before`(sealed count: Int) async throws {
        let setup = try TeachingSetup()
        let place = setup.folder.appending(path: "\(setup.id)")
        try Data("%PDF-".utf8).write(to: place.appending(path: "source-1"))
        let clear = try Self.files.map { try Data(contentsOf: place.appending(path: $0)) }
        _ = try await setup.restarted()
        for (name, bytes) in zip(Self.files, clear).dropFirst(count) {
            try bytes.write(to: place.appending(path: name))
        }
        if count < Self.files.count {
            // Writes that were cut short, and a copy for a self-test.
            try clear[2].write(to: place.appending(path: "package/.page-1.png.\(UUIDv7())"))
            try FileManager.default.createDirectory(
                at: place.appending(path: "proof"), withIntermediateDirectories: true)
            try clear[2].write(to: place.appending(path: "proof/page-1.png"))
        }
        #expect(try await setup.desk.page(1, of: setup.id) == [UInt8](clear[2]))
        #expect(try await setup.desk.view(setup.id).problems.isEmpty)
        let desk = try await setup.restarted()
        #expect(try Self.readable(in: setup.folder) == [])
        #expect(try await desk.page(1, of: setup.id) == [UInt8](clear[2]))
        #expect(try await desk.view(setup.id).draft.stage == .ready)
    }

    enum Damage: CaseIterable {
        case changed, cutShort, empty, ofAnotherDraft, ofAnotherFile, inClear
    }

    @Test(arguments: Damage.allCases, ["draft.json", "package/form.json5", "package/page-1.png"])
    func `is no draft to work on when it was damaged, and the others are`(_ damage: Damage, name: String) async throws {
        let setup = try TeachingSetup()
        let place = setup.folder.appending(path: "\(setup.id)")
        let clear = try Data(contentsOf: place.appending(path: name))
        let another = UUIDv7()
        let beside = setup.folder.appending(path: "\(another)")
        try FileManager.default.copyItem(at: place, to: beside)
        let text = try String(contentsOf: beside.appending(path: "draft.json"), encoding: .utf8)
        try Data(text.replacing("\(setup.id)", with: "\(another)").utf8).write(to: beside.appending(path: "draft.json"))
        let desk = try await setup.restarted()
        var bytes = try Data(contentsOf: place.appending(path: name))
        switch damage {
        case .changed: bytes[bytes.count - 20] ^= 1
        case .cutShort: bytes.removeLast()
        case .empty: bytes = Data()
        case .ofAnotherDraft: bytes = try Data(contentsOf: beside.appending(path: name))
        case .ofAnotherFile:
            let other = name == "draft.json" ? "package/form.json5" : "draft.json"
            bytes = try Data(contentsOf: place.appending(path: other))
        // In clear, the main file is that of an earlier version.
        case .inClear: bytes = name == "draft.json" ? Data("{}".utf8) : clear
        }
        try bytes.write(to: place.appending(path: name))

        let view = try await desk.view(setup.id)
        #expect(view.draft.stage == .failed && view.draft.failure == "draft-damaged")
        let form: JSONValue = .object(["fields": []])
        let codes = [
            await setup.code { _ = try await desk.goLive(setup.id, revision: 1, reason: "x") },
            await setup.code { try await desk.certify(setup.id, copies: 1) },
            await setup.code { _ = try await desk.save(form, schema: nil, revision: 1, of: setup.id) },
        ]
        // Where the sheet is damaged there is still a form to save.
        #expect(codes == ["draft-damaged", "draft-damaged", name.hasSuffix(".png") ? nil : "draft-damaged"])
        #expect(await desk.summaries.map(\.id).sorted() == [setup.id, another].sorted())
        #expect(try await desk.view(another).draft.stage == .ready)
        try await desk.remove(setup.id)
        #expect(await desk.summaries.map(\.id) == [another])
        #expect(try Self.left(of: setup) == [])
    }

    @Test func `stays as it is for an agent with another key`() async throws {
        let setup = try TeachingSetup()
        _ = try await setup.restarted()
        let stranger = try await setup.restarted(key: SealingKey())
        #expect(await stranger.summaries.map(\.failure) == ["draft-damaged"])
        #expect(try await setup.restarted().view(setup.id).problems.isEmpty)
    }

    @Test func `is gone from memory after a kill`() async throws {
        let setup = try TeachingSetup()
        let hash = SHA256.hexadecimal(of: Array(setup.folder.standardized.path(percentEncoded: false).utf8))
        let killed = try MemoryFolder.place().appending(path: "blankett-draft-\(hash.prefix(16))-killed")
        try FileManager.default.createDirectory(at: killed, withIntermediateDirectories: true)
        #expect(try Self.left(of: setup).count == 1)
        _ = try await setup.restarted()
        #expect(try Self.left(of: setup) == [])
    }
}
