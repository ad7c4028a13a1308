import Forms
import Foundation
import Support
import Teaching

/// Where drafts are kept: a folder each, with `draft.json`, the blank as it came until it was looked at, and the package.
struct DraftFolder: Sendable {
    let folder: URL

    func makeReady() throws(BlankettError) {
        try DurableFile.makeFolder(folder)
    }

    /// All drafts, the latest change first; what cannot be read is left out.
    var all: [Draft] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
        return names.compactMap { UUIDv7($0) }.compactMap { try? self[$0] }.sorted { $0.changedAt > $1.changedAt }
    }

    /// - Throws: ``BlankettError`` `not-found`.
    subscript(id: UUIDv7) -> Draft {
        get throws(BlankettError) {
            guard let data = try? Data(contentsOf: place(id).appending(path: "draft.json")),
                let draft: Draft = try? JSONCoding.decode(from: data), draft.id == id
            else { throw BlankettError("not-found", exit: .badInput, "There is no such draft.") }
            return draft
        }
    }

    func place(_ id: UUIDv7) -> URL { folder.appending(path: "\(id)", directoryHint: .isDirectory) }

    /// The form package of a draft.
    func package(_ id: UUIDv7) -> URL { place(id).appending(path: "package", directoryHint: .isDirectory) }

    func save(_ draft: Draft) throws {
        try DurableFile.write(
            try JSONCoding.encode(draft, pretty: true), to: place(draft.id).appending(path: "draft.json"))
    }

    /// Keeps a new draft and its blank; the draft itself is last, so that what was interrupted is no draft.
    func create(_ draft: Draft, sources: [[UInt8]]) throws {
        try DurableFile.makeFolder(place(draft.id))
        for (index, bytes) in sources.enumerated() {
            try DurableFile.write(bytes, to: place(draft.id).appending(path: "source-\(index + 1)"))
        }
        try save(draft)
    }

    func source(_ number: Int, of id: UUIDv7) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: place(id).appending(path: "source-\(number)")))
    }

    /// The blank is in the package by now.
    func removeSources(of draft: Draft) {
        for number in 1...max(1, draft.sources) {
            try? FileManager.default.removeItem(at: place(draft.id).appending(path: "source-\(number)"))
        }
    }

    func remove(_ id: UUIDv7) {
        try? FileManager.default.removeItem(at: place(id))
    }

    /// What the draft says of its form.
    ///
    /// - Throws: ``BlankettError`` `not-now` while there is none.
    func form(of id: UUIDv7) throws -> JSONValue {
        guard let data = try? Data(contentsOf: package(id).appending(path: "form.json5")) else {
            throw BlankettError.notNow
        }
        return try JSONCoding.decode(from: data, json5: true)
    }

    func write(_ form: JSONValue, of id: UUIDv7) throws {
        try DurableFile.write(try JSONCoding.encode(form, pretty: true), to: package(id).appending(path: "form.json5"))
    }
}
