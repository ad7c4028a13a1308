import Forms
import Foundation
import Support
import Teaching

/// Where drafts are kept: a folder each, with `draft.json`, the blank as it came until it was looked at, and the package.
///
/// A blank may be somebody's filled sheet, so nothing of a draft lies in clear on the disk: see ``DraftFiles``.
struct DraftFolder: Sendable {
    let folder: URL
    let sealer: any Sealer

    /// - Throws: ``BlankettError`` when drafts cannot be kept.
    func makeReady() throws(BlankettError) {
        try DurableFile.makeFolder(folder)
    }

    /// Seals the drafts of earlier versions, and removes what a kill has left.
    ///
    /// - Throws: ``BlankettError`` when drafts cannot be kept.
    func recover() throws(BlankettError) {
        try makeReady()
        HeldFolder.removeAbandoned(in: folder, prefix: "trial-", olderThan: 0)
        if let memory = try? MemoryFolder.place() {
            HeldFolder.removeAbandoned(in: memory, prefix: memoryPrefix, olderThan: 0)
        }
        for id in ids where files(id).isInClear {
            // One that is damaged must not keep the others from being used.
            if let draft = try? self[id] { try? save(draft) }
        }
    }

    private var ids: [UUIDv7] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? [])
            .compactMap { UUIDv7($0) }
    }

    /// All drafts, the latest change first; a damaged one has failed.
    var all: [Draft] { ids.compactMap { try? shown($0) }.sorted { $0.changedAt > $1.changedAt } }

    /// - Throws: ``BlankettError`` `not-found`, `draft-damaged`.
    subscript(id: UUIDv7) -> Draft {
        get throws(BlankettError) {
            guard let bytes = try files(id).read(DraftFiles.main) else {
                throw BlankettError("not-found", exit: .badInput, "There is no such draft.")
            }
            guard let draft: Draft = try? JSONCoding.decode(from: bytes), draft.id == id else {
                throw DraftFiles.damaged(nil)
            }
            return draft
        }
    }

    /// A draft, or one that has failed in place of one that is damaged, so that it can be seen and removed.
    ///
    /// - Throws: ``BlankettError`` `not-found`.
    func shown(_ id: UUIDv7) throws(BlankettError) -> Draft {
        do {
            return try self[id]
        } catch {
            guard error.code == DraftFiles.damagedCode else { throw error }
            let facts = try? FileManager.default.attributesOfItem(atPath: place(id).path(percentEncoded: false))
            let time = facts?[.modificationDate] as? Date ?? .distantPast
            var draft = Draft(id: id, formID: "", name: "", sources: 0, from: nil, by: "", at: time)
            draft.fail(error)
            return draft
        }
    }

    private func place(_ id: UUIDv7) -> URL { folder.appending(path: "\(id)", directoryHint: .isDirectory) }

    private func files(_ id: UUIDv7) -> DraftFiles { DraftFiles(folder: place(id), id: id, sealer: sealer) }

    func contains(_ id: UUIDv7) -> Bool {
        FileManager.default.fileExists(atPath: place(id).appending(path: DraftFiles.main).path(percentEncoded: false))
    }

    func save(_ draft: Draft) throws {
        let files = files(draft.id)
        try files.sealRest()
        try files.write(try JSONCoding.encode(draft, pretty: true), to: DraftFiles.main)
    }

    /// Keeps a new draft and its blank; the draft itself is last, so that what was interrupted is no draft.
    func create(_ draft: Draft, sources: [[UInt8]]) throws {
        try DurableFile.makeFolder(place(draft.id))
        for (index, bytes) in sources.enumerated() { try files(draft.id).write(bytes, to: "source-\(index + 1)") }
        try save(draft)
    }

    /// - Throws: ``BlankettError`` `draft-damaged`.
    func source(_ number: Int, of id: UUIDv7) throws(BlankettError) -> [UInt8] {
        guard let bytes = try files(id).read("source-\(number)") else { throw DraftFiles.damaged(nil) }
        return bytes
    }

    /// The blank is in the package by now.
    func removeSources(of draft: Draft) {
        for number in 1...max(1, draft.sources) { files(draft.id).remove("source-\(number)") }
    }

    func remove(_ id: UUIDv7) {
        try? FileManager.default.removeItem(at: place(id))
    }
}

/// The package of a draft, as it would go into force.
extension DraftFolder {
    /// What the draft says of its form.
    ///
    /// - Throws: ``BlankettError`` `not-now` while there is none, `draft-damaged`.
    func form(of id: UUIDv7) throws(BlankettError) -> JSONValue {
        guard let bytes = try packaged(FormPackage.templateName, of: id) else { throw BlankettError.notNow }
        do {
            return try JSONCoding.decode(from: bytes, json5: true)
        } catch {
            throw DraftFiles.damaged(error)
        }
    }

    func write(_ form: JSONValue, of id: UUIDv7) throws {
        try writePackaged(try JSONCoding.encode(form, pretty: true), as: FormPackage.templateName, of: id)
    }

    /// A file of the package; `nil` where there is none.
    ///
    /// - Throws: ``BlankettError`` `draft-damaged`.
    func packaged(_ name: String, of id: UUIDv7) throws(BlankettError) -> [UInt8]? {
        try files(id).read("package/\(name)")
    }

    /// Puts a file into the package.
    func writePackaged(_ bytes: [UInt8], as name: String, of id: UUIDv7) throws(BlankettError) {
        try DurableFile.makeFolder(place(id).appending(path: "package", directoryHint: .isDirectory))
        try files(id).write(bytes, to: "package/\(name)")
    }

    func removePackaged(_ name: String, of id: UUIDv7) { files(id).remove("package/\(name)") }

    /// Lends the package as a folder of plain files in memory, for what takes only paths.
    ///
    /// - Parameters:
    ///   - id: Of the draft.
    ///   - body: Gets the folder, which is gone when it returns.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, and ``BlankettError`` `draft-damaged`, `memory-folder-missing`.
    func withPackage<Result>(of id: UUIDv7, _ body: (URL) throws -> Result) throws -> Result {
        let folder = try opened(id)
        return try withExtendedLifetime(folder) { try body(folder.url) }
    }

    /// The same for what waits.
    func withPackage<Result>(of id: UUIDv7, _ body: (URL) async throws -> Result) async throws -> Result {
        let folder = try opened(id)
        defer { withExtendedLifetime(folder) {} }
        return try await body(folder.url)
    }

    private func opened(_ id: UUIDv7) throws -> HeldFolder {
        let folder = try HeldFolder(in: try MemoryFolder.place(), prefix: memoryPrefix)
        let files = files(id)
        for name in files.names(in: "package") {
            guard let bytes = try files.read(name) else { continue }
            try Data(bytes).write(to: folder.url.appending(path: URL(filePath: name).lastPathComponent))
        }
        return folder
    }

    /// Of this folder alone: several agents may use one memory.
    private var memoryPrefix: String {
        "blankett-draft-\(SHA256.hexadecimal(of: Array(folder.standardized.path(percentEncoded: false).utf8)).prefix(16))-"
    }
}
