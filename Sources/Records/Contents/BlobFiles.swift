import Foundation
import Support
import Synchronization

/// The files of the page images, sealed, under random names: a name tells nothing of what is in it.
///
/// The folder can be on storage that several bridges share: no file is written twice.
struct BlobFiles: Sendable {
    let url: URL
    private let place = CurrentPlace()
    private let sync = FolderSync()

    init(_ url: URL) throws(BlankettError) {
        self.url = url
        try DurableFile.makeFolder(url)
    }

    /// A name for a new file: 32 hexadecimal digits.
    ///
    /// Those that are made one after the other often lie in one folder, so that one sync serves all of them.
    func makeName() -> String {
        // Backwards, for what is of chance stands at its end.
        let name = String(UUIDv7().description.replacing("-", with: "").reversed())
        return place.folder(or: name.prefix(2)) + name.dropFirst(2)
    }

    /// When this returns the file survives a power cut.
    ///
    /// A row says later that it is there; until then a torn one under this name disturbs nobody, and is swept.
    func write(_ bytes: [UInt8], name: String) throws(BlankettError) {
        let goal = file(name)
        let folder = goal.deletingLastPathComponent()
        if !FileManager.default.fileExists(atPath: folder.path()) { try DurableFile.makeFolder(folder) }
        try DurableFile.create(goal, bytes)
        do throws(BlankettError) {
            try sync.sync(folder)
        } catch {
            remove(name)
            throw error
        }
    }

    /// Writes a file that may be there already, such as from a restore that was cut short.
    func replace(_ bytes: [UInt8], name: String) throws(BlankettError) {
        let goal = file(name)
        try DurableFile.makeFolder(goal.deletingLastPathComponent())
        try DurableFile.write(bytes, to: goal)
    }

    /// The file's bytes, or `nil` when there is none.
    func read(_ name: String) -> [UInt8]? {
        (try? Data(contentsOf: file(name))).map { [UInt8]($0) }
    }

    /// Does nothing when it is gone already.
    func remove(_ name: String) {
        try? FileManager.default.removeItem(at: file(name))
    }

    /// The names of all files that were written before `time`; leftovers of interrupted writes are removed.
    func names(storedBefore time: Date) throws -> [String] {
        let files = FileManager.default
        var names: [String] = []
        for folder in try files.contentsOfDirectory(atPath: url.path()) {
            let path = url.appending(path: folder)
            for name in (try? files.contentsOfDirectory(atPath: path.path())) ?? [] {
                let file = path.appending(path: name)
                let changed = try? files.attributesOfItem(atPath: file.path())[.modificationDate] as? Date
                guard let changed, changed < time else { continue }
                if Self.isName(name) { names.append(name) }
                if name.hasPrefix(".") { try? files.removeItem(at: file) }
            }
        }
        return names
    }

    /// The names of all files, whosever they are.
    func all() throws -> [String] {
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: url.path()).flatMap { folder in
            (try? files.contentsOfDirectory(atPath: url.appending(path: folder).path())) ?? []
        }
    }

    static func isName(_ text: String) -> Bool {
        text.utf8.count == 32 && [UInt8](hexadecimal: text) != nil
    }

    /// 256 folders, so that none gets too many files.
    private func file(_ name: String) -> URL {
        url.appending(path: "\(name.prefix(2))/\(name)")
    }
}

/// The folder that new files go to, for a while.
private final class CurrentPlace: Sendable {
    private let state = Mutex((folder: "", left: 0))

    /// The folder's two digits; `next` is where to go when there are enough in the last one.
    func folder(or next: Substring) -> String {
        state.withLock { state in
            if state.left == 0 { state = (String(next), 64) }
            state.left -= 1
            return state.folder
        }
    }
}

/// Runs what waits for the disk on threads of its own.
func onDiskThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        diskQueue.async { continuation.resume(with: Swift.Result { try work() }) }
    }
}

let diskQueue = DispatchQueue(label: "blobs", attributes: .concurrent)
